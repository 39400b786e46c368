"""Servers that do everything wrong, one behaviour a host name, all on port 8000 of 127.1.0.1."""
import gzip
import io
import socket
import struct
import threading
import time

OK = b"HTTP/1.1 200 OK\r\n"
HTML = OK + b"Content-Type: text/html\r\n"


def answer(body, kind="text/html", more=""):
    return (f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{more}\r\n").encode() + body


def slowly(peer, first):
    peer.sendall(first)
    while True:
        peer.sendall(b"x")
        time.sleep(0.05)


def endlessly(peer, first, block):
    peer.sendall(first)
    while True:
        peer.sendall(block)


def reset(peer, first=b""):
    peer.sendall(first)
    time.sleep(0.05)
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    peer.close()


def end(peer, last):
    peer.sendall(last)
    peer.shutdown(socket.SHUT_RDWR)


def redirect(target):
    return lambda peer: peer.sendall(f"HTTP/1.1 302 Found\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n".encode())


def bomb():
    """One gigabyte of spaces; a megabyte on the wire."""
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb") as file:
        for _ in range(1024):
            file.write(b" " * (1 << 20))
    return out.getvalue()


BOMB = bomb()
ITSELF = b"".join(b"<a href='#%d'>x</a><a href='/?n=%d'>y</a>" % (n, n % 300) for n in range(10_000))

# What a page or picture of the host `NAME.test` is answered with.
BEHAVIOURS = {
    "slow-headers": lambda peer: slowly(peer, OK + b"X-Slow: "),
    "slow-body": lambda peer: slowly(peer, HTML + b"Content-Length: 1000000\r\n\r\n"),
    "endless-body": lambda peer: endlessly(peer, HTML + b"\r\n", b"x" * 65536),
    "endless-headers": lambda peer: endlessly(peer, OK, b"X-More: and more\r\n" * 100),
    "huge-cookies": lambda peer: peer.sendall(OK + b"Set-Cookie: " + b"c" * 90_000 + b"\r\n\r\n"),
    "wrong-length": lambda peer: end(peer, HTML + b"Content-Length: 100000\r\n\r\n<p>short"),
    "gzip-bomb": lambda peer: peer.sendall(answer(BOMB, more="Content-Encoding: gzip\r\n")),
    "redirect-loop": redirect("/"),
    "to-loopback": redirect("http://127.0.0.1:8000/secret"),
    "to-metadata": redirect("http://169.254.169.254/latest/meta-data/"),
    "to-ipv6-loopback": redirect("http://[::1]:8000/secret"),
    "to-mapped": redirect("http://[::ffff:127.0.0.1]:8000/secret"),
    "to-file": redirect("file:///etc/passwd"),
    "reset-at-once": lambda peer: reset(peer),
    "reset-in-header": lambda peer: reset(peer, HTML[:30]),
    "reset-in-body": lambda peer: reset(peer, HTML + b"Content-Length: 90000\r\n\r\n<p>"),
    "http-09": lambda peer: peer.sendall(b"<html><body>hello</body></html>\n"),
    "garbage": lambda peer: peer.sendall(bytes(n * 167 % 256 for n in range(4096))),
    "itself": lambda peer: peer.sendall(answer(ITSELF)),
    "huge-robots": lambda peer: peer.sendall(answer(b"<p>fine")),
    "rebinding": lambda peer: peer.sendall(answer(b"<p>fine <a href='/next'>n</a>")),
    "opted-out": lambda peer: peer.sendall(answer(b"not for you", "image/png", "X-Robots-Tag: noai\r\n")),
}


class Servers:
    """Listens on the good address, and on the address where nobody may come."""

    def __init__(self):
        self.asked = {}
        self.secret = 0
        self.lock = threading.Lock()
        self.listen(socket.AF_INET, "127.1.0.1", self.serve)
        self.listen(socket.AF_INET, "127.0.0.1", self.betray)
        self.listen(socket.AF_INET6, "::1", self.betray)

    def listen(self, family, address, serve):
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((address, 8000))
        listener.listen(256)
        threading.Thread(target=self.accept, args=(listener, serve), daemon=True).start()

    def accept(self, listener, serve):
        while True:
            peer, _ = listener.accept()
            threading.Thread(target=self.guard, args=(serve, peer), daemon=True).start()

    def guard(self, serve, peer):
        try:
            serve(peer)
        except OSError:
            pass  # The crawler hung up, as it should.
        finally:
            peer.close()

    def betray(self, peer):
        with self.lock:
            self.secret += 1

    def serve(self, peer):
        buffer = b""
        while True:
            while b"\r\n\r\n" not in buffer:
                block = peer.recv(65536)
                if not block:
                    return
                buffer += block
            head, _, buffer = buffer.partition(b"\r\n\r\n")
            lines = head.decode("latin-1").split("\r\n")
            host = next((line[6:] for line in lines if line.lower().startswith("host: ")), "").split(":")[0]
            self.respond(peer, host.removesuffix(".test"), lines[0].split()[1])

    def respond(self, peer, name, path):
        with self.lock:
            self.asked[name] = self.asked.get(name, 0) + 1
        if name == "never":
            time.sleep(3600)
        elif path == "/robots.txt" and name == "huge-robots":
            endlessly(peer, OK + b"Content-Length: 100000000\r\n\r\n", b"# nothing\n" * 1000)
        elif path in ("/robots.txt", "/.well-known/tdmrep.json"):
            peer.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
        elif name == "good":
            peer.sendall(answer(self.front() if path == "/" else b"<p>A page like any other."))
        else:
            BEHAVIOURS[name](peer)

    def front(self):
        names = [*BEHAVIOURS, "never", "private", "loopback-name", "mapped-name", "nat64-name", "metadata-name"]
        links = [f"<a href='http://{name}.test:8000/'>{name}</a>" for name in names]
        images = [f"<img src='http://{name}.test:8000/picture.png' alt='a dog that is {name}'>"
                  for name in ("endless-body", "gzip-bomb", "wrong-length", "garbage", "opted-out", "private")]
        return ("<!DOCTYPE html>" + "".join(links + images) + "<a href='/more'>more</a>").encode()
