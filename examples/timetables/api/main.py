"""The lines of the timetable, as the cluster knows them, and how the api itself does. Standard library only."""

import json
import os
import pathlib
import signal
import socket
import ssl
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# Where Kubernetes puts what a pod needs to talk to it.
account = pathlib.Path("/var/run/secrets/kubernetes.io/serviceaccount")


def lines():
    """The objects of kind Line in the namespace of the pod."""
    namespace = (account / "namespace").read_text()
    request = urllib.request.Request(
        f"https://kubernetes.default.svc/apis/timetables.example.org/v1/namespaces/{namespace}/lines",
        headers={"Authorization": f"Bearer {(account / 'token').read_text()}"},
    )
    context = ssl.create_default_context(cafile=account / "ca.crt")
    with urllib.request.urlopen(request, timeout=5, context=context) as answer:
        items = json.load(answer)["items"]
    return sorted(({"name": item["metadata"]["name"], **item["spec"]} for item in items), key=lambda one: one["name"])


def database():
    """Whether it can be reached, and "none" where the stage has none of its own."""
    address = os.environ.get("DATABASE", "")
    if not address:
        return "none"
    host, port = address.split(":")
    try:
        socket.create_connection((host, int(port)), 2).close()
    except OSError:
        return "unreachable"
    return "reachable"


def secrets():
    """Names of the files where a key vault would put them. What they hold is nobody's business."""
    folder = pathlib.Path(os.environ.get("SECRETS", "/mnt/secrets"))
    return sorted(file.name for file in folder.glob("[!.]*")) if folder.is_dir() else []


def answer(path):
    """The status and the document for a path."""
    match path.rstrip("/"):
        case "/api":
            return 200, {"service": "api"}
        case "/api/health":
            stage = os.environ.get("STAGE", "unknown")
            return 200, {"service": "api", "stage": stage, "database": database(), "secrets": secrets()}
        case "/api/lines":
            return 200, lines()
        case _:
            return 404, {"error": f"the api knows nothing of {path}"}


class Handler(BaseHTTPRequestHandler):
    # Without it every request of the ingress needs a connection of its own.
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        try:
            status, document = answer(self.path.split("?")[0])
        except OSError as error:
            status, document = 502, {"error": f"the cluster does not answer: {error}"}
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format, *args):
        # The probe asks every other second: only what is not its is worth a line.
        if self.path != "/api":
            print(f"{self.address_string()} {format % args}", flush=True)


def serve(port):
    server = ThreadingHTTPServer(("", port), Handler)
    # Process 1 has no default handler for SIGTERM: without one a pod takes 30 s to go away.
    # shutdown() waits for serve_forever(), which this very thread runs, so that it needs another one.
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    print(f"api of {os.environ.get('STAGE', 'unknown')} listens on {port}", flush=True)
    server.serve_forever()
    server.server_close()


if __name__ == "__main__":
    serve(int(os.environ.get("PORT", "8080")))
