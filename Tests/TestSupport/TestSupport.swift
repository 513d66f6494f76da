// Grows with the first test that needs it.
