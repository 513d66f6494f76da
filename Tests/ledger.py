"""What callers were told during a run: changes, refusals, and everything that must stay between them and us."""

import base64
import re
import threading

import httpx

# Whose head a change bumps, by where it was made.
SCHEMAS = {
    "/api/v1/applications": "registry",
    "/api/v1/users": "policy",
    "/api/v1/roles": "policy",
    "/api/v1/domains": "policy",
    "/api/v1/catalogue": "policy",
    "/api/v1/ip-ranges": "policy",
    "/oauth/revoke": "token",
    "/rest/v2/oauth/revoke": "token",
}
# Refusals of callers who did not prove who they are: counted, not told one by one.
COUNTED = {"token_missing", "token_malformed", "state_stale"}
CLIENT = re.compile(rb'"client_id":"([A-Za-z0-9]{32})"')
SECRET = re.compile(rb'"(?:access_token|client_secret)":"([^"]+)"')


class Ledger:
    def __init__(self):
        self.lock = threading.Lock()
        # Schema and revision of each change.
        self.changes: set[tuple[str, int]] = set()
        # Decision ids of refusals that are told one by one, and how many of the others there were.
        self.blocks: set[str] = set()
        self.counted = 0
        self.secrets: set[str] = set()
        # What is no secret, and may stand anywhere.
        self.clients: set[str] = set()
        self.errors: list[bytes] = []

    def note(self, answer: httpx.Response) -> None:
        """Hook of every client that a test uses."""
        answer.read()
        path = answer.request.url.path
        self.told(answer.request.method, path, answer.status_code, answer.headers, answer.content)

    def told(self, method: str, path: str, status: int, headers, body: bytes) -> None:
        secrets = [secret.decode() for secret in SECRET.findall(body)]
        decision, propagation = headers.get("X-Gatehouse-Decision-Id"), headers.get("Gatehouse-Propagation")
        with self.lock:
            self.secrets.update(secrets)
            self.clients.update(client.decode() for client in CLIENT.findall(body))
            if propagation:
                schema = next(schema for prefix, schema in SCHEMAS.items() if path.startswith(prefix))
                self.changes.add((schema, int(re.search(r"revision=(\d+)", propagation)[1])))
            if decision and status >= 400:
                self.refused(decision, headers["X-Gatehouse-Reason"])
            if status >= 400:
                self.errors.append(body)

    def refused(self, decision: str, reason: str) -> None:
        if reason in COUNTED:
            self.counted += 1
        else:
            self.blocks.add(decision)

    def keep(self, *secrets: str) -> None:
        """Secrets that came another way than in an answer."""
        with self.lock:
            self.secrets.update(secrets)


def basic(client_id: str, client_secret: str) -> str:
    """The credentials of `client_secret_basic`."""
    return "Basic " + base64.b64encode(f"{client_id}:{client_secret}".encode()).decode()
