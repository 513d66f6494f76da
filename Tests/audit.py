"""The audit log, followed in the order in which it was recorded."""

from collections.abc import Iterator
from urllib.parse import urlencode

from house import House, expect


class AuditLog:
    """From its beginning, of whatever matches the filters."""

    def __init__(self, house: House, **filters: str):
        self.house, self.token = house, house.admin_token()
        self.query = {"order": "recorded", "limit": "200", **filters}

    def read_on(self) -> Iterator[dict]:
        """What there is by now and was not read yet."""
        while True:
            page = expect(self.house.call("GET", f"/api/v1/audit-events?{urlencode(self.query)}", self.token), 200)
            self.query["cursor"] = page["next_cursor"]
            yield from page["items"]
            if len(page["items"]) < 200:
                return
