"""Which engine this installation uses: ``CREASON_ENGINE``, or on "auto" the vLLM server that answers, else embedded.

Which weights it answers with is ``creason_core.model.adapters.choosing``'s to say.
"""

from collections.abc import Mapping

from creason_core.model.adapters.choosing import Choice, chosen
from creason_core.model.engines.base import Engine, EngineHealth, ModelIdentity
from creason_core.model.engines.embedded import Embedded
from creason_core.model.engines.embedded_graph import Precision
from creason_core.model.engines.limits import Limits
from creason_core.model.engines.processor import processor
from creason_core.model.engines.replay import Replay
from creason_core.model.engines.vllm_server import VllmServer
from creason_core.model.engines.weights import model_folder
from creason_core.model.engines.weights_cache import cache_folder
from creason_core.settings import Settings


def choose_engine(settings: Settings, choice: Choice | None = None) -> Engine:
    """The engine that the settings ask for; asks the vLLM server, for at most the connect deadline, on "auto".

    ``choice`` is what it answers with, by default the choice in force.

    Raises:
        WeightsError: It cannot be said which weights are to answer.
    """
    if settings.engine != "replay":
        choice = choice or chosen(settings)
    engines = engines_of(settings, choice)
    healths = {name: engine.health() for name, engine in engines.items()} if len(engines) > 1 else {}
    answers = answering(engines, healths, settings, choice)
    for name, engine in engines.items():
        if name != answers:
            engine.close()
    return engines[answers]


def engines_of(settings: Settings, choice: Choice | None) -> dict[str, Engine]:
    """The engines that the settings give this installation, by name, the preferred one first; none is asked.

    ``choice`` is what they answer with; None where recorded replies do.
    """
    if choice is None:
        return {"replay": Replay(settings.replay_file, tokens_per_second=settings.replay_tokens_per_second)}
    engines: dict[str, Engine] = {}
    if settings.engine != "embedded":
        engines["vllm"] = VllmServer(
            settings.vllm_url,
            api_key=settings.vllm_api_key,
            model=settings.vllm_model or (choice.served if choice.asked else ""),
            preferred=choice.served,
            limits=limits_of(settings),
        )
    if settings.engine != "vllm":
        engines["embedded"] = Embedded(
            model_folder(settings),
            limits_of(settings),
            threads=settings.embedded_threads,
            adapter=choice.folder,
            cache=cache_folder(settings),
            precision=embedded_precision(settings),
        )
    return engines


def answering(
    engines: Mapping[str, Engine],
    healths: Mapping[str, EngineHealth],
    settings: Settings,
    choice: Choice | None,
) -> str:
    """Which of the engines answers whoever asks for none in particular.

    On "auto" the vLLM server, where it has written a token and offers what may answer; else the embedded engine.
    ``healths`` is needed only where there is a choice.
    """
    server = engines.get("vllm")
    if len(engines) == 1 or choice is None or not isinstance(server, VllmServer):
        return next(iter(engines))
    found = healths["vllm"]
    return "vllm" if found.ready and server.writes and _may_answer(found.identity, settings, choice) else "embedded"


def embedded_precision(settings: Settings) -> Precision:
    """What the embedded engine multiplies by: what the settings ask for, else what this processor is quick at."""
    if settings.embedded_precision != "auto":
        return settings.embedded_precision
    quick = processor(settings.processor).features & {"avx2", "asimddp"}  # where ONNX Runtime has kernels for int8
    return "int8" if quick else "float32"


def _may_answer(found: ModelIdentity, settings: Settings, choice: Choice) -> bool:
    """Whether a server offers what was chosen, or a model of the user's own that nobody chose against.

    A server with other weights of the chosen base does not: it was started before the choice was made.
    """
    same = found.adapter == choice.version or found.model == choice.served
    return bool(settings.vllm_model) or same or (found.model != choice.base and not choice.asked)


def limits_of(settings: Settings) -> Limits:
    """The limits of one generation that the settings ask for."""
    return Limits(
        connect=settings.connect_seconds,
        first_token=settings.first_token_seconds,
        idle=settings.idle_seconds,
        total=settings.total_seconds,
        characters=settings.max_characters,
    )
