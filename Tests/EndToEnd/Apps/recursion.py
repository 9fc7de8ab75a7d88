class Mirror:
    def __repr__(self):
        return f"<{self!r}>"


def endless(depth):
    return endless(depth + 1)


try:
    repr(Mirror())
except RecursionError as error:
    print("through C: RecursionError")
endless(0)
