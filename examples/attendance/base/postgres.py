"""A small client of PostgreSQL, in the standard library alone: with Database(...) as db: db.query("select $1", "x").

It knows what this example needs: the answer to a password question (SCRAM-SHA-256), and statements with parameters.
"""

import base64
import hashlib
import hmac
import os
import socket
import struct


class DatabaseError(Exception):
    """What the server said, in its own words."""


class Database:
    def __init__(self, host, port, user, password, database, timeout=5):
        self.user, self.password, self.database = user, password, database
        self.socket = socket.create_connection((host, port), timeout)
        self.input = self.socket.makefile("rb")

    def __enter__(self):
        try:
            self._start()
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(self, *_):
        try:
            self._send(b"X", b"")
        except OSError:
            pass
        self._close()

    def query(self, statement, *values):
        """Runs one statement; $1, $2 … stand for the values. Every row is a dict of texts (None for null)."""
        encoded = [None if value is None else str(value).encode() for value in values]
        bound = b"".join(
            struct.pack("!i", -1) if value is None else struct.pack("!i", len(value)) + value for value in encoded
        )
        self._send(b"P", b"\0" + statement.encode() + b"\0" + struct.pack("!h", 0))
        self._send(b"B", b"\0\0" + struct.pack("!hh", 0, len(encoded)) + bound + struct.pack("!h", 0))
        self._send(b"D", b"P\0")
        self._send(b"E", b"\0" + struct.pack("!i", 0))
        self._send(b"S", b"")
        names, rows, error = [], [], None
        while True:
            kind, data = self._receive()
            if kind == b"T":
                names = _columns(data)
            elif kind == b"D":
                rows.append(dict(zip(names, _row(data))))
            elif kind == b"E":
                error = _words(data)
            elif kind == b"Z":
                if error:
                    raise DatabaseError(error)
                return rows

    def _start(self):
        names = ("user", self.user, "database", self.database)
        body = struct.pack("!i", 3 << 16) + b"".join(text.encode() + b"\0" for text in names) + b"\0"
        self.socket.sendall(struct.pack("!i", len(body) + 4) + body)
        scram = None
        while True:
            kind, data = self._receive()
            if kind == b"E":
                raise DatabaseError(_words(data))
            if kind == b"Z":
                return
            if kind != b"R":
                continue
            (code,), rest = struct.unpack("!i", data[:4]), data[4:]
            if code == 10:
                scram = Scram(self.password)
                first = scram.first()
                self._send(b"p", b"SCRAM-SHA-256\0" + struct.pack("!i", len(first)) + first)
            elif code == 11:
                self._send(b"p", scram.final(rest))
            elif code == 12:
                scram.verify(rest)
            elif code != 0:
                raise DatabaseError(f"the server asks for the password in a way that is not known here ({code})")

    def _send(self, kind, body):
        self.socket.sendall(kind + struct.pack("!i", len(body) + 4) + body)

    def _receive(self):
        head = self.input.read(5)
        if len(head) < 5:
            raise DatabaseError("the server hung up")
        return head[:1], self.input.read(struct.unpack("!i", head[1:])[0] - 4)

    def _close(self):
        self.input.close()
        self.socket.close()


class Scram:
    """RFC 7677: shows that both sides know the password, without sending it."""

    def __init__(self, password, nonce=None):
        self.password = password.encode()
        self.bare = "n=,r=" + (nonce or base64.b64encode(os.urandom(18)).decode())

    def first(self):
        return ("n,," + self.bare).encode()

    def final(self, challenge):
        told = dict(part.split("=", 1) for part in challenge.decode().split(","))
        proofless = f"c=biws,r={told['r']}"
        self.message = ",".join((self.bare, challenge.decode(), proofless)).encode()
        self.salted = hashlib.pbkdf2_hmac("sha256", self.password, base64.b64decode(told["s"]), int(told["i"]))
        key = _hmac(self.salted, b"Client Key")
        signature = _hmac(hashlib.sha256(key).digest(), self.message)
        proof = bytes(a ^ b for a, b in zip(key, signature))
        return f"{proofless},p={base64.b64encode(proof).decode()}".encode()

    def verify(self, answer):
        expected = base64.b64encode(_hmac(_hmac(self.salted, b"Server Key"), self.message))
        if not hmac.compare_digest(answer, b"v=" + expected):
            raise DatabaseError("the server does not know the password itself")


def _hmac(key, message):
    return hmac.new(key, message, hashlib.sha256).digest()


def _columns(data):
    names, at = [], 2
    for _ in range(struct.unpack("!h", data[:2])[0]):
        end = data.index(b"\0", at)
        names.append(data[at:end].decode())
        at = end + 19  # the zero, and 18 bytes about its type
    return names


def _row(data):
    values, at = [], 2
    for _ in range(struct.unpack("!h", data[:2])[0]):
        (length,) = struct.unpack("!i", data[at : at + 4])
        at += 4
        values.append(None if length < 0 else data[at : at + length].decode())
        at += max(length, 0)
    return values


def _words(data):
    fields = {part[:1]: part[1:].decode() for part in data.split(b"\0") if part}
    return fields.get(b"M", "an error without words")
