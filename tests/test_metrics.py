import pytest
from hypothesis import given
from hypothesis import strategies as st

from creason_core.metrics import wilson


def test_wilson_interval_equals_the_published_example() -> None:
    # Newcombe, Stat Med 1998, table I: 81 of 263 gives 0.2553 to 0.3662.
    interval = wilson(81, 263)
    assert interval.low == pytest.approx(0.2553, abs=5e-5)
    assert interval.high == pytest.approx(0.3662, abs=5e-5)


def test_wilson_interval_of_nothing_is_everything() -> None:
    assert (wilson(0, 0).low, wilson(0, 0).high) == (0.0, 1.0)


def test_wilson_interval_refuses_what_is_no_proportion() -> None:
    with pytest.raises(ValueError, match="6 successes in 5 trials"):
        wilson(6, 5)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_interval_holds_the_share_and_stays_in_range(drawn: tuple[int, int]) -> None:
    successes, trials = drawn
    interval = wilson(successes, trials)
    assert 0.0 <= interval.low <= successes / trials <= interval.high <= 1.0
