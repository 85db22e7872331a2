"""The words of what a box, a row of buttons or of chips offers, such that no two options have the same.

A browser sends back the words that were chosen, not the option: of two options with the same words the page would take
one, whichever of them was meant, and as soon as the box is drawn.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from typing import TypeVar

T = TypeVar("T")

_NAME = re.compile(r"[\w.-]{1,40}")


def told_apart(options: Iterable[T], words: Callable[[T], str]) -> Callable[[T], str]:
    """``words`` as a ``format_func``, with more said where two options have the same: their names, else their number.

    The empty option "" keeps its words. What is not among ``options`` has its words unchanged.
    """
    said = {option: words(option) for option in options}
    often = Counter(said.values())
    taken = set(often)
    for text in [text for text, times in often.items() if times > 1]:
        same = [option for option, its in said.items() if its == text and option != ""]
        named = all(_NAME.fullmatch(str(option)) for option in same)
        for number, option in enumerate(same, 1):
            told = f"{text} ({option if named else f'{number} of {len(same)}'})"
            while told in taken:
                told += "*"
            taken.add(told)
            said[option] = told
    return lambda option: said[option] if option in said else words(option)
