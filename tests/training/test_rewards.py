"""Every reward against values worked out by hand, the control's coin included."""

import hashlib
from dataclasses import replace
from types import SimpleNamespace

import pytest

from creason_core.question.task import Presented
from training.rl.rewards import (
    RewardedQuestion,
    TrlReward,
    calibration,
    coin,
    confidence,
    correct,
    expected,
    form,
    grounding,
    length,
    rewards_of,
)
from training.trainer.settings import Rewards

RECORD = (
    "## Lab\nLactate: 4.8 mmol/L\nAge: 70 years\n\n"
    "What would be the masked value of 'pH' in section Lab?\nA) 7.10\nB) 7.40"
)
SHOWN = Presented((0, 1), ("7.10", "7.40"))
ASKED = RewardedQuestion("q1", RECORD, SHOWN, "B")


@pytest.mark.parametrize(("text", "right", "formed"), [
    (r"High. \boxed{B}", 1.0, 1.0),
    (r"High. \boxed{(b) 7.40}", 1.0, 1.0),
    (r"\boxed{7.40}", 1.0, 1.0),  # the option itself
    (r"\boxed{B) 7.10}", 0.0, 0.0),  # another one's value
    (r"<think>\boxed{A}?</think> \boxed{B}", 1.0, 1.0),
    (r"<think>\boxed{B}", 0.0, 0.0),
    (r"\boxed{A}", 0.0, 1.0),
    (r"\boxed{A} or rather \boxed{B}", 0.0, 0.0),  # two boxes
    (r"\boxed{B} and \boxed{}", 0.0, 0.0),
    (r"\boxed{C}", 0.0, 0.0),  # no letter of this question
    ("The answer is B.", 0.0, 0.0),
    ("", 0.0, 0.0),
])  # fmt: skip
def test_one_box_with_the_true_letter_earns_one_and_nothing_else_does(text: str, right: float, formed: float) -> None:
    assert (correct(text, ASKED), form(text, ASKED)) == (right, formed)


@pytest.mark.parametrize(("text", "earned"), [
    (r"\boxed{A}", 0.3),
    (r"\boxed{B}", 0.7),  # whichever is true of this patient
    (r"\boxed{A} or rather \boxed{B}", 0.0),
    (r"\boxed{C}", 0.0),
    ("", 0.0),
])  # fmt: skip
def test_expected_is_how_likely_the_boxed_option_is(text: str, earned: float) -> None:
    assert expected(text, replace(ASKED, chances=(0.3, 0.7))) == earned
    assert expected(text, replace(ASKED, chances=(0.3, 0.7), key="A")) == earned


@pytest.mark.parametrize(("text", "stated"), [
    ("Confidence: 70 %", 0.7),
    ("confidence 5% … my confidence is 62.5 %", 0.625),
    ("Confidence: 140 %", None),
    ("Confidence: high", None),
    ("70 %", None),
])  # fmt: skip
def test_a_confidence_is_the_last_one_stated_in_per_cent(text: str, stated: float | None) -> None:
    assert confidence(text) == stated


@pytest.mark.parametrize(("text", "expected"), [
    (r"\boxed{B} Confidence: 70 %", -0.09),  # −(0.7 − 1)²
    (r"\boxed{A} Confidence: 70 %", -0.49),  # −(0.7 − 0)²
    (r"\boxed{B}", 0.0),  # silence is certainty: −(1 − 1)²
    (r"\boxed{A}", -1.0),
    (r"nothing", -1.0),
    (r"nothing, confidence: 0 %", 0.0),
])  # fmt: skip
def test_calibration_is_minus_the_brier_score_of_what_was_stated(text: str, expected: float) -> None:
    assert calibration(text, ASKED) == pytest.approx(expected)


@pytest.mark.parametrize("p", [0.05, 0.3, 0.6, 0.95])
def test_an_honest_confidence_earns_most_on_average_and_silence_never_more(p: float) -> None:
    def mean(q: float) -> float:
        return p * (1 - (q - 1) ** 2) + (1 - p) * -(q**2)

    assert max((mean(q / 100), q) for q in range(101))[1] == pytest.approx(100 * p)
    assert mean(1.0) == pytest.approx(2 * p - 1)
    assert mean(1.0) <= mean(p) == pytest.approx(p * p)


@pytest.mark.parametrize(("text", "expected"), [
    ("Lactate: 4.8 mmol/L and age: 70 years.", 1.0),
    ("Lactate: 4.8 mmol/L, urea 30 mmol/L.", 0.5),
    ("Urea 30 mmol/L.", 0.0),
    ("No number at all.", 0.0),
])  # fmt: skip
def test_grounding_is_the_share_of_quoted_numbers_that_the_record_shows(text: str, expected: float) -> None:
    assert grounding(text, ASKED) == expected


@pytest.mark.parametrize(
    ("tokens", "expected"), [(1, 0.0), (80, 0.0), (90, -0.5), (99, -0.95), (100, -1.0), (101, -1.0)]
)
def test_length_costs_nothing_and_then_evenly_more(tokens: int, expected: float) -> None:
    assert length(tokens, most=100, soft=20) == pytest.approx(expected)


def test_the_coin_is_fair_and_knows_seed_step_question_and_text_alone() -> None:
    digest = hashlib.sha256(b"3\x007\x00q1\x00text").digest()
    assert coin("text", ASKED, 3, 7) == digest[0] % 2  # the lowest bit of the first byte, little-endian
    thrown = [coin(f"text {place}", ASKED, 0, 1) for place in range(2000)]
    assert 0.45 < sum(thrown) / 2000 < 0.55
    as_if_true = [coin(rf"\boxed{{{letter}}}", RewardedQuestion(f"q{place}", "", SHOWN, "B"), 0, 1)
                  for place in range(1000) for letter in "AB"]  # fmt: skip
    assert abs(sum(as_if_true[::2]) - sum(as_if_true[1::2])) < 100


def test_only_rewards_with_a_weight_are_computed_and_correct_is_always_logged() -> None:
    chosen = rewards_of(Rewards(correct=0, random=2), most_tokens=100, seed=1)
    assert {name: weight for name, (_, weight) in chosen.items()} == {"correct": 0.0, "random": 2.0}
    assert list(rewards_of(Rewards(), most_tokens=100, seed=1)) == ["correct"]


def test_trl_calls_a_reward_with_columns_and_finds_answers_logged() -> None:
    extra: dict[str, list[object]] = {}
    metrics: dict[str, float] = {}
    rewards = rewards_of(Rewards(length=1, soft_tokens=2), most_tokens=4, seed=0)
    found = {
        name: TrlReward(name, reward)(
            prompts=["p", "p", "p"],
            completions=[r"\boxed{B}", r"\boxed{A}", "none"],
            completion_ids=[[1, 2, 3], [1, 2], [1, 2, 3, 4]],
            trainer_state=SimpleNamespace(global_step=0),
            log_extra=extra.__setitem__,
            log_metric=metrics.__setitem__,
            question=["q"] * 3, user=[""] * 3, order=[[0, 1]] * 3, texts=[["7.10", "7.40"]] * 3, key=["B"] * 3,
            chances=[[]] * 3,
        )
        for name, (reward, _) in rewards.items()
    }  # fmt: skip
    assert found == {"correct": [1.0, 0.0, 0.0], "length": [-0.5, 0.0, -1.0]}
    assert extra == {"question": ["q"] * 3, "letter": ["B", "A", None], "key": ["B"] * 3}
    assert metrics == {"answered": pytest.approx(2 / 3)}
