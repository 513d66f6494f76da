"""R1: once a rotation is answered, nothing older is accepted, by no replica, with requests in flight all the time."""

from rotations import under_load


def test_nothing_older_is_accepted_after_a_rotation(house, counts):
    under_load(house, counts, rotations=1000)
