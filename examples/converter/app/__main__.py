"""python -m app: answers /convert?value=26.2&from=mi&to=km, POST /convert, /health and /version. Standard library only."""

import json
import os
import signal
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from .units import convert


def answer(path, asked):
    """The status and the document for a path and what is asked for."""
    match path:
        case "/health":
            return 200, {"status": "ok"}
        case "/version":
            return 200, {"version": os.environ.get("APP_VERSION", "unknown"), "stage": os.environ.get("STAGE", "unknown")}
        case "/convert":
            try:
                value, source, target = float(asked["value"]), asked["from"], asked["to"]
                return 200, {"value": convert(value, source, target), "unit": target}
            except (KeyError, TypeError):
                return 400, {"error": "give value, from and to"}
            except ValueError as error:
                return 400, {"error": str(error)}
        case _:
            return 404, {"error": f"nothing is known of {path}"}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        url = urlsplit(self.path)
        self.say(*answer(url.path, dict(parse_qsl(url.query))))

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        try:
            self.say(*answer(urlsplit(self.path).path, json.loads(body)))
        except ValueError:
            self.say(400, {"error": "the body is no JSON"})

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
    server = ThreadingHTTPServer(("", 8080), Handler)
    # Process 1 has no default handler for SIGTERM; shutdown() waits for serve_forever(), which runs in this thread.
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    print(f"converter {os.environ.get('APP_VERSION', 'unknown')} listens on 8080", flush=True)
    server.serve_forever()
