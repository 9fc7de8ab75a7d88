"""Measures files: in memory (/tmp) and stored (/data). Prints a line of JSON."""

import json
import os
import sqlite3
import statistics
import time

BLOCK = bytes(range(256)) * 16
ROUNDS = 5


def each(count, action):
    """The median over rounds of the microseconds that one call takes."""
    rounds = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        for number in range(count):
            action(number)
        rounds.append((time.perf_counter() - began) / count * 1e6)
    return {"median": statistics.median(rounds), "least": min(rounds), "most": max(rounds)}


def measure(folder):
    path = f"{folder}/benchmark"
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC)
    result = {"append 4 KiB": each(500, lambda number: os.write(file, BLOCK))}
    result["overwrite 4 KiB"] = each(500, lambda number: os.pwrite(file, BLOCK, number * 4096))
    result["read 4 KiB"] = each(500, lambda number: os.pread(file, 4096, number * 4096))

    def safely(number):
        os.pwrite(file, BLOCK, number * 4096)
        os.fsync(file)

    result["overwrite 4 KiB, fsync"] = each(50, safely)

    def append_safely(number):
        os.lseek(file, 0, os.SEEK_END)
        os.write(file, BLOCK)
        os.fsync(file)

    result["append 4 KiB, fsync"] = each(50, append_safely)
    os.close(file)

    def create(number):
        os.close(os.open(f"{path}-{number}", os.O_WRONLY | os.O_CREAT))
        os.unlink(f"{path}-{number}")

    result["create and unlink"] = each(100, create)
    os.unlink(path)
    for mode in ("delete", "wal"):
        database = sqlite3.connect(f"{folder}/benchmark-{mode}.db", isolation_level=None)
        database.execute(f"PRAGMA journal_mode={mode}")
        database.execute("DROP TABLE IF EXISTS entry")
        database.execute("CREATE TABLE entry (id INTEGER PRIMARY KEY, body)")
        result[f"SQLite commit, {mode}"] = each(40, lambda number: database.execute(
            "INSERT INTO entry (body) VALUES (?)", ("x" * 100,)))
        database.close()
    return result


print("result", json.dumps({"memory": measure("/tmp"), "stored": measure("/data")}), flush=True)
