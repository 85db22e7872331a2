"""What a hostile model says: every payload as it streams, a letter at its end, and faults in the same words."""

from pathlib import Path

from creason_core.model.engines.replay import Recording
from tests.browser.hostile.attack import CHOSEN, bundles, payloads
from tests.browser.replies import write

FAULT = 1_800  # characters of an error's text that a page shows
ANSWERS = len(CHOSEN) - 1  # short ones, after the long one


def hostile_replies(folder: Path, port: int) -> Path:
    """A recordings file: one long answer, short ones, then as many faults as it takes to say every payload."""
    model = bundles(port, 200)[0]
    texts = [f"\n\n{payload}" for payload in payloads(port)] + ["\n\nThe answer is \\boxed{A}."]
    pieces = tuple((text, number) for number, text in enumerate(texts, 1))
    answer = Recording(prompt="*", model=model, pieces=pieces, finish_reason="stop", seconds=0.02)
    short = (answer.model_copy(update={"pieces": pieces[-1:]}),) * ANSWERS
    faults = (
        Recording(prompt="*", model=model, pieces=((" Well.", 1),), fault="failed", message=text, seconds=0.0)
        for text in bundles(port, FAULT)
    )
    return write(folder, answer, *short, *faults)
