import json
import unittest

import gevent
from gevent import socket
from gevent.pywsgi import WSGIServer

from jobs.web import Web
from jobs.work import Board, is_prime


class JobsTests(unittest.TestCase):
    def setUp(self):
        self.board = Board(workers=2)
        self.addCleanup(self.board.dispatcher.kill)

    def wait(self, *jobs):
        with gevent.Timeout(120):
            while any(job.state in ("waiting", "running") for job in jobs):
                gevent.sleep(0.01)

    def test_primes(self):
        self.assertEqual([number for number in range(30) if is_prime(number)], [2, 3, 5, 7, 11, 13, 17, 19, 23, 29])

    def test_jobs_are_done(self):
        jobs = [self.board.add(limit) for limit in (1, 10, 1000, 1001)]
        self.wait(*jobs)
        self.assertEqual([job.primes for job in jobs], [0, 4, 168, 168])
        self.assertEqual({job.state for job in jobs}, {"done"})

    def test_no_more_at_once_than_there_are_workers(self):
        jobs = [self.board.add(5000) for _ in range(5)]
        most = 0
        while any(job.state != "done" for job in jobs):
            most = max(most, sum(job.state == "running" for job in jobs))
            gevent.sleep(0)
        self.assertEqual(most, 2)

    def test_workers_take_turns(self):
        watched = self.board.watch()
        jobs = [self.board.add(5000) for _ in range(2)]
        with gevent.Timeout(120):
            seen = [change["number"] for change, _ in zip(watched, range(16)) if change["state"] == "running"]
        self.wait(*jobs)
        self.assertGreater(sum(a != b for a, b in zip(seen, seen[1:])), 5)

    def test_a_job_can_be_cancelled_once_at_any_time(self):
        jobs = [self.board.add(100_000_000) for _ in range(3)]
        gevent.sleep(0.05)
        self.assertEqual([job.state for job in jobs], ["running", "running", "waiting"])
        self.assertEqual([self.board.cancel(job.number) for job in jobs], [True, True, True])
        self.assertEqual([self.board.cancel(number) for number in (1, 99)], [False, False])
        last = self.board.add(10)
        self.wait(last)
        self.assertEqual([job.state for job in (*jobs, last)], ["cancelled"] * 3 + ["done"])


class WebTests(unittest.TestCase):
    def setUp(self):
        self.board = Board()
        self.server = WSGIServer(("127.0.0.1", 0), Web(self.board), log=None)
        self.server.start()
        self.addCleanup(self.server.stop)
        self.addCleanup(self.board.dispatcher.kill)

    def ask(self, method, path, body=None):
        data = json.dumps(body).encode()
        with socket.create_connection(("127.0.0.1", self.server.server_port)) as connection:
            head = f"{method} {path} HTTP/1.0\r\nContent-Length: {len(data)}\r\n\r\n".encode()
            connection.sendall(head + data)
            answer = connection.makefile("rb").read()
        head, _, body = answer.partition(b"\r\n\r\n")
        return int(head.split()[1]), body

    def test_the_page(self):
        status, body = self.ask("GET", "/")
        self.assertEqual(status, 200)
        self.assertIn(b"Counting primes", body)
        self.assertEqual(self.ask("GET", "/other")[0], 404)

    def test_jobs_by_requests(self):
        status, body = self.ask("POST", "/jobs", {"limit": 100})
        self.assertEqual((status, json.loads(body)["number"]), (201, 1))
        for wrong in ({"limit": 0}, {"limit": "x"}, {"limit": 10**9}, [], {}, None):
            with self.subTest(wrong):
                self.assertEqual(self.ask("POST", "/jobs", wrong)[0], 422)
        self.assertEqual(self.ask("DELETE", "/jobs/7")[0], 404)

    def test_many_watch_at_once(self):
        def watch():
            with socket.create_connection(("127.0.0.1", self.server.server_port)) as connection:
                connection.sendall(b"GET /events HTTP/1.0\r\n\r\n")
                for line in connection.makefile("rb"):
                    if line.startswith(b"data: "):
                        change = json.loads(line[6:])
                        if change["state"] == "done":
                            return change["primes"]

        watchers = [gevent.spawn(watch) for _ in range(20)]
        while len(self.board.watchers) < 20:
            gevent.sleep(0.01)
        self.board.add(2000)
        gevent.joinall(watchers, timeout=120)
        self.assertEqual([watcher.value for watcher in watchers], [303] * 20)


if __name__ == "__main__":
    unittest.main()
