"""broker: keeps the last messages of each topic in memory, and hands out those that come after an offset. Standard library only.

POST /topics/NAME                     appends the JSON document of the body: {"offset": 7}
GET  /topics/NAME?from=8&wait=10      what came from that offset on, waiting up to so many seconds for something to come

Both ask for the user and password of the environment. A broker that was restarted has another "epoch": its offsets
begin at 0 again, and so must its readers.
"""

import base64
import hmac
import json
import os
import signal
import threading
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

KEPT = 1000


class Log:
    """The messages of all topics."""

    def __init__(self):
        self.epoch = uuid.uuid4().hex
        self.topics = {}
        self.changed = threading.Condition()

    def append(self, topic, message):
        with self.changed:
            messages = self.topics.setdefault(topic, [])
            offset = messages[-1]["offset"] + 1 if messages else 0
            messages.append({"offset": offset, "message": message})
            del messages[:-KEPT]
            self.changed.notify_all()
            return offset

    def read(self, topic, start, wait):
        until = time.monotonic() + wait
        with self.changed:
            while True:
                found = [one for one in self.topics.get(topic, []) if one["offset"] >= start]
                left = until - time.monotonic()
                if found or left <= 0:
                    return {"epoch": self.epoch, "messages": found}
                self.changed.wait(left)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        url = urlsplit(self.path)
        if url.path == "/health":
            return self.say(200, {"status": "ok"})
        if (topic := self.topic(url.path)) is None:
            return None
        query = parse_qs(url.query)
        try:
            start, wait = int(query.get("from", ["0"])[0]), min(float(query.get("wait", ["0"])[0]), 30)
        except ValueError:
            return self.say(400, {"error": "from and wait are numbers"})
        return self.say(200, self.server.log.read(topic, start, wait))

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if (topic := self.topic(urlsplit(self.path).path)) is None:
            return None
        try:
            return self.say(201, {"offset": self.server.log.append(topic, json.loads(body))})
        except ValueError as error:
            return self.say(400, {"error": f"the message is no JSON: {error}"})

    def topic(self, path):
        """The topic's name, or None when the request has been answered already."""
        if not hmac.compare_digest(self.headers.get("Authorization", ""), self.server.login):
            return self.say(401, {"error": "another user or password is wanted"})
        parts = path.split("/")
        if len(parts) != 3 or parts[1] != "topics" or not parts[2]:
            return self.say(404, {"error": f"the broker knows nothing of {path}"})
        return parts[2]

    def say(self, status, document):
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format, *args):
        # Probes and readers ask all the time: only trouble is worth a line.
        if len(args) > 1 and str(args[1]) >= "400":
            print(f"{self.address_string()} {format % args}", flush=True)


def make_server(port, user, password):
    server = ThreadingHTTPServer(("", port), Handler)
    # Readers that wait for a message must not keep the process from ending.
    server.daemon_threads = True
    server.log = Log()
    server.login = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
    return server


if __name__ == "__main__":
    broker = make_server(8080, os.environ["STREAM_USER"], os.environ["STREAM_PASSWORD"])
    # Process 1 has no default handler for SIGTERM; shutdown() waits for serve_forever(), which runs in this thread.
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=broker.shutdown).start())
    print("broker listens on 8080", flush=True)
    broker.serve_forever()
