"""Sleeps, then asks, so that a test can watch the page meanwhile."""

import time

print("sleeping", flush=True)
time.sleep(2)
print("woke")
name = input("name? ")
print(f"Hello, {name}.")
