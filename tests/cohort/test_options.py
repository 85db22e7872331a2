import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creason_core.cohort.option_making import NONE_OF_THESE, estimate_options, make_choice
from creason_core.cohort.options import Component, Design, fit_options
from creason_core.cohort.published_options import around_the_truth
from creason_core.errors import QuestionError
from creason_core.record.codebook import Feature


def number(decimals: int = 1) -> Feature:
    return Feature(
        name="lactate", label="Lactate", section="Labs", kind="number", time="day1", unit="mmol/L", decimals=decimals
    )


def levels(count: int, kind: str = "nominal") -> Feature:
    return Feature.model_validate(
        {
            "name": "source",
            "label": "Source",
            "section": "Infection",
            "kind": kind,
            "time": "day1",
            "levels": [{"code": f"c{n}", "label": f"Level {n}"} for n in range(count)],
        }
    )


MIXTURE = (Component(weight=1.0, mean=3.0, sd=1.0),)


def test_bins_of_distinct_numbers_hold_equal_shares() -> None:
    model = fit_options(number(0), [float(n) for n in range(100)])
    assert [len(values) for values in model.bins] == [20] * 5
    assert [values[0] for values in model.bins] == [0, 20, 40, 60, 80]


def test_equal_numbers_are_never_divided_between_bins() -> None:
    model = fit_options(number(), [1.0] * 10 + [3.5] * 50 + [float(n) for n in range(5, 45)])
    assert [(values[0], values[-1], len(values)) for values in model.bins] == [
        (1.0, 1.0, 10),
        (3.5, 3.5, 50),
        (5.0, 24.0, 20),
        (25.0, 44.0, 20),
    ]


def test_the_true_value_stands_for_its_own_bin_and_priors_are_the_shares() -> None:
    model = fit_options(number(0), [float(n) for n in range(100)])
    choice = make_choice(model, 47.0, "stratified", seed=0, patient="p1")
    assert choice.key == 2
    assert choice.options[2].value == 47.0
    assert [option.prior for option in choice.options] == [0.2] * 5
    assert all(option.low <= option.value <= option.high for option in choice.options)  # type: ignore[operator]


def test_all_numbers_carry_the_codebooks_decimals() -> None:
    model = fit_options(number(2), [n / 7 for n in range(200)])
    choice = make_choice(model, 4.1, "stratified", seed=0, patient="p1")
    assert {len(option.text.split(".")[1]) for option in choice.options} == {2}
    assert "4.10" in [option.text for option in choice.options]


def test_a_value_beyond_the_training_patients_counts_to_the_outermost_bin() -> None:
    model = fit_options(number(0), [float(n) for n in range(100)])
    assert make_choice(model, 400.0, "stratified", seed=0, patient="p1").key == 4
    assert make_choice(model, -3.0, "stratified", seed=0, patient="p1").key == 0


def test_more_levels_than_options_leave_five_in_codebook_order() -> None:
    model = fit_options(levels(9), [f"c{n}" for n in range(9)] * 3)
    choice = make_choice(model, "c7", "stratified", seed=0, patient="p1")
    codes = [str(option.value) for option in choice.options]
    assert len(codes) == 5
    assert codes == sorted(codes)
    assert choice.options[choice.key].value == "c7"
    assert [option.prior for option in choice.options] == [0.2] * 5


def test_one_level_among_the_training_patients_makes_no_question() -> None:
    with pytest.raises(QuestionError, match="Source cannot be masked: the training patients have only one value"):
        make_choice(fit_options(levels(3), ["c0"] * 5), "c0", "stratified", seed=0, patient="p1")


def test_distractor_levels_are_drawn_evenly_whatever_their_frequency() -> None:
    model = fit_options(levels(8), ["c0"] * 500 + [f"c{n}" for n in range(1, 8)] * 2)
    appears = [0] * 8
    for n in range(2000):
        for option in make_choice(model, "c1", "stratified", seed=0, patient=str(n)).options:
            appears[int(str(option.value)[1:])] += 1
    assert appears[1] == 2000
    others = appears[:1] + appears[2:]
    # Each of 7 others has probability 4/7; 4 standard errors of a binomial share of 2,000 are 0.044.
    assert all(abs(count / 2000 - 4 / 7) < 0.044 for count in others)


def test_paper_options_are_two_standard_deviations_apart_with_the_truth_at_any_rank() -> None:
    model = fit_options(number(), [n / 10 for n in range(100)], MIXTURE)
    choices = [make_choice(model, 9.0, "paper", seed=0, patient=str(n)) for n in range(50)]
    assert {choice.key for choice in choices} == {0, 1, 2, 3, 4}
    for choice in choices:
        values = [float(option.value or 0) for option in choice.options]
        assert [round(b - a, 6) for a, b in itertools.pairwise(values)] == [2.0] * 4


def test_paper_options_drop_negative_numbers_of_a_positive_feature() -> None:
    model = fit_options(number(), [n / 10 for n in range(100)], MIXTURE)
    for n in range(50):
        assert all(
            float(option.value or 0) >= 0 for option in make_choice(model, 1.0, "paper", seed=0, patient=str(n)).options
        )


def test_paper_options_stand_above_the_truth_where_all_below_it_would_be_negative() -> None:
    model = fit_options(number(), [n / 10 for n in range(100)], (Component(weight=1.0, mean=3.0, sd=10.0),))
    for n in range(50):
        assert len(make_choice(model, 1.0, "paper", seed=0, patient=str(n)).options) >= 2
    assert [option.text for option in around_the_truth(model, 1.0, below=4).options] == [
        "1.0",
        "21.0",
        "41.0",
        "61.0",
        "81.0",
    ]


def test_paper_options_far_from_every_training_patient_share_their_prior_by_distance() -> None:
    model = fit_options(number(0), [float(n) for n in range(21)], (Component(weight=1.0, mean=10.0, sd=0.1),))
    choice = make_choice(model, 42.0, "paper", seed=0, patient="p")
    assert [option.prior for option in choice.options] == [1.0, *[0.0] * (len(choice.options) - 1)]


def test_paper_design_needs_a_mixture_for_numbers() -> None:
    with pytest.raises(QuestionError, match="no fitted mixture"):
        make_choice(fit_options(number(), [n / 10 for n in range(100)]), 3.0, "paper", seed=0, patient="p1")


def test_an_estimate_offers_every_bin_and_none_of_these() -> None:
    options = estimate_options(fit_options(number(0), [float(n) for n in range(100)]))
    assert [option.text for option in options] == [
        "19 or less",
        "20 to 39",
        "40 to 59",
        "60 to 79",
        "80 or more",
        NONE_OF_THESE,
    ]
    assert all(option.value is None for option in options)


def test_an_estimate_of_a_level_offers_every_level_seen_in_training() -> None:
    options = estimate_options(fit_options(levels(9), ["c1"] * 3 + ["c4"]))
    assert [(option.text, option.prior) for option in options] == [
        ("Level 1", 0.75),
        ("Level 4", 0.25),
        (NONE_OF_THESE, 0.0),
    ]


@given(
    training=st.lists(st.floats(-50, 500), min_size=2, max_size=120),
    truth=st.floats(-100, 1000),
    decimals=st.integers(0, 3),
    seed=st.integers(0, 2**31),
    design=st.sampled_from(["stratified", "paper"]),
)
def test_options_are_distinct_well_formed_sorted_and_hold_the_truth_once(
    training: list[float], truth: float, decimals: int, seed: int, design: Design
) -> None:
    feature = number(decimals)
    model = fit_options(feature, training, MIXTURE)
    if not model.usable:
        return
    choice = make_choice(model, truth, design, seed=seed, patient="p")
    texts = [option.text for option in choice.options]
    values = [float(option.value) for option in choice.options if option.value is not None]
    assert len(set(texts)) == len(texts) <= 5
    assert values == sorted(values)
    assert texts.count(feature.text(float(feature.text(truth)) + 0.0)) == 1
    assert choice.options[choice.key].text == feature.text(float(feature.text(truth)) + 0.0)
    assert sum(option.prior for option in choice.options) == pytest.approx(1.0)
    assert make_choice(model, truth, design, seed=seed, patient="p") == choice
