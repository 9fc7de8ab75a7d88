hoard = []
while True:
    hoard.append(bytearray(128 << 20))
