"""Servers on this machine only: a package index, which is a proxy, too, and one that is silent."""

from __future__ import annotations

import contextlib
import hashlib
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit


class Index:
    """What is served, and what was asked.

    Attributes:
        folder: wheels.
        asked: method, URL as the client wrote it, and the login that it gave.
        login: login that a client must give, "" for none.
        is_damaged: whether hashes are promised that the wheels do not have.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.asked: list[tuple[str, str, str]] = []
        self.login = ""
        self.is_damaged = False
        self.port = 0

    @property
    def url(self) -> str:
        """Address of the index."""
        return f"http://127.0.0.1:{self.port}/simple"

    def answer(self, path: str) -> tuple[bytes, str] | None:
        """What is at a path, and its type."""
        kind, _, name = path.strip("/").partition("/")
        if kind == "files":
            return (self.folder / name).read_bytes(), "application/octet-stream"
        wanted = name.strip("/").replace("-", "_")
        wheels = sorted(self.folder.glob(f"{wanted}-*.whl"))
        links = "".join(
            f'<a href="/files/{one.name}{self._hash(one)}">{one.name}</a>' for one in wheels
        )
        return (
            (f"<!DOCTYPE html><html><body>{links}</body></html>".encode(), "text/html")
            if wheels
            else None
        )

    def _hash(self, wheel: Path) -> str:
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        return f"#sha256={'0' * 64 if self.is_damaged else digest}"


@contextlib.contextmanager
def serve(index: Index) -> Iterator[Index]:
    """Serve an index until the end of the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer()

        def do_HEAD(self) -> None:
            self._answer()

        def do_CONNECT(self) -> None:
            """A proxy is asked for a way to a server that speaks TLS, which this one has not."""
            index.asked.append((self.command, self.path, self._read_login()))
            self.send_error(407)

        def _read_login(self) -> str:
            return str(self.headers.get("Proxy-Authorization", ""))

        def _answer(self) -> None:
            login = self._read_login()
            index.asked.append((self.command, self.path, login))
            if index.login and login != index.login:
                self.send_error(407)
                return
            found = index.answer(urlsplit(self.path).path)
            if found is None:
                self.send_error(404)
                return
            body, kind = found
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    index.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield index
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextlib.contextmanager
def keep_silent() -> Iterator[tuple[str, threading.Event]]:
    """The address of a server that never answers, and what is set when somebody has asked it."""
    asked = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen() -> None:
            connections = []
            with contextlib.suppress(OSError):
                while True:
                    connections.append(server.accept()[0])
                    asked.set()
            for connection in connections:
                connection.close()

        thread = threading.Thread(target=listen)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", asked
        # Closing alone does not wake who waits for a client.
        server.shutdown(socket.SHUT_RDWR)
        thread.join()
