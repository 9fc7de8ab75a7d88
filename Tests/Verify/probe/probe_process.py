"""The process: arguments, environment, identity, limits, randomness, standard streams, memory."""

import os
import random
import resource
import sys


def run():
    print(sys.argv[0], list(os.environ)[:5], os.environ.get("PROBE"), os.environ.get("LAST"))
    print(os.getpid() > 1, os.getppid(), os.getuid(), os.uname().machine, os.getcwd())
    print(resource.getrlimit(resource.RLIMIT_NOFILE)[0] >= 256, os.urandom(7).hex(), random.random())
    print(sys.stdin.readline().strip(), repr(sys.stdin.read()), os.isatty(0), os.read(0, 10))
    blocks = [bytearray(1 << 20) for _ in range(24)]
    print(sum(len(block) for block in blocks))
    # The first call after memory has grown writes bytes, and nothing else.
    large = bytearray(96 << 20)
    chance = os.urandom(7)
    print(len(large), chance.hex())
    del large
    try:
        bytearray(1 << 40)
    except (MemoryError, OverflowError) as error:
        print(type(error).__name__)
    print("to stderr", file=sys.stderr)
