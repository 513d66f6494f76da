"""A connection to a server that can be cut, and mended: what comes in on a port of its own goes on to the server."""

import selectors
import socket
import threading


class Cable:
    def __init__(self, host: str, port: int):
        self.server = (host, port)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.whole = threading.Event()
        self.whole.set()
        self.ended = False
        threading.Thread(target=self.accept, daemon=True).start()

    def cut(self) -> None:
        """From now on nothing passes, and nobody is told: as in a network that drops packets."""
        self.whole.clear()

    def mend(self) -> None:
        self.whole.set()

    def end(self) -> None:
        self.ended = True
        self.whole.set()
        self.listener.close()

    def accept(self) -> None:
        while not self.ended:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.carry, args=(client,), daemon=True).start()

    def carry(self, client: socket.socket) -> None:
        self.whole.wait()
        with client, socket.create_connection(self.server) as server, selectors.DefaultSelector() as selector:
            selector.register(client, selectors.EVENT_READ, server)
            selector.register(server, selectors.EVENT_READ, client)
            while not self.ended:
                for key, _ in selector.select(0.2):
                    self.whole.wait()
                    try:
                        piece = key.fileobj.recv(65536)
                        key.data.sendall(piece)
                    except OSError:
                        return
                    if not piece:
                        return
