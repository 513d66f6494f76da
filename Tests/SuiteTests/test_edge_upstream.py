"""What reaches the organisation's API, and what of its answers reaches the caller: an upstream of the test's own, behind the same snippets."""

import json
import re
import socket
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from house import eventually
from test_edge_decisions import FORGED


class Organisation(BaseHTTPRequestHandler):
    """Answers with what it was asked, and tries what a hostile API would try."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = json.dumps({"path": self.path, "headers": [[name.lower(), value] for name, value in self.headers.items()]}).encode()
        self.send_response(200)
        for name, value in {
            "Content-Length": str(len(body)),
            "Content-Type": "text/html",
            "Set-Cookie": "session=stolen",
            "Clear-Site-Data": '"*"',
            "X-Accel-Redirect": "/oauth/jwks",
            "Connection": "close",
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def organisation():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Organisation)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()


@pytest.fixture(scope="module")
def edge(house, organisation, tmp_path_factory):
    """nginx, configured as the house's own edge is, but before that upstream."""
    folder, port = tmp_path_factory.mktemp("edge"), free_port()
    original = house.run / "edge"
    (folder / "gatehouse").symlink_to((original / "gatehouse").resolve())
    (folder / "door-key.conf").write_text((original / "door-key.conf").read_text())
    upstreams = (original / "upstreams.conf").read_text()
    upstreams = re.sub(r"(upstream gatehouse_organisation \{ server )[\d.:]+", rf"\g<1>127.0.0.1:{organisation.server_port}", upstreams)
    (folder / "upstreams.conf").write_text(upstreams)
    configuration = (original / "nginx.conf").read_text()
    configuration = re.sub(r"listen [\d.:]+;", f"listen 127.0.0.1:{port};", configuration)
    for path in (original, house.run / "log"):
        configuration = configuration.replace(str(path), str(folder))
    (folder / "nginx.conf").write_text(configuration)
    (folder / "temp").mkdir()
    process = subprocess.Popen(["nginx", "-e", "stderr", "-p", folder, "-c", "nginx.conf"])
    eventually(lambda: answers(port) or process.poll() is not None)
    yield httpx.Client(base_url=f"http://127.0.0.1:{port}")
    process.terminate()
    process.wait(10)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def answers(port: int) -> bool:
    with socket.socket() as connection:
        return connection.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="module")
def application(house):
    user = house.make_user("Reader", ["Customer Insights Manager"], ["www.example.com"])
    return house.make_application(["read:segments"], run_as=user["id"])


def test_the_upstream_hears_policy_and_not_the_client(house, edge, application):
    headers = {"Authorization": f"Bearer {house.token(application)}", "Cookie": "session=mine", **FORGED}
    answer = edge.get("/rest/v2/segments?limit=1&q=a%20b", headers=headers)
    assert answer.status_code == 200
    heard = answer.json()
    assert heard["path"] == "/rest/v2/segments?limit=1&q=a%20b"
    names = [name for name, _ in heard["headers"]]
    assert len(names) == len(set(names))
    said = dict(heard["headers"])
    assert said["x-gatehouse-user"] == application.run_as
    assert said["x-gatehouse-application"] == application.client_id
    assert said["x-gatehouse-scopes"] == "read:segments"
    assert said["x-gatehouse-domains"] == "www.example.com"
    assert said["x-forwarded-for"] == "127.0.0.1"
    unheard = {"authorization", "cookie", "forwarded", "x-real-ip", "x-original-uri", "x-original-method"}
    unheard |= {"x-forwarded-uri", "x-forwarded-method", "x-gatehouse-door-key", "x-gatehouse-assertion"}
    assert unheard & set(names) == set()


def test_an_upstream_can_neither_set_cookies_nor_script_nor_steer(house, edge, application):
    answer = edge.get("/rest/v2/segments", headers={"Authorization": f"Bearer {house.token(application)}"})
    assert answer.json()["path"] == "/rest/v2/segments"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "sandbox"
    assert {"set-cookie", "clear-site-data"} & set(answer.headers) == set()


def test_a_refused_request_never_reaches_the_upstream(house, edge, application):
    blocked = edge.post("/rest/v2/segments", headers={"Authorization": f"Bearer {house.token(application)}"})
    assert blocked.status_code == 403
    assert "path" not in blocked.json()


def test_an_upstream_that_is_away_is_a_problem(house, edge, application, organisation):
    """Last in this file: the upstream does not come back."""
    organisation.shutdown()
    organisation.server_close()
    answer = edge.get("/rest/v2/segments", headers={"Authorization": f"Bearer {house.token(application)}"})
    assert answer.status_code == 502
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:gatehouse:problem:bad-gateway"
