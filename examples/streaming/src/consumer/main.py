"""consumer: reads the topic from its beginning and answers /messages with the last ones. Standard library only."""

import base64
import json
import os
import signal
import threading
import urllib.request
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def fetch(start):
    """What the topic holds from an offset on; waits for something to come. Raises OSError while the broker does not answer."""
    login = f"{os.environ['STREAM_USER']}:{os.environ['STREAM_PASSWORD']}".encode()
    request = urllib.request.Request(
        f"{os.environ['STREAM_URL']}/topics/{os.environ['TOPIC']}?from={start}&wait=10",
        headers={"Authorization": "Basic " + base64.b64encode(login).decode()},
    )
    with urllib.request.urlopen(request, timeout=20) as response:
        return json.load(response)


class Reader:
    """Where this consumer stands in the topic, and what it has seen last."""

    def __init__(self):
        self.epoch, self.next, self.count = None, 0, 0
        self.last = deque(maxlen=20)

    def take(self, answer):
        """Takes an answer of the broker in; False when it came from another log and has to be asked for again."""
        if self.epoch not in (None, answer["epoch"]):
            self.epoch, self.next = answer["epoch"], 0
            return False
        self.epoch = answer["epoch"]
        for one in answer["messages"]:
            self.next = one["offset"] + 1
            self.count += 1
            self.last.append(one["message"])
        return True

    def follow(self, stop, read=fetch):
        while not stop.is_set():
            try:
                self.take(read(self.next))
            except (OSError, ValueError) as error:
                print(f"the broker does not answer: {error}", flush=True)
                stop.wait(1)

    def document(self):
        return {"count": self.count, "messages": list(self.last)}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        match self.path:
            case "/health":
                self.say(200, {"status": "ok"})
            case "/messages":
                self.say(200, self.server.reader.document())
            case _:
                self.say(404, {"error": "ask for /messages"})

    def say(self, status, document):
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format, *args):
        if self.path not in ("/health", "/messages"):
            print(f"{self.address_string()} {format % args}", flush=True)


if __name__ == "__main__":
    stop = threading.Event()
    server = ThreadingHTTPServer(("", 8080), Handler)
    server.reader = Reader()
    # Process 1 has no default handler for SIGTERM; shutdown() waits for serve_forever(), which runs in this thread.
    signal.signal(signal.SIGTERM, lambda *_: (stop.set(), threading.Thread(target=server.shutdown).start()))
    threading.Thread(target=server.reader.follow, args=(stop,), daemon=True).start()
    print("consumer listens on 8080", flush=True)
    server.serve_forever()
