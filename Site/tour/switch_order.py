"""The switch order of greenlet's documentation

`test1` runs until it switches; `test2` starts where it was asked to and goes back; when `test1` ends, its parent goes
on. The line after the last switch to `test1` is never reached.
"""

from greenlet import greenlet, getcurrent


def run():
    main = getcurrent()

    def test1():
        print("[gr1] main  -> test1")
        gr2.switch()
        print("[gr1] test1 <- test2")
        return "test1 done"

    def test2():
        print("[gr2] test1 -> test2")
        gr1.switch()
        print("This is never printed.")

    gr1 = greenlet(test1)
    gr2 = greenlet(test2)
    assert gr1.parent is main
    result = gr1.switch()
    print(f"[main] got {result!r}")
    print(f"[main] gr1 is {'dead' if gr1.dead else 'alive'}, gr2 is {'dead' if gr2.dead else 'alive'}")
