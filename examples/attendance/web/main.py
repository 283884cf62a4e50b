"""Who came in by which gate on which day. The rows are PostgreSQL's; the rest is the standard library."""

import datetime
import json
import os
import signal
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import postgres


def database():
    """A connection of its own for each request: simple, and quick enough for an example."""
    return postgres.Database(
        host=os.environ["DATABASE_HOST"],
        port=int(os.environ.get("DATABASE_PORT", "5432")),
        user=os.environ["DATABASE_USER"],
        password=os.environ["DATABASE_PASSWORD"],
        database=os.environ.get("DATABASE_NAME", "attendance"),
    )


def enter(text):
    """POST /attendance. Who comes twice on a day is there once, by the last gate."""
    try:
        entry = json.loads(text)
    except ValueError:
        return 400, {"error": "the body is no JSON"}
    if not isinstance(entry, dict):
        return 400, {"error": "the body is no object"}
    missing = [name for name in ("firstname", "lastname", "gate") if not entry.get(name)]
    if missing:
        return 400, {"error": f"missing: {', '.join(missing)}"}
    day = day_of(entry.get("day", str(datetime.date.today())))
    if day is None:
        return 400, {"error": f"{entry['day']} is no day such as 2024-02-29"}
    with database() as db:
        rows = db.query(
            "insert into entries (day, lastname, firstname, gate) values ($1, $2, $3, $4)"
            " on conflict (day, lastname, firstname) do update set gate = excluded.gate"
            " returning day, firstname, lastname, gate",
            day, entry["lastname"], entry["firstname"], entry["gate"],
        )  # fmt: skip
    return 201, rows[0]


def sheet(text):
    """GET /attendance/2024-02-29."""
    day = day_of(text)
    if day is None:
        return 400, {"error": f"{text} is no day such as 2024-02-29"}
    with database() as db:
        return 200, db.query(
            "select firstname, lastname, gate from entries where day = $1 order by lastname, firstname", day
        )


def ready():
    """Not before the migration has run: the table is asked for."""
    with database() as db:
        db.query("select 1 from entries limit 1")
    return 200, {"status": "ready"}


def day_of(text):
    try:
        return datetime.date.fromisoformat(str(text))
    except ValueError:
        return None


def answer(method, path, body=b""):
    """The status and the document for a request."""
    try:
        match method, path.strip("/").split("/"):
            case "GET", ["health"]:
                return 200, {"status": "alive", "version": os.environ.get("APP_VERSION", "unknown")}
            case "GET", ["ready"]:
                return ready()
            case "POST", ["attendance"]:
                return enter(body)
            case "GET", ["attendance"]:
                return sheet(datetime.date.today())
            case "GET", ["attendance", day]:
                return sheet(day)
            case _:
                return 404, {"error": f"there is no {method} {path}"}
    except (OSError, postgres.DatabaseError) as error:
        return 503, {"error": f"the database does not answer: {error}"}


class Handler(BaseHTTPRequestHandler):
    # Without it every request of the ingress needs a connection of its own.
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.reply(*answer("GET", self.path.split("?")[0]))

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.reply(*answer("POST", self.path.split("?")[0], body))

    def reply(self, status, document):
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format, *args):
        # The probes ask every few seconds: only what is not theirs is worth a line.
        if self.path not in ("/health", "/ready"):
            print(f"{self.address_string()} {format % args}", flush=True)


def serve(port):
    server = ThreadingHTTPServer(("", port), Handler)
    # Process 1 has no default handler for SIGTERM: without one a pod takes 30 s to go away.
    # shutdown() waits for serve_forever(), which this very thread runs, so that it needs another one.
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    print(f"attendance {os.environ.get('APP_VERSION', 'unknown')} listens on {port}", flush=True)
    server.serve_forever()
    server.server_close()


if __name__ == "__main__":
    serve(int(os.environ.get("PORT", "8000")))
