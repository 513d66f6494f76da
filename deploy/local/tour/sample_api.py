"""Makes the application by which the sample API registers its objects in the directory, and keeps its credentials."""

import json
import os
import sys
from pathlib import Path

from client import Client, quoted

NAME = "Sample API"


def main(origin: str, secrets: Path) -> None:
    admin = Client(origin, **json.loads((secrets / "admin-client.json").read_text()))
    administrator = (secrets / "administrator-id").read_text().strip()
    wanted = {"name": NAME, "flow": "client_credentials", "scopes": ["write:access"], "run_as": administrator}
    made = admin.call("POST", "/api/v1/applications", wanted)
    if made.status == 409:
        # An earlier `up` made it, and ended before it kept the secret.
        items = admin.call("GET", f"/api/v1/applications?q={quoted(NAME)}").expect(200)["items"]
        client_id = next(item["client_id"] for item in items if item["name"] == NAME)
        secret = admin.call("POST", f"/api/v1/applications/{client_id}/secret", {}).expect(200)["client_secret"]
    else:
        body = made.expect(201)
        client_id, secret = body["client_id"], body["client_secret"]
    keep(secrets / "sample-api.json", {"client_id": client_id, "client_secret": secret})


def keep(path: Path, credentials: dict) -> None:
    new = path.with_suffix(".new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(credentials, file)
    new.rename(path)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
