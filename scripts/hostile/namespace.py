"""A network of its own: a user, mount and network namespace with nothing but loopback, and a name server that lies.

Names below `.test` lead wherever the table says; nothing outside can be reached, so a check may name any address.
"""
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading


def enter():
    """Goes on in a fresh namespace, once."""
    if os.environ.get("WIT_NAMESPACE") == "in":
        return
    os.environ["WIT_NAMESPACE"] = "in"
    os.execvp("unshare", ["unshare", "-rmn", "--", sys.executable, *sys.argv])


def prepare(answer):
    """Brings loopback up and makes a lying server the only one; `answer(name, kind)` gives addresses as bytes."""
    subprocess.run([shutil.which("ip", path="/usr/sbin:/sbin:/usr/bin:/bin") or "ip", "link", "set", "lo", "up"], check=True)
    folder = tempfile.mkdtemp()
    for name, text in {"resolv.conf": "nameserver 127.0.0.1\noptions attempts:1\n", "nsswitch.conf": "hosts: dns\n"}.items():
        path = os.path.join(folder, name)
        with open(path, "w") as file:
            file.write(text)
        subprocess.run(["mount", "--bind", path, "/etc/" + name], check=True)
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 53))
    threading.Thread(target=serve, args=(server, answer), daemon=True).start()


def serve(server, answer):
    while True:
        query, client = server.recvfrom(512)
        name, place = [], 12
        while query[place]:
            name.append(query[place + 1 : place + 1 + query[place]].decode("latin-1").lower())
            place += 1 + query[place]
        question = query[12 : place + 5]
        kind = int.from_bytes(query[place + 1 : place + 3], "big")
        addresses = [a for a in answer(".".join(name), kind) if len(a) == (4 if kind == 1 else 16)]
        # A response, recursion available, no error; time to live 0: the next look may be told something else.
        reply = query[:2] + b"\x81\x80\x00\x01" + len(addresses).to_bytes(2, "big") + b"\x00\x00\x00\x00" + question
        for address in addresses:
            reply += b"\xc0\x0c" + kind.to_bytes(2, "big") + b"\x00\x01\x00\x00\x00\x00" + len(address).to_bytes(2, "big") + address
        server.sendto(reply, client)
