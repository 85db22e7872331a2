"""Kinds of arguments that several commands take."""

import argparse
from collections.abc import Callable


def at_least(least: int) -> Callable[[str], int]:
    """A whole number from ``least`` on."""

    def number(text: str) -> int:
        count = int(text)
        if count < least:
            raise argparse.ArgumentTypeError(f"must be at least {least}")
        return count

    return number


at_least_one = at_least(1)
