"""web: a page of what the consumer has read last. What is posted to /messages goes to the producer. Standard library only."""

import html
import json
import os
import signal
import threading
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


def version(text):
    """1.2.3 out of a version.txt, in either of its two forms."""
    parts = [line.partition("=")[2] or line for line in text.split()]
    return ".".join(parts)


def ask(url, body=None):
    """The status and the body of what another service answers; 502 when it does not."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data=body), timeout=5) as response:
            return response.status, response.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()
    except OSError as error:
        return 502, json.dumps({"error": f"{url} does not answer: {error}"}).encode()


def page(stage, status, body):
    """The document a person sees."""
    found = json.loads(body) if status == 200 else {"count": 0, "messages": []}
    rows = "".join(f"<li>{html.escape(str(one.get('text')))}</li>" for one in reversed(found["messages"]))
    return (
        "<!doctype html><meta charset=utf-8><meta http-equiv=refresh content=3>"
        f"<title>{html.escape(stage)}</title><h1>{html.escape(stage)}</h1>"
        f"<p>{found['count']} messages consumed.</p><ul>{rows}</ul>"
    )


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        match self.path:
            case "/health":
                self.say(200, json.dumps({"status": "ok"}).encode())
            case "/version":
                self.say(200, json.dumps({"version": version(Path("version.txt").read_text())}).encode())
            case "/messages":
                self.say(*ask(f"{os.environ['CONSUMER_URL']}/messages"))
            case "/":
                found = ask(f"{os.environ['CONSUMER_URL']}/messages")
                self.say(200, page(os.environ["STAGE"], *found).encode(), "text/html; charset=utf-8")
            case _:
                self.say(404, json.dumps({"error": f"web knows nothing of {self.path}"}).encode())

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path == "/messages":
            self.say(*ask(f"{os.environ['PRODUCER_URL']}/messages", body))
        else:
            self.say(404, json.dumps({"error": "post to /messages"}).encode())

    def say(self, status, body, kind="application/json"):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format, *args):
        if self.path != "/health":
            print(f"{self.address_string()} {format % args}", flush=True)


if __name__ == "__main__":
    server = ThreadingHTTPServer(("", 8080), Handler)
    # Process 1 has no default handler for SIGTERM; shutdown() waits for serve_forever(), which runs in this thread.
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    print("web listens on 8080", flush=True)
    server.serve_forever()
