"""What an idle server is compared with: a page whose program has ended."""

print("listening")
