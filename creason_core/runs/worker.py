"""One thread's work on one job: send, read pieces, read the answer. Every way it can go ends in one state."""

import logging
import math
from collections.abc import Callable
from dataclasses import replace

from creason_core.errors import CReasonError, ModelError
from creason_core.model.engines.base import Engine, FinishReason
from creason_core.question.answer import Reading, up_to_box
from creason_core.runs.job import Job, tokens
from creason_core.store.runs.live_rows import Ending

logger = logging.getLogger(__name__)

_NO_OPTION: dict[Reading, str] = {
    "no box": "The model gave no clear option: its reply has no \\boxed{} answer (thinking is not part of the reply).",
    "empty box": "The model gave no clear option: its \\boxed{} answer is empty.",
    "not an option": "The model gave no clear option: its last \\boxed{} answer is not one of the options shown.",
    "no reply": "The model wrote no reply (thinking is not part of it).",
}


def work(job: Job, choose: Callable[[], Engine]) -> None:
    """Generates ``job`` with the engine that ``choose`` gives, and ends it. Never raises."""
    try:
        engine = choose()
        if not job.sent(engine.identity):
            return
        finished: FinishReason | None = None
        with engine.stream(job.request) as stream:
            job.streams_from(stream)
            for piece in stream:
                if not job.add(piece):
                    return
                finished = piece.finish_reason or finished
        ending = _ending(job, finished)
        job.settle(ending)
        if ending.status == "complete" and job.shown.weighed and engine.capabilities.logprobs:
            job.settle(replace(ending, logprobs=_weighed(job, engine)))
        job.end(ending)
    except CReasonError as error:
        late = isinstance(error, ModelError) and error.kind == "timeout"
        job.end(Ending("timeout" if late else "error", _with_id(job, str(error))))
    except Exception as error:
        logger.exception("a run failed", extra={"run": job.run.id})
        job.end(Ending("error", _with_id(job, f"The program failed while generating ({type(error).__name__}).")))


def _ending(job: Job, finished: FinishReason | None) -> Ending:
    text = job.check()
    if finished is None:
        return Ending("error", _with_id(job, "The model's reply ended before it was complete."))
    answer = job.shown.parse(job.run.kept + text)
    letter = ", ".join(answer.parsed.chosen) or None
    several = answer.options if len(answer.options) > 1 else ()
    if finished == "length":
        words = f"Cut off at {tokens(job.progress().tokens)}; the answer may be incomplete."
        return Ending("truncated", words, finished, letter, answer.option, several)
    if answer.parsed.reading == "prose":
        letter = ""  # an answer, of no letter
    if letter is None:
        return Ending("unparsed", _NO_OPTION[answer.parsed.reading], finished)
    return Ending("complete", "", finished, letter, answer.option, several)


def _weighed(job: Job, engine: Engine) -> tuple[float, ...]:
    """How likely the model finds each option after its reply, in canonical order; empty where it cannot be asked.

    The reply stands without it: a fault here costs the run nothing.
    """
    *before, opening = job.request.messages
    messages = (*before, replace(opening, content=up_to_box(opening.content + job.progress().text)))
    try:
        values = engine.option_logprobs(messages, job.shown.letters)
        told = sorted(zip(job.shown.order, values, strict=True))
    except CReasonError:
        logger.warning("log-probabilities of the options were not given", extra={"run": job.run.id})
        return ()
    except Exception:
        logger.exception("log-probabilities of the options failed", extra={"run": job.run.id})
        return ()
    return tuple(value for _, value in told) if all(map(math.isfinite, values)) else ()


def _with_id(job: Job, words: str) -> str:
    kept = "The text so far is kept." if job.progress().text else "Nothing was lost."
    return f"{words} {kept} (run {job.run.id[:4]})"
