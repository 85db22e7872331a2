"""Which engine this installation uses: ``CREASON_ENGINE``, or on "auto" the vLLM server that answers, else embedded."""

from creason_core.engines.base import Engine
from creason_core.engines.embedded import Embedded
from creason_core.engines.limits import Limits
from creason_core.engines.replay import Replay
from creason_core.engines.vllm_server import VllmServer
from creason_core.engines.weights import model_folder
from creason_core.settings import Settings


def choose_engine(settings: Settings) -> Engine:
    """The engine that the settings ask for; asks the vLLM server, for at most the connect deadline, on "auto"."""
    if settings.engine == "replay":
        return Replay(settings.replay_file, tokens_per_second=settings.replay_tokens_per_second)
    if settings.engine != "embedded":
        server = VllmServer(
            settings.vllm_url, api_key=settings.vllm_api_key, model=settings.vllm_model, limits=limits_of(settings)
        )
        if settings.engine == "vllm" or server.health().ready:
            return server
        server.close()
    return Embedded(model_folder(settings), limits_of(settings), threads=settings.embedded_threads)


def limits_of(settings: Settings) -> Limits:
    """The limits of one generation that the settings ask for."""
    return Limits(
        connect=settings.connect_seconds,
        first_token=settings.first_token_seconds,
        idle=settings.idle_seconds,
        total=settings.total_seconds,
        characters=settings.max_characters,
    )
