"""Recorded replies come back as they were, only for the prompts they answered."""

import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from creason_core.errors import ModelError
from creason_core.model.engines.base import GenerationRequest, Message, Piece
from creason_core.model.engines.replay import (
    Recording,
    Replay,
    prompt_hash,
    recorded_logprobs,
    recorded_reply,
    scripted,
    write_recordings,
)

ASKED = GenerationRequest((Message("user", "Is the lactate high?"),), max_tokens=50, temperature=0.7, seed=3)


def recording(seed: int, *pieces: tuple[str, int]) -> Recording:
    return Recording(prompt=prompt_hash(ASKED.messages), model="small", seed=seed, pieces=pieces, finish_reason="stop")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "recordings.jsonl"
    write_recordings([recording(3, ("It is", 2), (" high.", 4)), recording(4, ("No.", 2))], path)
    return path


def test_a_recorded_reply_comes_back_piece_by_piece(file: Path) -> None:
    engine = Replay(file, tokens_per_second=1000.0)
    assert list(engine.stream(ASKED)) == [Piece("It is", 2), Piece(" high.", 4, "stop")]


def test_the_seed_picks_among_the_replies_to_one_prompt(file: Path) -> None:
    engine = Replay(file)
    assert [completion.text for completion in engine.sample(ASKED, 3)] == ["It is high.", "No.", "No."]


def test_another_prompt_gets_no_recorded_reply(file: Path) -> None:
    with pytest.raises(ModelError, match="There is no recording for this question") as refused:
        Replay(file).stream(replace(ASKED, messages=(Message("user", "Is the lactate low?"),)))
    assert not refused.value.retryable


@pytest.mark.quiet
def test_the_pace_is_the_one_asked_for(file: Path) -> None:
    began = time.monotonic()
    list(Replay(file, tokens_per_second=10.0).stream(ASKED))
    assert 0.4 <= time.monotonic() - began < 0.8


def test_a_replay_says_that_it_is_recorded_and_of_which_model(file: Path) -> None:
    health = Replay(file).health()
    assert (health.ready, health.where) == (True, "recorded replies")
    assert (health.identity.engine, health.identity.model) == ("replay", "small")


@pytest.mark.parametrize(
    ("content", "words"),
    [(None, "There is no file"), ("", "holds no recorded replies"), ("{not json", "cannot be read")],
)
def test_a_missing_or_broken_file_is_told_in_words(tmp_path: Path, content: str | None, words: str) -> None:
    path = tmp_path / "recordings.jsonl"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    engine = Replay(path)
    assert not engine.health().ready
    assert words in engine.health().note
    with pytest.raises(ModelError, match=words):
        engine.stream(ASKED)


@pytest.mark.quiet
def test_stop_interrupts_a_pause_and_ends_without_error() -> None:
    stream = Replay(script=[scripted("a", "b", seconds=30.0)]).stream(ASKED)
    threading.Timer(0.1, stream.close).start()
    began = time.monotonic()
    assert list(stream) == []
    assert time.monotonic() - began < 1.0


def test_a_script_takes_turns_and_is_named_as_such() -> None:
    engine = Replay(script=[scripted("first"), scripted("second", fault="incomplete")])
    assert [piece.text for piece in engine.stream(ASKED)] == ["first"]
    stream = iter(engine.stream(ASKED))
    assert next(stream) == Piece("second", 1)
    with pytest.raises(ModelError) as broken:
        next(stream)
    assert broken.value.kind == "incomplete"
    assert (engine.identity.model, engine.health().where) == ("script", "scripted replies, for tests")


def test_a_script_can_be_a_file(tmp_path: Path) -> None:
    path = tmp_path / "script.jsonl"
    write_recordings([scripted("\\boxed{A}", finish_reason="length")], path)
    assert list(Replay(path).stream(ASKED)) == [Piece("\\boxed{A}", 1, "length")]


def test_an_empty_reply_is_a_fault() -> None:
    with pytest.raises(ModelError, match="without writing anything"):
        list(Replay(script=[scripted("")]).stream(ASKED))


def test_what_is_recorded_from_an_engine_is_what_it_said(tmp_path: Path) -> None:
    live = Replay(script=[scripted("So ", "\\boxed{A}")])
    path = tmp_path / "made.jsonl"
    write_recordings([recorded_reply(live, ASKED)], path)
    again = Replay(path)
    assert [piece.text for piece in again.stream(ASKED)] == ["So ", "\\boxed{A}"]
    assert again.identity.model == "script"


def test_probabilities_are_replayed_for_the_letters_they_were_recorded_for(tmp_path: Path) -> None:
    class Certain(Replay):
        def option_logprobs(self, messages: object, letters: object) -> tuple[float, ...]:
            return (-0.5, -1.5)

    path = tmp_path / "made.jsonl"
    write_recordings([recorded_logprobs(Certain(script=[scripted("x")]), ASKED.messages, ("A", "B"))], path)
    assert Replay(path).option_logprobs(ASKED.messages, ("A", "B")) == (-0.5, -1.5)
    with pytest.raises(ModelError, match="no recording"):
        Replay(path).option_logprobs(ASKED.messages, ("A", "C"))


def test_a_stopped_reply_goes_on_where_it_was_stopped_and_only_there(tmp_path: Path) -> None:
    opened = replace(ASKED, messages=(*ASKED.messages, Message("assistant", "Well:")))
    path = tmp_path / "made.jsonl"
    write_recordings([recorded_reply(Replay(script=[scripted(" It is", " high", ".")]), opened)], path)
    engine = Replay(path, tokens_per_second=float("inf"))

    def after(kept: str) -> list[Piece]:
        return list(engine.stream(replace(ASKED, messages=(*ASKED.messages, Message("assistant", f"Well:{kept}")))))

    assert after(" It is") == [Piece(" high", 1), Piece(".", 2, "stop")]
    assert after(" It is hi") == [Piece("gh", 1), Piece(".", 2, "stop")]
    for kept in (" It was", " It is high."):
        with pytest.raises(ModelError, match="There is no recording"):
            after(kept)


def test_a_recording_that_was_altered_is_not_played(file: Path) -> None:
    file.write_text(file.read_text().replace("high", "low"), encoding="utf-8")
    assert "were altered" in Replay(file).health().note
    with pytest.raises(ModelError, match="were altered"):
        Replay(file).stream(ASKED)
