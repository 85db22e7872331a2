"""What answers on the stage of a demonstration: the recorded replies, or the model that answers in the app.

The engine stays one and the same, so that a run that was begun is never handed to another: which of the two writes is
settled when a reply begins.
"""

from collections.abc import Callable, Sequence

from creason_core.model.engines.base import (
    Capabilities,
    Completion,
    Engine,
    EngineHealth,
    GenerationRequest,
    Message,
    ModelIdentity,
    TokenStream,
)
from creason_core.model.engines.replay import Replay


class StageEngine:
    """Recorded replies, unless ``live`` is set.

    Args:
        recorded: The recordings.
        model: The engine that answers in the app, now.
        model_health: How that engine was when last looked at.
    """

    def __init__(self, recorded: Replay, model: Callable[[], Engine], model_health: Callable[[], EngineHealth]) -> None:
        self.recorded = recorded
        self.live = False
        self._model = model
        self._model_health = model_health

    @property
    def now(self) -> Engine:
        """The engine that writes the next reply."""
        return self._model() if self.live else self.recorded

    @property
    def model_ready(self) -> bool:
        """Whether a model could answer live: one that computes, and is ready."""
        health = self._model_health()
        return health.ready and health.identity.engine != "replay"

    @property
    def identity(self) -> ModelIdentity:
        """Who writes the next reply."""
        return self.now.identity

    @property
    def capabilities(self) -> Capabilities:
        """What the one that writes can do."""
        return self.now.capabilities

    def health(self) -> EngineHealth:
        """How the one that writes is."""
        return self._model_health() if self.live else self.recorded.health()

    def stream(self, request: GenerationRequest) -> TokenStream:
        """Starts a reply. Raises ``ModelError``."""
        return self.now.stream(request)

    def sample(self, request: GenerationRequest, n: int) -> tuple[Completion, ...]:
        """``n`` replies. Raises ``ModelError``."""
        return self.now.sample(request, n)

    def option_logprobs(self, messages: Sequence[Message], letters: Sequence[str]) -> tuple[float, ...]:
        """Probabilities of the letters. Raises ``ModelError``."""
        return self.now.option_logprobs(messages, letters)

    def close(self) -> None:
        """Nothing to release: the model is not the stage's."""
