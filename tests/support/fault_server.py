#!/usr/bin/env python3
"""An HTTP server on loopback that misbehaves as it is asked to.

    fault_server.py FOLDER [CERTIFICATE KEY]

Prints its port and, with a certificate, the port where it speaks TLS, on one
line each; ends when its standard input closes. The path of a URL says what it
does; NAME is a file in FOLDER, HITS counts start at zero:

    /ok/NAME            the file, with ETag and Last-Modified; 304 where they match
    /plain/NAME         the file, without any validator
    /fresh/SECONDS/NAME the file with Cache-Control: max-age
    /gzip/NAME          compressed; /badgzip/NAME with a body that is no deflate
    /encoding/HEADER/VALUE/NAME   a gzip with that header, or several with "|" between them
    /chunked/NAME       in chunks; /chunkgarbage/NAME with a broken chunk size
    /cut/N/NAME         the first N tenths of what Content-Length says
    /short/NAME /long/NAME   Content-Length 10 octets too small, too large
    /trickle/NAME       one octet a second
    /hang/NAME          no answer; /hangbody/NAME headers, half of it, and nothing more
    /reset/NAME         half of it, then a reset connection
    /endlessheaders     header lines for ever
    /http09 /garbage    no status line; no HTTP at all
    /notmodified        304 whatever was asked; /othertag/NAME 304 with another ETag
    /status/CODE[/RETRY_AFTER]
    /redirect/CODE/TARGET    Location: TARGET (percent-encoded, with "self" for this server)
    /longredirect/CODE/TARGET    the same with a body of 100,000 octets
    /dateonly/NAME      the file with Last-Modified, and 304 where that matches
    /loop               redirects to itself
    /html               a page of HTML with status 200
    /bomb/MIB           that many MiB of zeros, compressed
    /big/OCTETS         that many zeros
    /echo               the method, content type and body of the request, and its X-Test header
    /via/NAME           what the path in FOLDER/NAME.route says now
    /hits/PATH          how often /PATH was asked for
"""

import os
import socket
import struct
import sys
import threading
import time
import urllib.parse
import zlib

folder = sys.argv[1]
hits = {}
hits_lock = threading.Lock()
PHRASE = "Reason"


class Request:
    def __init__(self, method, path, headers, body):
        self.method, self.path, self.headers, self.body = method, path, headers, body


def read_request(stream):
    line = stream.readline(65536).decode("latin-1")
    if not line:
        return None
    method, path, _ = line.split(" ", 2)
    # As a proxy: what follows is the path on a host that is never connected to.
    if path.startswith("http://"):
        path = "/" + path.split("/", 3)[3]
    headers = {}
    while True:
        line = stream.readline(65536).decode("latin-1").strip()
        if not line:
            break
        name, value = line.split(":", 1)
        headers[name.lower()] = value.strip()
    return Request(method, path, headers, stream.read(int(headers.get("content-length", 0))))


def content(name):
    with open(os.path.join(folder, name), "rb") as file:
        return file.read()


def head(status, headers):
    lines = [f"HTTP/1.1 {status} {PHRASE}"] + [f"{name}: {value}" for name, value in headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def answer(connection, status, body, headers=()):
    connection.sendall(head(status, [*headers, ("Content-Length", len(body))]) + body)


def validators(name):
    tag = '"%016x"' % zlib.crc32(content(name))
    seconds = time.gmtime(os.stat(os.path.join(folder, name)).st_mtime)
    modified = time.strftime("%a, %d %b %Y %H:%M:%S GMT", seconds)
    return [("ETag", tag), ("Last-Modified", modified)]


def ok(connection, request, name):
    known = validators(name)
    asked = (request.headers.get("if-none-match"), request.headers.get("if-modified-since"))
    same = asked[0] == known[0][1] if asked[0] else asked[1] == known[1][1]
    if same:
        connection.sendall(head(304, known))
    else:
        answer(connection, 200, content(name), known)


def part(connection, name, octets, headers=()):
    body = content(name)
    connection.sendall(head(200, [("Content-Length", len(body)), *headers]) + body[:octets])
    return body


def until_closed(connection):
    """Waits until the client gives up."""
    try:
        while connection.recv(4096):
            pass
    except OSError:
        pass


def trickle(connection, name):
    body = part(connection, name, 0)
    for octet in body:
        connection.sendall(bytes([octet]))
        time.sleep(1)


def reset(connection, name):
    part(connection, name, len(content(name)) // 2)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def bomb(connection, mebibytes):
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    zeros = bytes(1 << 20)
    connection.sendall(head(200, [("Content-Encoding", "gzip"), ("Connection", "close")]))
    for _ in range(mebibytes):
        connection.sendall(packer.compress(zeros))
    connection.sendall(packer.flush())


def big(connection, octets):
    connection.sendall(head(200, [("Connection", "close")]))
    zeros = bytes(1 << 20)
    while octets > 0:
        connection.sendall(zeros[:octets])
        octets -= len(zeros)


def compressed(name, damage):
    packer = zlib.compressobj(6, zlib.DEFLATED, 31)
    body = bytearray(packer.compress(content(name)) + packer.flush())
    if damage:
        body[10:] = b"\xff" * (len(body) - 10)  # a block of no known type
    return bytes(body)


def chunked(connection, name, size_of_second):
    body = content(name)
    half = len(body) // 2
    connection.sendall(head(200, [("Transfer-Encoding", "chunked")]))
    connection.sendall(b"%x\r\n" % half + body[:half] + b"\r\n")
    connection.sendall((size_of_second or b"%x" % (len(body) - half)) + b"\r\n" + body[half:] + b"\r\n0\r\n\r\n")


def date_only(connection, request, name):
    known = validators(name)[1:]
    if request.headers.get("if-modified-since") == known[0][1]:
        connection.sendall(head(304, known))
    else:
        answer(connection, 200, content(name), known)


def redirect(connection, code, target, port, body=b"moved"):
    target = urllib.parse.unquote(target).replace("self", f"http://127.0.0.1:{port}")
    answer(connection, code, body, [("Location", target)])


def serve(connection, request, path, port):
    """Answers one request. True: the connection may be used again."""
    words = path.strip("/").split("/")
    kind, rest = words[0], words[1:]
    name = rest[-1] if rest else ""
    if kind == "ok":
        ok(connection, request, name)
    elif kind == "plain":
        answer(connection, 200, content(name))
    elif kind == "fresh":
        answer(connection, 200, content(name), [("Cache-Control", f"max-age={rest[0]}")])
    elif kind in ("gzip", "badgzip"):
        answer(connection, 200, compressed(name, kind == "badgzip"), [("Content-Encoding", "gzip")])
    elif kind == "encoding":
        values = urllib.parse.unquote(rest[1]).split("|")
        answer(connection, 200, compressed(name, False), [(rest[0], value) for value in values])
    elif kind == "chunked":
        chunked(connection, name, None)
    elif kind == "status":
        answer(connection, int(rest[0]), b"no", [("Retry-After", value) for value in rest[1:]])
    elif kind == "redirect":
        redirect(connection, int(rest[0]), "/".join(rest[1:]), port)
    elif kind == "longredirect":
        redirect(connection, int(rest[0]), "/".join(rest[1:]), port, b"moved" * 20000)
    elif kind == "dateonly":
        date_only(connection, request, name)
    elif kind == "loop":
        redirect(connection, 302, "self/loop", port)
    elif kind == "html":
        answer(connection, 200, b"<html>Pay for the network here</html>", [("Content-Type", "text/html")])
    elif kind == "notmodified":
        connection.sendall(head(304, []))
    elif kind == "othertag":
        connection.sendall(head(304, [("ETag", '"another"')]))
    elif kind == "echo":
        told = [request.method, request.headers.get("content-type", ""), request.headers.get("x-test", "")]
        answer(connection, 200, "\n".join(told).encode() + b"\n" + request.body)
    elif kind == "via":
        return serve(connection, request, content(name + ".route").decode().strip(), port)
    elif kind == "hits":
        with hits_lock:
            count = hits.get("/" + "/".join(rest), 0)
        answer(connection, 200, str(count).encode())
    else:
        return misbehave(connection, kind, rest, name)
    return True


def misbehave(connection, kind, rest, name):
    """The answers after which the connection is of no use."""
    if kind == "cut":
        part(connection, name, len(content(name)) * int(rest[0]) // 10)
    elif kind in ("short", "long"):
        body = content(name)
        size = len(body) + (10 if kind == "long" else -10)
        connection.sendall(head(200, [("Content-Length", size), ("Connection", "close")]) + body)
    elif kind == "chunkgarbage":
        chunked(connection, name, b"no hex")
    elif kind == "trickle":
        trickle(connection, name)
    elif kind == "hang":
        until_closed(connection)
    elif kind == "hangbody":
        part(connection, name, len(content(name)) // 2)
        until_closed(connection)
    elif kind == "reset":
        reset(connection, name)
    elif kind == "endlessheaders":
        connection.sendall(b"HTTP/1.1 200 Reason\r\n")
        while True:
            connection.sendall(b"X-More: " + b"x" * 1000 + b"\r\n")
    elif kind == "http09":
        connection.sendall(b"just a body")
    elif kind == "garbage":
        connection.sendall(bytes(range(256)) * 16)
    elif kind == "bomb":
        bomb(connection, int(rest[0]))
    elif kind == "big":
        big(connection, int(rest[0]))
    else:
        answer(connection, 404, b"no such behaviour")
    return False


def talk(connection, port, context):
    try:
        if context:
            connection = context.wrap_socket(connection, server_side=True)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with connection, connection.makefile("rb") as stream:
            while request := read_request(stream):
                with hits_lock:
                    hits[request.path] = hits.get(request.path, 0) + 1
                if not serve(connection, request, request.path, port):
                    break
    except (OSError, ValueError):
        connection.close()


def listen(context):
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(1024)
    port = listener.getsockname()[1]

    def accept():
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=talk, args=(connection, port, context), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    return port


ports = [listen(None)]
if len(sys.argv) > 3:
    import ssl  # slow to load, and seldom needed

    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(sys.argv[2], sys.argv[3])
    ports.append(listen(tls))
print(*ports, sep="\n", flush=True)
sys.stdin.read()
os._exit(0)
