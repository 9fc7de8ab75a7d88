"""A producer and a consumer

Both are plain loops. Neither is the other's callback: each calls `switch` in the middle of its own work, as deep in its
own calls as it likes.
"""

from greenlet import greenlet

END = object()


def run():
    def fetch(number):
        # Deep in the producer's calls, and yet it is the consumer that runs next.
        if number == 0:
            return
        fetch(number - 1)
        consumer.switch(number * number)

    def produce():
        for batch in (3, 2):
            print(f"producer: a batch of {batch}")
            fetch(batch)
        consumer.switch(END)

    def consume():
        total = 0
        item = producer.switch()
        while item is not END:
            total += item
            print(f"consumer: {item}, {total} in all")
            item = producer.switch()
        return total

    producer = greenlet(produce)
    consumer = greenlet(consume)
    print(f"the sum is {consumer.switch()}")
