"""Pipes, sockets, poll, select and epoll; waiting, time-outs and the ends of things."""

import asyncio
import errno
import os
import select
import socket
import threading


def failing(call, *arguments):
    try:
        return call(*arguments)
    except OSError as error:
        return errno.errorcode.get(error.errno, str(error))


def pipes():
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    print(failing(os.read, reader, 1), select.select([reader], [writer], [], 0)[1] == [writer])
    os.set_blocking(writer, False)
    written = 0
    while isinstance(count := failing(os.write, writer, b"x" * 5000), int):
        written += count
    print(written, count, select.select([reader], [writer], [], 0) == ([reader], [], []))
    print(len(os.read(reader, 4096)), failing(os.write, writer, b"y" * 4096), failing(os.lseek, reader, 0, 0))
    print(len(os.read(reader, 100)), failing(os.write, writer, b"z" * 200))
    poll = select.poll()
    poll.register(reader, select.POLLIN)
    poll.register(writer, select.POLLOUT)
    print([(fd == reader, event) for fd, event in poll.poll(0)])
    os.close(writer)
    poll.unregister(writer)
    while data := os.read(reader, 100000):
        print(len(data))
    print(poll.poll(0)[0][1])
    os.close(reader)
    reader, writer = os.pipe()
    os.close(reader)
    print(failing(os.write, writer, b"x"))
    os.close(writer)


def sockets():
    server = socket.create_server(("127.0.0.1", 0))
    port = server.getsockname()[1]

    def serve():
        while True:
            connection, _ = server.accept()
            with connection:
                data = connection.recv(100)
                if data == b"stop":
                    return
                connection.sendall(data.upper() * 30000)

    thread = threading.Thread(target=serve)
    thread.start()
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(b"hello")
        received = 0
        while data := client.recv(20000):
            received += len(data)
        print(received, failing(client.recv, 1))
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.settimeout(0.05)
        try:
            client.recv(1)
        except TimeoutError:
            print("timed out")
        client.sendall(b"stop")
    thread.join()
    server.close()
    print(failing(socket.create_connection, ("127.0.0.1", port)))
    print(failing(socket.socket().connect, ("192.0.2.1", 80)), failing(server.fileno))
    left, right = socket.socketpair()
    left.send(b"abc")
    print(right.recv(2, socket.MSG_PEEK), right.recv(9), failing(right.recv, 1, socket.MSG_DONTWAIT))
    left.shutdown(socket.SHUT_WR)
    print(right.recv(1), failing(left.send, b"x"), right.send(b"y"), left.recv(5))
    udp = socket.socket(type=socket.SOCK_DGRAM)
    udp.bind(("127.0.0.1", 0))
    udp.sendto(b"datagram", udp.getsockname())
    print(udp.recvfrom(4)[0], udp.getsockopt(socket.SOL_SOCKET, socket.SO_TYPE))
    epoll = select.epoll()
    epoll.register(left.fileno(), select.EPOLLIN | select.EPOLLET)
    right.send(b"z")
    print(len(epoll.poll(0)), len(epoll.poll(0)), failing(epoll.register, left.fileno()))
    print(failing(epoll.unregister, udp.fileno()), failing(epoll.modify, 98, 1))


async def loop():
    async def handle(reader, writer):
        writer.write((await reader.readline())[::-1])
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    writer.write(b"stressed\n")
    print(await reader.read())
    writer.close()
    results = []

    async def note(name, wait):
        await asyncio.sleep(wait)
        results.append(name)

    await asyncio.gather(note("c", 0.03), note("a", 0.01), note("b", 0.02), asyncio.to_thread(results.append, "t"))
    server.close()
    print(results)
    try:
        await asyncio.wait_for(asyncio.Event().wait(), 0.02)
    except TimeoutError:
        print("waited in vain")


def run():
    pipes()
    sockets()
    asyncio.run(loop())
