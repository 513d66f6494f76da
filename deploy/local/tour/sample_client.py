"""Makes the application with which the sample API keeps the resource directory, once, and prints its credentials."""

import json
import sys
import uuid
from pathlib import Path

from client import Client

NAME = "Sample API"


def main(run: Path) -> None:
    admin = Client(sys.argv[2], **json.loads((run / "secrets" / "admin-client.json").read_text()))
    found = admin.call("GET", "/api/v1/applications?defined_by=user&limit=200&q=Sample%20API").expect(200)["items"]
    if mine := next((application for application in found if application["name"] == NAME), None):
        # An earlier run has made it, and has not come to write its secret down.
        rotated = admin.call("POST", f"/api/v1/applications/{mine['client_id']}/secret", {}).expect(200, 202)
        made = {**mine, "client_secret": rotated["client_secret"]}
    else:
        # It registers whatever anybody creates, so it reaches all domains; and it may do nothing else.
        user = {"email": f"sample-api.{uuid.uuid4().hex[:8]}@example.com", "name": NAME, "domains": "all"}
        run_as = admin.call("POST", "/api/v1/users", user).expect(201, 202)["id"]
        application = {"name": NAME, "flow": "client_credentials", "scopes": ["write:access"], "run_as": run_as}
        made = admin.call("POST", "/api/v1/applications", application).expect(201, 202)
    print(json.dumps({name: made[name] for name in ("client_id", "client_secret")}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
