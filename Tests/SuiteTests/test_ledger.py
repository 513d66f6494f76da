"""L1, over all that the suite has done."""

from ledgertests import *  # noqa: F403
