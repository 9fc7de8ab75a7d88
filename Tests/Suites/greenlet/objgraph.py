"""The little of objgraph that greenlet's tests ask for, where objgraph itself can't be had."""
import gc
from collections import Counter


def typestats(objects=None, shortnames=True, filter=None):
    found = gc.get_objects() if objects is None else objects
    return dict(Counter(type(each).__name__ for each in found if filter is None or filter(each)))


def count(typename, objects=None):
    return typestats(objects).get(typename, 0)


def growth(limit=10, peak_stats=None, shortnames=True, filter=None):
    if peak_stats is None:
        peak_stats = growth.peak
    now = typestats(filter=filter)
    grown = [
        (name, number, number - peak_stats.get(name, 0)) for name, number in now.items() if number > peak_stats.get(name, 0)
    ]
    for name, number in now.items():
        peak_stats[name] = max(number, peak_stats.get(name, 0))
    grown.sort(key=lambda each: each[2], reverse=True)
    return grown[:limit] if limit else grown


growth.peak = {}
