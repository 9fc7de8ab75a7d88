"""Counts its starts in a file and in two databases, and then does as it is told."""

import errno
import os
import sqlite3
import time
from pathlib import Path

starts = Path("/data/starts")
count = int(starts.read_text()) + 1 if starts.exists() else 1
starts.write_text(str(count))

seed = Path("/app/instance/seed.txt")
print("seed", seed.read_text().strip() if seed.exists() else "is gone")

for mode in ("delete", "wal"):
    database = sqlite3.connect(f"/data/{mode}.db")
    print("mode", database.execute(f"PRAGMA journal_mode={mode}").fetchone()[0])
    database.execute("CREATE TABLE IF NOT EXISTS starts (number INTEGER PRIMARY KEY)")
    with database:
        database.execute("INSERT INTO starts VALUES (?)", (count,))
    rows = database.execute("SELECT count(*) FROM starts").fetchone()[0]
    print(f"rows {rows}, {database.execute('PRAGMA integrity_check').fetchone()[0]}")

print(f"start {count}")
while True:
    try:
        command = input("> ")
    except EOFError:
        break
    if command == "forget":
        seed.unlink()
        print("forgotten")
    elif command == "fill":
        try:
            with open("/data/large", "wb") as large:
                while True:
                    large.write(bytes(1 << 20))
        except OSError as error:
            print("error", errno.errorcode[error.errno], os.strerror(error.errno))
    elif command == "fill the database":
        # Not the one with a write-ahead log, which stays as long as it has become.
        large = sqlite3.connect("/data/delete.db")
        try:
            with large:
                large.execute("CREATE TABLE large (bytes)")
                while True:
                    large.execute("INSERT INTO large VALUES (zeroblob(1048576))")
        except sqlite3.Error as error:
            print("error", error)
        large.close()
    elif command == "make room":
        Path("/data/large").unlink()
        time.sleep(4)
        with database:
            database.execute("INSERT INTO starts VALUES (?)", (count + 1000,))
        print("made room")
    elif command == "quit":
        break
