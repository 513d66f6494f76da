"""What the local run itself needs of an OAuth 2.0 client, by the standard library alone."""

import base64
import json
import time
import urllib.error
import urllib.parse
import urllib.request


class Answer:
    """A status, its headers, and its body (JSON, or none)."""

    def __init__(self, status: int, headers, body: bytes):
        self.status, self.headers, self.body = status, headers, json.loads(body) if body else None

    def expect(self, *statuses: int) -> dict:
        """The body, if the status is one of these."""
        if self.status not in statuses:
            raise SystemExit(f"The answer was {self.status}, not {statuses}: {self.body}")
        return self.body


class Client:
    """An application that holds a secret, and fetches a token when it has none that lives."""

    def __init__(self, origin: str, client_id: str, client_secret: str):
        self.origin, self.client_id, self.client_secret = origin, client_id, client_secret
        self.token, self.expires = None, 0.0

    def fetch_token(self) -> Answer:
        basic = base64.b64encode(f"{self.client_id}:{self.client_secret}".encode()).decode()
        answer = send(
            f"{self.origin}/oauth/token",
            "POST",
            b"grant_type=client_credentials",
            {"Authorization": f"Basic {basic}", "Content-Type": "application/x-www-form-urlencoded"},
        )
        if answer.status == 200:
            self.token, self.expires = answer.body["access_token"], time.monotonic() + answer.body["expires_in"] - 60
        return answer

    def call(self, method: str, path: str, body=None) -> Answer:
        if time.monotonic() > self.expires:
            self.fetch_token().expect(200)
        headers = {"Authorization": f"Bearer {self.token}"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        return send(self.origin + path, method, None if body is None else json.dumps(body).encode(), headers)


def send(url: str, method: str, body: bytes | None, headers: dict) -> Answer:
    request = urllib.request.Request(url, body, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return Answer(answer.status, answer.headers, answer.read())
    except urllib.error.HTTPError as refusal:
        return Answer(refusal.status, refusal.headers, refusal.read())


def quoted(value: str) -> str:
    return urllib.parse.quote(value, safe="")
