"""What the kernel's calls, threads and sockets cost, seen from Python; prints one JSON object. Runs natively, too."""

import _queue
import json
import os
import socket
import statistics
import sys
import threading
import time

clock = time.perf_counter


def repeated(measure, times=11, warm_up=0):
    """Median, least and most of several runs, after those in which the engine still compiles."""
    for _ in range(warm_up):
        measure()
    values = sorted(measure() for _ in range(times))
    return [statistics.median(values), values[0], values[-1]]


def queue_round_trip(count=20_000):
    there, back = _queue.SimpleQueue(), _queue.SimpleQueue()

    def echo():
        for _ in range(count):
            back.put(there.get())

    thread = threading.Thread(target=echo)
    thread.start()
    began = clock()
    for _ in range(count):
        there.put(1)
        back.get()
    spent = clock() - began
    thread.join()
    return spent / count * 1e6


def start_and_join(count=2_000):
    began = clock()
    for _ in range(count):
        thread = threading.Thread(target=int)
        thread.start()
        thread.join()
    return (clock() - began) / count * 1e6


def free_lock(count=10_000_000):
    """Ten million operations: half of them take, half give back."""
    lock = threading.Lock()
    take, give = lock.acquire, lock.release
    began = clock()
    for _ in range(count // 2):
        take()
        give()
    return (clock() - began) / count * 1e9


def pipe_calls(count=200_000):
    reading, writing = os.pipe()
    read, write = os.read, os.write
    began = clock()
    for _ in range(count // 2):
        write(writing, b"x")
        read(reading, 1)
    spent = clock() - began
    os.close(reading)
    os.close(writing)
    return spent / count * 1e6


def file_calls(count=200_000):
    file = os.open("/tmp/benchmark-of-calls", os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    read, write = os.read, os.write
    began = clock()
    for _ in range(count // 2):
        write(file, b"x")
    os.lseek(file, 0, os.SEEK_SET)
    for _ in range(count // 2):
        read(file, 1)
    spent = clock() - began
    os.close(file)
    os.unlink("/tmp/benchmark-of-calls")
    return spent / count * 1e6


def connected():
    with socket.create_server(("127.0.0.1", 0)) as server:
        one = socket.create_connection(server.getsockname())
        other, _ = server.accept()
    for end in one, other:
        end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return one, other


def echoing(other, room):
    def echo():
        with other:
            while data := other.recv(room):
                other.sendall(data)

    thread = threading.Thread(target=echo)
    thread.start()
    return thread


def tcp_round_trips(count=10_000):
    one, other = connected()
    thread = echoing(other, 64)
    began = clock()
    for _ in range(count):
        one.send(b"x")
        one.recv(64)
    spent = clock() - began
    one.close()
    thread.join()
    return count / spent


def tcp_throughput(total=256 << 20, piece=1 << 20):
    """An echo: each byte goes there and back, and is counted once."""
    one, other = connected()
    thread = echoing(other, piece)
    payload = bytes(piece)

    def send():
        for _ in range(total // piece):
            one.sendall(payload)
        one.shutdown(socket.SHUT_WR)

    sender = threading.Thread(target=send)
    began = clock()
    sender.start()
    room, got = bytearray(piece), 0
    while more := one.recv_into(room):
        got += more
    spent = clock() - began
    assert got == total
    sender.join()
    thread.join()
    one.close()
    return total / spent / 1e6


def lateness(samples=60):
    """How late a sleep of 10 ms ends beside a thread that computes."""
    busy = True

    def compute():
        value = 0
        while busy:
            value = (value * 31 + 7) % 1_000_003

    thread = threading.Thread(target=compute)
    thread.start()
    late = []
    for _ in range(samples):
        began = clock()
        time.sleep(0.01)
        late.append((clock() - began - 0.01) * 1e3)
    busy = False
    thread.join()
    late.sort()
    return [statistics.median(late), late[0], late[-1]]


def parked_threads(count=1_000):
    """So many threads wait at once for one event; answers how many came out."""
    event, out = threading.Event(), []
    threads = [threading.Thread(target=lambda: out.append(event.wait())) for _ in range(count)]
    for thread in threads:
        thread.start()
    alive = sum(thread.is_alive() for thread in threads)
    event.set()
    for thread in threads:
        thread.join()
    assert alive == count == len(out)
    return float(alive)


measures = {
    "SimpleQueue round trip, µs": lambda: repeated(queue_round_trip, warm_up=4),
    "Thread start + join, µs": lambda: repeated(start_and_join, warm_up=4),
    "free lock, ns an operation": lambda: repeated(free_lock, 1),
    "os.read or os.write of a ready pipe, µs": lambda: repeated(pipe_calls, warm_up=4),
    "os.read or os.write of a file, µs": lambda: repeated(file_calls, warm_up=4),
    "small TCP round trips a second": lambda: repeated(tcp_round_trips, warm_up=4),
    "TCP echo in 1 MiB writes, MB/s": lambda: repeated(tcp_throughput, 3),
    "sleep of 10 ms beside a busy thread, ms late": lateness,
    "threads parked at once": lambda: repeated(parked_threads, 1),
}
if len(sys.argv) > 1:
    measures = {name: measure for name, measure in measures.items() if sys.argv[1] in name}
print(json.dumps({name: measure() for name, measure in measures.items()}))
