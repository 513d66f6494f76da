"""Kept-alive connections for many small requests, at a fraction of a client library's cost."""

import re
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(slots=True)
class Reply:
    status: int
    head: bytes
    body: bytes

    def header(self, name: str) -> str | None:
        found = re.search(rb"\r\n" + name.encode() + rb": *([^\r]*)", self.head, re.IGNORECASE)
        return found[1].decode("latin-1") if found else None


class Wire:
    """One connection to a listener. Several requests may be sent before their replies are read, which come in order."""

    def __init__(self, url: str, timeout: float = 30):
        address = urlsplit(url)
        self.connection = socket.create_connection((address.hostname, address.port), timeout=timeout)
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = b""

    def send(self, *requests: bytes) -> None:
        self.connection.sendall(b"".join(requests))

    def receive(self) -> Reply:
        """The next reply; a connection that ends within it, or before it, is a ConnectionError."""
        while (end := self.received.find(b"\r\n\r\n")) < 0:
            self.read()
        head = self.received[:end]
        length = re.search(rb"\r\ncontent-length: *(\d+)", head, re.IGNORECASE)
        whole = end + 4 + (int(length[1]) if length else 0)
        while len(self.received) < whole:
            self.read()
        body, self.received = self.received[end + 4 : whole], self.received[whole:]
        return Reply(int(head[9:12]), head, body)

    def ask(self, request: bytes) -> Reply:
        self.send(request)
        return self.receive()

    def read(self) -> None:
        piece = self.connection.recv(1 << 18)
        if not piece:
            raise ConnectionError(f"the connection ended after {self.received[:200]!r}")
        self.received += piece

    def close(self) -> None:
        self.connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def request(method: str, target: str, headers: dict[str, str] | None = None, body: bytes = b"") -> bytes:
    lines = [f"{method} {target} HTTP/1.1", "Host: gatehouse"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if body or method in ("POST", "PUT", "PATCH"):
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body
