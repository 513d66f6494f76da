// Grows with the module's first file.
