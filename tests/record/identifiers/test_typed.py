"""Typed text: nothing that may identify a person is stored, or lost, before that person's word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creason_core.errors import IdentifierError
from creason_core.record.identifiers import decided_in, refuse_undecided, undecided, without, without_undecided
from tests.record.identifiers.recall import Entry, entries

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


def without_all(text: str) -> str:
    """The text after *Remove it* for find after find."""
    while hits := undecided(text):
        shorter = without(text, hits[0])
        assert shorter != text
        text = shorter
    return text


LEFT_OVER = (  # a text with one find, and a piece of it that a narrow find leaves
    ("DOB 12-MAR-48", "48"),
    ("DOB: 12 03 1948", "1948"),
    ("DOB 12 Mar '48", "48"),
    ("geb. 12. 3. 48", "48"),
    ("born 1948-03-12T06:30:00", "30"),
    ("Pat.-Nr. 12 345 67", "67"),
    ("MRN 12-345 / 67", "67"),
    ("MRN 44\u00a078\u00a0213", "213"),
    ("case no 2024 - ICU - 0193", "0193"),
    ("Hosp No: 123 456 7 B", "B"),
    ("tel 020 7946 0958 / 0959", "0959"),
    ("fax 555-0142 ext. 33", "33"),
    ("NHS 943 476 59 19", "19"),
    ("call 010-12\u200b34-5678", "5678"),
    ("Mrs\u00a0Henderson is here", "Henderson"),
    ("Dr.\u202fMaria\u202fde la Cruz", "Cruz"),
    ("Nguyen Thi Minh Khai, bed 4", "Khai"),
    ("Ana María de los Santos Ruiz", "Santos"),
    ("name: Smith\u200b, John", "John"),
    ("jane.doe@example.org/inbox", "inbox"),
    ("IBAN DE89 3704 0044 0532 0130 00", "DE89"),
    ("Calle Mayor 5, 3ºB", "B"),
    ("twenty-first of March 1948", "first"),
)


@pytest.mark.parametrize(("text", "rest"), LEFT_OVER)
def test_no_rest_of_a_find_is_left_to_be_stored(text: str, rest: str) -> None:
    typed = without_all(text)
    for stored in (typed, without_undecided(text)):
        assert rest not in stored
    assert undecided(typed) == ()


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("MRN 4478213 4 mg given", "4 mg given"),
        ("DOB 12-MAR-48 K 4.5", "K 4.5"),
        ("DOB 3/12/51, BP 120/80", "BP 120/80"),
    ],
)
def test_a_measurement_beside_a_find_stays(text: str, kept: str) -> None:
    assert kept in without(text, undecided(text)[0])
    assert kept in without_undecided(text)


@pytest.mark.parametrize(
    "entry", [entry for entry in entries() if entry.place == "text" and entry.spans][::7], ids=repr
)
def test_a_text_without_its_finds_is_scanned_until_nothing_is_found(entry: Entry) -> None:
    assert undecided(without_all(entry.text)) == ()
