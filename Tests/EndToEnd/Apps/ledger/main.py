"""Writes transactions into two databases for as long as it lives, and says which are committed.

At its start it looks whether everything is there that it ever said, and whether it is whole.
"""

import hashlib
import random
import sqlite3

KEPT = 40
sizes = random.Random()


def body(number, row):
    return hashlib.sha256(f"{number} {row}".encode()).digest() * (1 + (number * 7 + row * 13) % 300)


def check(database, mode):
    integrity = database.execute("PRAGMA integrity_check").fetchone()[0]
    (number,) = database.execute("SELECT number FROM progress").fetchone()
    problems = [] if integrity == "ok" else [integrity]
    for transaction, row, found in database.execute("SELECT number, row, body FROM entry"):
        if found != body(transaction, row):
            problems.append(f"entry {transaction}/{row} is not what was written")
    numbers = {row[0] for row in database.execute("SELECT DISTINCT number FROM entry")}
    if numbers != set(range(max(1, number - KEPT + 1), number + 1)):
        problems.append(f"transactions {sorted(numbers)} at {number}")
    print(f"checked {mode} {number} {'; '.join(problems) or 'whole'}", flush=True)
    return number


def open_database(mode):
    database = sqlite3.connect(f"/data/{mode}.db", isolation_level=None)
    database.execute(f"PRAGMA journal_mode={mode}")
    # Small, so that large transactions spill into the database before they commit.
    database.execute("PRAGMA cache_size=40")
    database.executescript(
        """
        BEGIN;
        CREATE TABLE IF NOT EXISTS entry (number, row, body, PRIMARY KEY (number, row));
        CREATE TABLE IF NOT EXISTS progress (number);
        INSERT INTO progress SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM progress);
        COMMIT;
        """
    )
    return database


databases = {mode: open_database(mode) for mode in ("delete", "wal")}
numbers = {mode: check(database, mode) for mode, database in databases.items()}
while True:
    for mode, database in databases.items():
        number = numbers[mode] + 1
        database.execute("BEGIN")
        for row in range(sizes.choice((1, 3, 60))):
            database.execute("INSERT INTO entry VALUES (?, ?, ?)", (number, row, body(number, row)))
        database.execute("DELETE FROM entry WHERE number <= ?", (number - KEPT,))
        database.execute("UPDATE progress SET number = ?", (number,))
        database.execute("COMMIT")
        numbers[mode] = number
        print(f"committed {mode} {number}", flush=True)
