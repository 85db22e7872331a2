"""Typed text: nothing that may identify a person is stored, or lost, before that person's word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creason_core.errors import IdentifierError
from creason_core.identifiers import decided_in, refuse_undecided, undecided, without, without_undecided
from tests.identifiers.recall import entries

NOTE = "Seen by Dr Okonkwo, call 010-1234-5678."
WRITTEN = [entry.text for entry in entries() if entry.place == "text"]


def test_what_is_not_decided_is_refused_without_repeating_it() -> None:
    with pytest.raises(IdentifierError) as refused:
        refuse_undecided("The comment", NOTE, {"Okonkwo"})
    said = str(refused.value)
    assert said.startswith("The comment holds what looks like a phone number (0… (13 characters)), so it is not saved")
    assert "Okonkwo" not in said
    assert "1234" not in said


def test_what_is_confirmed_to_be_none_passes() -> None:
    refuse_undecided("The comment", NOTE, {"Okonkwo", "010-1234-5678"})
    refuse_undecided("The comment", "The lactate of 4.2 does not fit a MAP of 43.")


@pytest.mark.parametrize(("text", "left"), [
    ("call 010-1234-5678 today", "call today"),
    ("Seen by Dr Okonkwo.", "Seen by."),
    ("The daughter, Mrs Wheelwright, is on call", "The daughter, is on call"),
    ("Bed 4, Mrs Wheelwright", "Bed 4"),
    ("the daughter, 010-1234-5678, first", "the daughter, first"),
    ("94-year-old woman", "90+ woman"),
    ("58, seen: jane.doe@example.org", "58, seen:"),
])  # fmt: skip
def test_one_find_is_taken_out_of_a_text(text: str, left: str) -> None:
    assert without(text, undecided(text)[0]) == left


def test_a_draft_holds_the_kind_in_place_of_what_is_not_decided() -> None:
    assert without_undecided(NOTE) == "Seen by Dr [name], call [phone]."
    assert without_undecided(NOTE, {"Okonkwo"}) == "Seen by Dr Okonkwo, call [phone]."


@given(text=st.one_of(st.sampled_from(WRITTEN), st.text(max_size=60)))
def test_a_draft_never_holds_an_undecided_find(text: str) -> None:
    kept = without_undecided(text)
    for hit in undecided(text):
        found = text[hit.start : hit.end]
        assert kept.count(found) < text.count(found) or found in f"[{hit.kind}]"


@given(text=st.one_of(st.sampled_from(WRITTEN), st.text(max_size=60)))
def test_what_is_stored_is_not_asked_about_again(text: str) -> None:
    assert undecided(text, decided_in(text)) == ()
