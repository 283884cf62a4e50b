"""The page, whatever is asked for: as in any application of one page, the browser finds its way from there.

That is why 200 alone says nothing of the api: where its Ingress is missing, this page answers in its place.
"""

import os
import pathlib
import signal
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

page = (pathlib.Path(__file__).parent / "index.html").read_bytes()


class Handler(BaseHTTPRequestHandler):
    # Without it every request of the ingress needs a connection of its own.
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, format, *args):
        # The probe asks every other second.
        if self.path != "/":
            print(f"{self.address_string()} {format % args}", flush=True)


def serve(port):
    server = ThreadingHTTPServer(("", port), Handler)
    # Process 1 has no default handler for SIGTERM: without one a pod takes 30 s to go away.
    # shutdown() waits for serve_forever(), which this very thread runs, so that it needs another one.
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    print(f"the page listens on {port}", flush=True)
    server.serve_forever()
    server.server_close()


if __name__ == "__main__":
    serve(int(os.environ.get("PORT", "8080")))
