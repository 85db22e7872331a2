"""The questions that the speed of the small model is measured on: a packaged case, as the app asks about it.

The first is about the creatinine of the fifth public case (525 tokens of prompt); the second about another laboratory
value of the same patient, whose prompt parts from the first where the record does; the third is about another patient,
whose prompt begins with nothing but the same system line.
"""

from creason_core.cohort.loading import load_cohort
from creason_core.model.engines.base import GenerationRequest
from creason_core.question.kinds import task_of
from creason_core.question.masked_value import build_question
from creason_core.question.task import temperature_for

PLACE, FEATURE = 4, "crea1"
SECOND = ("wblc1", "hema1", "sod1", "pot1", "bili1", "alb1", "ph1")  # in turn: some part sooner than others
OTHER_PLACE = 0
TOKENS = 124  # of the greedy reply to the first
SEED = 0  # of the option draws, as in the app


def requests(place: int = PLACE, feature: str = FEATURE, samples: int = 1) -> tuple[GenerationRequest, ...]:
    """One request a sample, as the run manager sends them: each with its own order of the options and its own seed."""
    cohort = load_cohort("rhc-sepsis")
    case = cohort.case(cohort.public[place].patient)
    question = build_question(case, feature, cohort, seed=SEED)
    return tuple(
        task_of(question, cohort.codebook)
        .prepare(case, sample=sample, temperature=temperature_for(samples), max_tokens=TOKENS)
        .request
        for sample in range(samples)
    )


def first_question() -> GenerationRequest:
    """The packaged question, answered greedily."""
    return requests()[0]


def second_question(turn: int) -> GenerationRequest:
    """Another laboratory value of the same patient; which one goes by ``turn``."""
    return requests(feature=SECOND[turn % len(SECOND)])[0]


def other_patient() -> GenerationRequest:
    """The same value of another patient."""
    return requests(place=OTHER_PLACE)[0]
