"""The recordings that ship answer the scenes of the demonstration as they are asked now, word for word."""

import pytest

from creason_core.cli import main
from creason_core.cohort.loading import load_cohort
from creason_core.demonstration.scenes import COHORT, fits, scenes
from creason_core.model.engines.replay import PACKAGED, Recording, Replay
from creason_core.question.grounding import check_numbers

ENGINE = Replay(tokens_per_second=float("inf"))


def test_every_scene_has_its_reply_and_nothing_else_is_shipped() -> None:
    cohort = load_cohort(COHORT)
    for name, scene in scenes(cohort).items():
        assert fits(scene, cohort.codebook, ENGINE.made_of(name)) == ""
        pieces = list(ENGINE.stream(scene.request(cohort.codebook, 400)))
        assert pieces[-1].finish_reason == "stop"
    assert len(PACKAGED.read_text().splitlines()) == len(scenes(cohort))
    assert PACKAGED.stat().st_size < 20_000


def test_every_recording_is_sealed_and_says_which_model_spoke_and_when() -> None:
    for line in PACKAGED.read_text().splitlines():
        one = Recording.model_validate_json(line)
        assert one.seal
        assert one.intact
        assert one.made
        assert one.identity.title == "SmolLM2-135M-Instruct + creason-smollm2-grpo@7"
        assert (len(one.model_hash), len(one.adapter_hash)) == (64, 64)
        assert (one.runtime, one.precision) == ("onnxruntime", "int8")


def test_what_the_speakers_notes_say_of_the_replies_is_so() -> None:
    cohort = load_cohort(COHORT)
    boxed = {name: found.text[-2] for name in scenes(cohort) if (found := ENGINE.made_of(name))}
    assert boxed == {"masked": "D", "pressure": "D", "potassium": "E", "without pH": "D", "without potassium": "E"}
    for name, made_up in (("masked", 0), ("without pH", 0), ("without potassium", 1)):
        found = ENGINE.made_of(name)
        assert found
        check = check_numbers(found.text, scenes(cohort)[name].request(cohort.codebook, 1).messages[-2].content)
        assert check.quoted - check.true == made_up


def test_show_tells_of_each_recording_whether_it_fits(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["recording", "show"]) == 0
    assert capsys.readouterr().out.count("It answers the question as it is asked today.") == 5
