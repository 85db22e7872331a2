"""What a text cannot match is not looked for in it: without a digit, or a capital, nothing is missed by that."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creason_core.record.identifiers import names
from creason_core.record.identifiers.addresses import find_addresses
from creason_core.record.identifiers.dates import find_births, find_dates
from creason_core.record.identifiers.numbers import find_national, find_phones, find_records
from creason_core.record.identifiers.patterns import find_networks
from creason_core.record.normalising import normal
from tests.record.identifiers.recall import entries

WRITTEN = [normal(entry.text).text for entry in entries() if entry.place == "text"]
ANY = st.one_of(st.sampled_from(WRITTEN), st.text(max_size=60).map(lambda text: normal(text).text))


@given(text=ANY.map(lambda text: re.sub(r"\d", "", text)))
def test_a_text_without_digits_holds_nothing_that_is_looked_for_only_beside_one(text: str) -> None:
    for find in (find_births, find_dates, find_national, find_phones, find_records, find_networks):
        assert list(find(text)) == []
    assert list(find_addresses(text, digit=False)) == list(find_addresses(text, digit=True))


@given(
    text=st.one_of(
        st.sampled_from(WRITTEN),
        st.sampled_from(WRITTEN).map(str.capitalize),
        st.sampled_from(WRITTEN).map(str.lower),
        st.text(alphabet="ABab Mrs.,:", max_size=30),
    )
)
def test_a_text_without_a_later_capital_has_the_same_names_as_with_every_form(text: str) -> None:
    shortened = list(names.find_names(text))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(names, "_LATER_CAPITAL", re.compile(""))
        assert list(names.find_names(text)) == shortened
