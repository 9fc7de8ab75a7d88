# /// script
# dependencies = ["greenlet"]
# ///
from greenlet import greenlet

print(greenlet(lambda: input("line: ").upper()).switch())
