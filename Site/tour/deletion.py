"""GreenletExit, when nobody wants a greenlet any more

The last reference goes, and the greenlet is resumed one last time, with `GreenletExit`, so that its `finally` blocks
run.
"""

import weakref

from greenlet import GreenletExit, greenlet, getcurrent


def run():
    main = getcurrent()

    def worker(name):
        try:
            main.switch(f"{name} is ready")
            print("This is never printed.")
        except GreenletExit:
            print(f"{name}: GreenletExit")
            raise
        finally:
            print(f"{name}: finally")

    first = greenlet(worker)
    print(first.switch("first"))
    watched = weakref.ref(first)
    del first
    print("gone:", watched() is None)

    # Many at once: none is left waiting for ever.
    crowd = [greenlet(lambda: main.switch()) for _ in range(100)]
    for member in crowd:
        member.switch()
    watched = [weakref.ref(member) for member in crowd]
    del crowd, member
    print("still there of 100:", sum(reference() is not None for reference in watched))

    # Asked to end: GreenletExit is a result, not an error.
    last = greenlet(worker)
    print(last.switch("last"))
    print("returned:", repr(last.throw()))
    print("dead:", last.dead)
