"""Rows that are looked at as a whole come out as if every cell had been looked at alone."""

from difflib import SequenceMatcher

from hypothesis import given
from hypothesis import strategies as st

from creason_core.record.importing.columns.matching import _SIMILAR, _alike
from creason_core.record.importing.files.sink import Sink

CELLS = st.one_of(
    st.text(max_size=8),
    st.floats(),
    st.none(),
    st.sampled_from(["7.35", " 12 ", "≥ 2", "e\u0301", "a\r\nb", "x\u200b"]),
)
NAMES = st.text(alphabet="abcdeino st", max_size=14)


@given(st.lists(CELLS, max_size=6))
def test_a_row_is_cleaned_as_its_cells_are(cells: list[object]) -> None:
    whole, alone = Sink(print), Sink(print)
    assert whole.clean_row(cells) == [alone.clean(cell) for cell in cells]
    assert whole._hidden == alone._hidden


@given(NAMES, NAMES)
def test_names_that_are_told_apart_early_are_not_alike(one: str, other: str) -> None:
    ratio = SequenceMatcher(None, one, other).ratio()
    if min(len(one), len(other)) >= 4:
        assert _alike(one, other) == ratio or (_alike(one, other) == 0.0 and ratio < _SIMILAR)
