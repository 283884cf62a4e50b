"""Brings the database up to date: every file of migrations/ once, in the order of their names. One statement a file."""

import pathlib

from main import database

folder = pathlib.Path(__file__).parent / "migrations"


def migrate():
    with database() as db:
        db.query("create table if not exists migrations (name text primary key)")
        done = {row["name"] for row in db.query("select name from migrations")}
        for file in sorted(folder.glob("*.sql")):
            if file.name in done:
                continue
            db.query("begin")
            db.query(file.read_text())
            db.query("insert into migrations (name) values ($1)", file.name)
            db.query("commit")
            print(f"{file.name} is done", flush=True)
    print("the database is up to date", flush=True)


if __name__ == "__main__":
    migrate()
