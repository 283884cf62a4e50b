"""producer: sends a tick to the broker every few seconds, and whatever is posted to /messages. Standard library only."""

import base64
import json
import os
import signal
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def send(text):
    """Appends a message to the topic and returns its offset; raises OSError while the broker does not answer."""
    login = f"{os.environ['STREAM_USER']}:{os.environ['STREAM_PASSWORD']}".encode()
    request = urllib.request.Request(
        f"{os.environ['STREAM_URL']}/topics/{os.environ['TOPIC']}",
        data=json.dumps({"text": text, "stage": os.environ["STAGE"]}).encode(),
        headers={"Authorization": "Basic " + base64.b64encode(login).decode()},
    )
    with urllib.request.urlopen(request, timeout=5) as response:
        return json.load(response)["offset"]


def tick(stop, seconds, publish=send):
    """Sends ticks until it is stopped. A broker that is away is asked again with the next one."""
    number = 0
    while not stop.is_set():
        try:
            publish(f"tick {number}")
            number += 1
        except OSError as error:
            print(f"the broker does not answer: {error}", flush=True)
        stop.wait(seconds)


def accept(body, publish=send):
    """The status and the document for a posted body."""
    try:
        text = json.loads(body)["text"]
    except (ValueError, KeyError, TypeError):
        return 400, {"error": 'post {"text": "..."}'}
    try:
        return 202, {"offset": publish(text)}
    except OSError as error:
        return 503, {"error": f"the broker does not answer: {error}"}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.say(200, {"status": "ok"}) if self.path == "/health" else self.say(404, {"error": "post to /messages"})

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.say(*(accept(body) if self.path == "/messages" else (404, {"error": "post to /messages"})))

    def say(self, status, document):
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format, *args):
        if self.path != "/health":
            print(f"{self.address_string()} {format % args}", flush=True)


if __name__ == "__main__":
    stop = threading.Event()
    server = ThreadingHTTPServer(("", 8080), Handler)
    # Process 1 has no default handler for SIGTERM; shutdown() waits for serve_forever(), which runs in this thread.
    signal.signal(signal.SIGTERM, lambda *_: (stop.set(), threading.Thread(target=server.shutdown).start()))
    threading.Thread(target=tick, args=(stop, float(os.environ["EVERY_SECONDS"])), daemon=True).start()
    print("producer listens on 8080", flush=True)
    server.serve_forever()
