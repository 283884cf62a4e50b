"""service-a: answers /health, /version and /ping with JSON. Standard library only."""

import json
import os
import signal
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def answer(path):
    """The status and the document for a path."""
    match path:
        case "/health":
            return 200, {"Status": "Success"}
        case "/version":
            return 200, {"version": os.environ.get("APP_VERSION", "unknown")}
        case "/ping":
            return 200, {"message": "Greetings from Service A!"}
        case _:
            return 404, {"error": f"service-a knows nothing of {path}"}


class Handler(BaseHTTPRequestHandler):
    # Without it every request of the ingress needs a connection of its own.
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        status, document = answer(self.path.split("?")[0])
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format, *args):
        # The probes ask every few seconds: only what is not theirs is worth a line.
        if self.path != "/health":
            print(f"{self.address_string()} {format % args}", flush=True)


def serve(port):
    server = ThreadingHTTPServer(("", port), Handler)
    # Process 1 has no default handler for SIGTERM: without one a pod takes 30 s to go away.
    # shutdown() waits for serve_forever(), which this very thread runs, so that it needs another one.
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    print(f"service-a {os.environ.get('APP_VERSION', 'unknown')} listens on {port}", flush=True)
    server.serve_forever()
    server.server_close()


if __name__ == "__main__":
    serve(int(os.environ.get("PORT", "8080")))
