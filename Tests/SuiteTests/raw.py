"""Requests that no client library would send, byte by byte as they stand in a test."""

import socket
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass
class RawAnswer:
    status: int
    headers: dict[str, str]
    body: bytes


def send_raw(origin: str, request: bytes) -> RawAnswer:
    """What is answered until the connection closes; of several answers the first."""
    address = urlsplit(origin)
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
        connection.sendall(request)
        received = b""
        while piece := receive(connection):
            received += piece
    head, _, body = received.partition(b"\r\n\r\n")
    first, *fields = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (field.partition(":") for field in fields)}
    return RawAnswer(int(first.split(" ")[1]), headers, body)


def receive(connection: socket.socket) -> bytes:
    try:
        return connection.recv(65536)
    except ConnectionResetError:
        return b""
