"""Kinds of arguments that several commands take."""

import argparse


def at_least_one(text: str) -> int:
    """A whole number from 1 on."""
    count = int(text)
    if count < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return count
