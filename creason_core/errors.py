"""The errors a person may meet, one class per boundary.

Policy. A ``CReasonError`` is an expected failure: its text is written for the person who reads it and names
the thing, the value, the rule and the remedy. Boundaries (a page callback, the command line, a run thread)
catch ``CReasonError`` and show that text; anything else is a bug and is left to surface in the log with its
traceback, never on a page. A failed generation is a recorded outcome of a run, not an exception that
travels. Messages may show values to the person who entered them; log lines never do.
"""

from typing import Literal

ModelFault = Literal[
    "unreachable",  # nothing listens, the connection was refused, or the child process died
    "timeout",  # first token, idle or total deadline passed
    "incomplete",  # the stream ended without a finish reason, or was cut
    "busy",  # the server or our own queue refuses more work
    "rejected",  # the server refused this request (too long, unauthorised, unknown model)
    "garbage",  # the reply is not what the protocol says
    "empty",  # a complete reply without any text
    "failed",  # the server reported an error of its own
]

StoreFault = Literal["locked", "full", "read_only", "corrupt", "newer", "missing", "unreachable", "conflict", "invalid"]


class CReasonError(Exception):
    """An expected failure, told in words: what happened, and what to do about it.

    Args:
        message: What happened: the thing, the value and the rule, as one or more sentences.
        remedy: What the reader can do now; empty when the message already says it.
    """

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(f"{message} {remedy}".strip())
        self.message = message
        self.remedy = remedy


class SettingsError(CReasonError):
    """A setting is missing, malformed or contradicts another."""


class AccessError(CReasonError):
    """A person's roles do not allow what they asked for; nothing was done."""


class CodebookError(CReasonError):
    """A codebook is malformed, contradicts itself or does not know a feature."""


class CaseError(CReasonError):
    """A patient's value or case breaks the codebook's rules."""


class IdentifierError(CReasonError):
    """A typed text may identify a person, and nobody has decided about it; it was not stored."""


class UploadError(CReasonError):
    """A file or pasted table cannot be read, or an import is not ready; nothing of it was kept."""


class CohortError(CReasonError):
    """A packaged or supplied cohort is missing, altered or does not fit its codebook."""


class GuidelineError(CReasonError):
    """A library of recommendations is malformed or contradicts itself, or a question to it cannot be taken."""


class QuestionError(CReasonError):
    """No question can be built for this feature of this case."""


class WeightsError(CReasonError):
    """Model weights are missing, altered or in a format that is not accepted."""


class ModelError(CReasonError):
    """The model did not give a complete answer.

    Args:
        kind: The fault, from ``ModelFault``.
        retryable: Whether the same request may succeed later.
    """

    def __init__(self, kind: ModelFault, message: str, *, remedy: str = "", retryable: bool = True) -> None:
        super().__init__(message, remedy=remedy)
        self.kind: ModelFault = kind
        self.retryable = retryable


class StoreError(CReasonError):
    """The database refused or could not complete an operation; nothing of it was written.

    Args:
        kind: The fault, from ``StoreFault``.
        retryable: Whether the same operation may succeed later.
    """

    def __init__(self, kind: StoreFault, message: str, *, remedy: str = "", retryable: bool = False) -> None:
        super().__init__(message, remedy=remedy)
        self.kind: StoreFault = kind
        self.retryable = retryable


class RunError(CReasonError):
    """A run cannot be started, found or changed in its present state."""


class EvaluationError(CReasonError):
    """An evaluation cannot start, go on, be read or be compared with another."""


class FeedbackError(CReasonError):
    """Ratings cannot be exported; nothing was written or replaced."""
