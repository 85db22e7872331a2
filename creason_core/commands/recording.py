"""Makes the recorded replies that the replay engine ships: ``python -m creason_core.commands.recording``.

The embedded model answers, once and greedily, a few questions about each public case, asked exactly as the app
asks them. To be run again whenever prompts, questions or the model change: a recording belongs to its prompt.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from creason_core.cohort.loading import load_cohort, public_cases
from creason_core.errors import CReasonError
from creason_core.model.engines.base import GenerationRequest
from creason_core.model.engines.embedded import Embedded
from creason_core.model.engines.limits import Limits
from creason_core.model.engines.replay import PACKAGED, recorded_reply, write_recordings
from creason_core.model.engines.weights import model_folder
from creason_core.question.kinds import MaskedValue
from creason_core.question.task import temperature_for
from creason_core.settings import settings

FEATURES = ("meanbp1", "crea1")
SEED = 0  # as on the page


def requests(max_tokens: int) -> Iterator[GenerationRequest]:
    """What the app sends for one sample of each recorded question."""
    cohort = load_cohort("rhc-sepsis")
    for public in public_cases():
        case = cohort.case(public.patient)
        for feature in FEATURES:
            task = MaskedValue(MaskedValue.build(case, feature, cohort, seed=SEED), cohort.codebook)
            yield task.prepare(case, sample=0, temperature=temperature_for(1), max_tokens=max_tokens).request


def main(file: Path) -> None:
    """Lets the embedded model answer, and writes ``file``."""
    engine = Embedded(model_folder(settings()), Limits(total=1800.0), threads=settings().embedded_threads)
    try:
        write_recordings([recorded_reply(engine, request) for request in requests(settings().max_tokens)], file)
    finally:
        engine.close()


if __name__ == "__main__":
    try:
        main(PACKAGED)
    except CReasonError as error:
        sys.exit(str(error))
