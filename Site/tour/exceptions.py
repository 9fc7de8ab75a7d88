"""An exception that crosses a switch

What a greenlet does not catch arrives in its parent, where `switch` was called, with the traceback of both. `throw`
goes the other way.
"""

import traceback

from greenlet import greenlet, getcurrent


class Broken(Exception):
    pass


def run():
    def risky(number):
        if number == 0:
            raise Broken("at the bottom")
        risky(number - 1)

    worker = greenlet(risky)
    try:
        worker.switch(2)
    except Broken as error:
        print(f"caught {error!r} in the parent; the greenlet is {'dead' if worker.dead else 'alive'}")
        names = [frame.name for frame in traceback.extract_tb(error.__traceback__)]
        print("its way up:", " < ".join(names))

    def patient():
        while True:
            try:
                main.switch("waiting")
            except Broken as error:
                print(f"the greenlet caught {error!r}")

    main = getcurrent()
    waiter = greenlet(patient)
    print(waiter.switch())
    print(waiter.throw(Broken("from outside")))

    # The exception that is being handled belongs to each greenlet alone.
    import sys

    def look():
        print("inside, no exception is being handled:", sys.exc_info()[0])

    try:
        raise KeyError("outside")
    except KeyError:
        greenlet(look).switch()
        print("outside, one is:", sys.exc_info()[0].__name__)
