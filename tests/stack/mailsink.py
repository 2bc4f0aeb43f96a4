"""A mail server for tests: takes everything, keeps who got which message."""

import socketserver
import threading
from collections import Counter
from email import message_from_bytes


class _Talk(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        """Just enough SMTP for a client that sends without sign-in or encryption."""
        receivers: list[str] = []
        self._say("220 sink")
        while line := self.rfile.readline():
            word = line.decode("ascii", "replace").strip().upper()
            if word.startswith(("EHLO", "HELO")):
                self._say("250 sink")
            elif word.startswith("RCPT TO:"):
                receivers.append(line.decode().split("<")[1].split(">")[0])
                self._say("250 ok")
            elif word == "DATA":
                self._say("354 go on")
                content = b"".join(iter(self.rfile.readline, b".\r\n"))
                self.server.keep(receivers, content)  # type: ignore[attr-defined]
                self._say("250 taken")
                receivers = []
            elif word == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


class MailSink(socketserver.ThreadingTCPServer):
    """Counts each (Message-ID, receiver)."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.taken: Counter[tuple[str, str]] = Counter()
        self._thread = threading.Thread(target=self.serve_forever, daemon=True)

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def keep(self, receivers: list[str], content: bytes) -> None:
        identity = str(message_from_bytes(content)["Message-ID"])
        self.taken.update((identity, receiver) for receiver in receivers)

    def __enter__(self) -> "MailSink":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()
