"""Runs the chapters of the tour, all of them or those that are named on the command line."""

import importlib
import sys

CHAPTERS = ["switch_order", "producer_consumer", "tree_walk", "exceptions", "deletion"]


def main(names):
    unknown = [name for name in names if name not in CHAPTERS]
    if unknown:
        print(f"no such chapter: {', '.join(unknown)} (there are {', '.join(CHAPTERS)})", file=sys.stderr)
        return 2
    for name in names or CHAPTERS:
        chapter = importlib.import_module(f"tour.{name}")
        title = chapter.__doc__.strip().splitlines()[0]
        print(f"== {title}")
        chapter.run()
        print()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
