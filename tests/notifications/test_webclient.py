"""An address that somebody types in can't make Maru call inside: looked up once, checked, cut."""

import ipaddress
import socket
import threading
import time
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from notifications import webclient
from notifications.webclient import Failed, Forbidden, checked, is_public, post

LOCAL = ("127.0.0.1",)


class Receiver(ThreadingHTTPServer):
    """A real web server that keeps what it gets. `answer` is (status, headers, body)."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.got, self.answer, self.drip = [], (200, {}, b"ok"), 0.0

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}/hook?x=1"


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((self.path, dict(self.headers), body))
        status, headers, content = self.server.answer
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        try:
            for byte in content:
                self.wfile.write(bytes([byte]))
                if self.server.drip:
                    self.wfile.flush()
                    time.sleep(self.server.drip)
        except OSError:
            return

    def log_message(self, *_arguments):
        """Tests are quiet."""


@contextmanager
def receiving():
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def receiver():
    with receiving() as server:
        yield server


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.9.1",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "192.0.2.1",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::127.0.0.1",
        "fe80::1",
        "fec0::1",
        "fc00::1",
        "fd12:3456::1",
        "ff02::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "2002:a00:1::",
        "64:ff9b::7f00:1",
        "64:ff9b::a00:1",
        "64:ff9b:1::7f00:1",
        "2001:0:0:0:0:0:80ff:fffe",
    ],
)
def test_no_address_inside_is_public(address):
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_the_internet_is_public(address):
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0177.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://localhost/",
        "https://10.0.0.1:8443/x",
        "https://169.254.169.254/latest/meta-data/",
    ],
)
def test_nothing_inside_is_called_however_it_is_written(url):
    with pytest.raises((Forbidden, Failed)) as refused:
        post(url, b"{}", {})
    assert "is not a public address" in str(refused.value) or "not known" in str(refused.value)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "ftp://example.com/",
        "file:///etc/passwd",
        "gopher://example.com/",
        "javascript:alert(1)",
        "https://",
        "https:///x",
        "//example.com/",
        "https://user:secret@example.com/",
        "https://user@example.com/",
        "https://example.com:99999/",
        "https://example.com:x/",
        "https://exa mple.com/",
        "https://example.com/\r\nX-Evil: 1",
        "https://[::1",
        "",
    ],
)
def test_strange_addresses_are_refused_before_anything_is_looked_up(url):
    with pytest.raises(Forbidden):
        checked(url)


def test_a_host_that_is_allowed_is_called(receiver):
    answer = post(receiver.url, b'{"a":1}', {"X-One": "1"}, allow=LOCAL)
    assert (answer.status, answer.text) == (200, "ok")
    ((path, headers, body),) = receiver.got
    assert (path, body, headers["X-One"]) == ("/hook?x=1", b'{"a":1}', "1")
    assert headers["Host"].startswith("127.0.0.1:")


@pytest.mark.parametrize("allow", [("127.0.0.0/8",), ("LOCALHOST", "127.0.0.1")])
def test_networks_and_names_can_be_allowed(receiver, allow):
    url = receiver.url.replace("127.0.0.1", "localhost") if "LOCALHOST" in allow else receiver.url
    assert post(url, b"{}", {}, allow=allow).status == 200


@pytest.mark.parametrize("allow", [(), ("10.0.0.0/8",), ("chat.example.com",)])
def test_what_is_not_allowed_is_not_called(receiver, allow):
    with pytest.raises(Forbidden):
        post(receiver.url, b"{}", {}, allow=allow)
    assert receiver.got == []


def resolving(monkeypatch, *answers):
    """A name server that gives these addresses, one list after another."""
    asked = []

    def look_up(host, port, **_options):
        asked.append(host)
        found = answers[min(len(asked), len(answers)) - 1]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in found]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


def connecting(monkeypatch):
    """Where connections go; none is made."""
    reached = []

    def connect(address, *_arguments, **_options):
        reached.append(address)
        raise ConnectionRefusedError("nobody there")

    monkeypatch.setattr(socket, "create_connection", connect)
    return reached


def test_a_name_that_changes_its_address_is_called_at_the_one_that_was_checked(monkeypatch):
    asked = resolving(monkeypatch, ["8.8.8.8"], ["127.0.0.1"])
    reached = connecting(monkeypatch)
    with pytest.raises(Failed):
        post("https://rebind.example.com/x", b"{}", {})
    assert asked == ["rebind.example.com"]
    assert reached == [("8.8.8.8", 443)]


def test_a_name_with_one_address_inside_is_not_called(monkeypatch):
    resolving(monkeypatch, ["8.8.8.8", "10.0.0.1"])
    reached = connecting(monkeypatch)
    with pytest.raises(Forbidden):
        post("https://both.example.com/", b"{}", {})
    assert reached == []


def test_a_redirect_is_not_followed(receiver):
    with receiving() as other:
        receiver.answer = (302, {"Location": other.url}, b"")
        assert post(receiver.url, b"{}", {}, allow=LOCAL).status == 302
        assert other.got == []


def test_little_of_a_long_answer_is_read(receiver):
    receiver.answer = (200, {}, b"x" * 100_000)
    assert len(post(receiver.url, b"{}", {}, allow=LOCAL).text) == webclient.MOST_READ


def test_an_answer_that_drips_is_cut(receiver, monkeypatch):
    monkeypatch.setattr(webclient, "TOTAL_SECONDS", 0.5)
    receiver.answer, receiver.drip = (200, {}, b"x" * 600), 0.1
    start = time.monotonic()
    with suppress(Failed):
        post(receiver.url, b"{}", {}, allow=LOCAL)
    assert time.monotonic() - start < 3


def test_a_server_that_never_answers_is_given_up(monkeypatch):
    monkeypatch.setattr(webclient, "TOTAL_SECONDS", 0.5)
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        start = time.monotonic()
        with pytest.raises(Failed):
            post(f"http://127.0.0.1:{deaf.getsockname()[1]}/", b"{}", {}, allow=LOCAL)
    assert time.monotonic() - start < 3


def test_a_closed_port_and_an_unknown_host_may_be_tried_again():
    with socket.socket() as once:
        once.bind(("127.0.0.1", 0))
        port = once.getsockname()[1]
    with pytest.raises(Failed):
        post(f"http://127.0.0.1:{port}/", b"{}", {}, allow=LOCAL)
    with pytest.raises(Failed):
        post("https://nowhere.invalid/", b"{}", {})
