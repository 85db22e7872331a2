"""What changed between two records, told in the codebook's units and order."""

from creason_core.record.case import Entry, make_case
from creason_core.record.changes import Change, changes
from creason_core.record.codebook import Codebook
from tests.store.examples import CODEBOOK, example_case


def test_a_change_tells_both_values_with_their_unit() -> None:
    assert changes(example_case(4.2), example_case(3.0), CODEBOOK) == (
        Change("lactate", "Lactate", "4.2 mmol/L", "3.0 mmol/L"),
    )


def test_the_same_values_are_no_change_whatever_their_reason() -> None:
    assert changes(example_case(4.2), example_case(4.2, reason="seen on the chart"), CODEBOOK) == ()


def test_a_value_that_is_new_gone_or_not_measured_says_so() -> None:
    alone = make_case("patient-1", (Entry(feature="age", value=72.0),), CODEBOOK)
    assumed = make_case(
        "patient-1",
        (Entry(feature="age", value=72.0), Entry(feature="lactate", value=1.0, provenance="registry", measured=False)),
        CODEBOOK,
    )
    told = {changes(*pair, CODEBOOK)[0].before: changes(*pair, CODEBOOK)[0].after for pair in (
        (alone, example_case()), (example_case(), assumed), (assumed, alone),
    )}  # fmt: skip
    assert told == {"not recorded": "4.2 mmol/L", "4.2 mmol/L": "not measured", "not measured": "not recorded"}


def test_a_feature_that_the_codebook_does_not_know_keeps_its_name() -> None:
    smaller = Codebook.model_validate(CODEBOOK.model_dump() | {"features": CODEBOOK.features[:1]})
    assert changes(example_case(4.2), example_case(3.0), smaller) == (Change("lactate", "lactate", "4.2", "3.0"),)
