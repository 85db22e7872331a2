"""The recordings that ship answer the questions that the app asks now, word for word."""

from creason_core.commands.recording import requests
from creason_core.model.engines.replay import Replay


def test_every_recorded_question_has_its_reply() -> None:
    engine = Replay(tokens_per_second=1e9)
    for request in requests(max_tokens=400):
        pieces = list(engine.stream(request))
        assert pieces[-1].finish_reason in {"stop", "length"}


def test_the_recordings_name_the_model_that_spoke() -> None:
    identity = Replay().identity
    assert identity.model == "SmolLM2-135M-Instruct"
    assert identity.model_hash == "1ffbb834ab558466ec45244aac0420dc9cd6c120b8227a9af2a481ab070192fb"
