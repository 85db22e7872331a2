import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from creason_core.errors import StoreError
from creason_core.record.case import Entry, PatientCase
from creason_core.record.identifiers import decided_in
from creason_core.store.patients.cases import (
    case_version,
    open_public,
    recent_cases,
    save_version,
    siblings,
    versions,
)
from creason_core.store.people.drafts import draft, drop_draft, save_draft
from creason_core.store.schema.tables import case_versions
from creason_core.store.sql.transactions import Database
from creason_core.store.sql.types import clean
from tests.store.examples import USER, example_case, saved_case


def test_a_saved_case_comes_back_as_it_was_entered(db: Database) -> None:
    case = example_case()
    saved = save_version(db, USER, case, idem="1", case_id=None, parent_id=None, label="Ward 3", note="from round")
    assert (saved.n, saved.parent_id, saved.case, saved.label) == (1, None, case, "Ward 3")
    assert (saved.note, saved.source) == ("from round", "entered")
    assert case_version(db, USER, saved.id) == saved


def test_times_come_back_in_utc(db: Database) -> None:
    assert saved_case(db).created.utcoffset() is not None
    assert saved_case(db).created.tzname() == "UTC"


def test_a_second_version_counts_on_and_names_its_parent(db: Database) -> None:
    first = saved_case(db)
    second = save_version(
        db, USER, example_case(5.0), idem="2", case_id=first.case_id, parent_id=first.id, label="What if"
    )
    assert (second.n, second.parent_id) == (2, first.id)
    assert versions(db, USER, first.case_id) == (first, second)


def test_the_same_key_saves_once(db: Database) -> None:
    assert saved_case(db) == saved_case(db)
    assert len(recent_cases(db, USER)) == 1


def test_the_same_key_with_other_values_is_refused_in_words(db: Database) -> None:
    saved_case(db)
    with pytest.raises(StoreError, match="already saved with other values") as raised:
        save_version(db, USER, example_case(9.9), idem="case", case_id=None, parent_id=None, label="x")
    assert raised.value.kind == "conflict"


def test_two_tabs_that_start_from_one_version_both_keep_theirs(db: Database) -> None:
    first = saved_case(db)
    mine, theirs = (
        save_version(db, USER, example_case(x), idem=str(x), case_id=first.case_id, parent_id=first.id, label="x")
        for x in (5.0, 6.0)
    )
    assert (mine.n, theirs.n) == (2, 3)
    assert siblings(db, USER, theirs) == (mine,)


def test_another_user_finds_nothing_and_adds_nothing(db: Database) -> None:
    saved = saved_case(db)
    with pytest.raises(StoreError, match="no such case among yours"):
        case_version(db, "bob", saved.id)
    with pytest.raises(StoreError, match="no such case among yours"):
        save_version(db, "bob", example_case(), idem="1", case_id=saved.case_id, parent_id=None, label="x")
    assert versions(db, "bob", saved.case_id) == recent_cases(db, "bob") == ()


def test_a_parent_of_another_case_is_refused(db: Database) -> None:
    one, other = saved_case(db), saved_case(db, idem="other")
    with pytest.raises(StoreError, match="no version was added"):
        save_version(db, USER, example_case(), idem="3", case_id=one.case_id, parent_id=other.id, label="x")


def test_a_public_case_opens_as_the_registry_has_it_each_time(db: Database) -> None:
    first = open_public(db, USER, "rhc-sepsis", example_case(), "72-year-old")
    edited = save_version(
        db, USER, example_case(8.0), idem="e", case_id=first.case_id, parent_id=first.id, label="Edited"
    )
    assert open_public(db, USER, "rhc-sepsis", example_case(), "72-year-old") == first
    assert recent_cases(db, USER) == (edited,)
    assert open_public(db, "bob", "rhc-sepsis", example_case(), "72-year-old").id != first.id


def test_recent_cases_come_newest_first_and_no_more_than_asked(db: Database) -> None:
    saved = [saved_case(db, idem=str(k)) for k in range(4)]
    assert recent_cases(db, USER, 3) == tuple(reversed(saved[1:]))


def test_a_version_cannot_be_changed_by_any_statement(db: Database) -> None:
    saved = saved_case(db)
    with pytest.raises(StoreError, match="a case version never changes"), db.write() as connection:
        connection.execute(sa.update(case_versions).where(case_versions.c.id == saved.id).values(label="other"))
    assert case_version(db, USER, saved.id).label == saved.label


def test_a_number_that_is_not_finite_is_refused(db: Database) -> None:
    case = example_case().model_copy(update={"entries": (Entry(feature="age", value=float("nan")),)})
    with pytest.raises(StoreError, match="not a finite number"):
        save_version(db, USER, case, idem="1", case_id=None, parent_id=None, label="x")


def test_a_name_that_is_too_long_is_refused_and_nothing_is_kept(db: Database) -> None:
    with pytest.raises(StoreError, match="201 characters; at most 200"):
        save_version(db, USER, example_case(), idem="1", case_id=None, parent_id=None, label="x" * 201)
    assert recent_cases(db, USER) == ()


def test_a_draft_is_kept_replaced_and_dropped(db: Database) -> None:
    save_draft(db, USER, "enter", {"lactate": "4.", "age": None})
    save_draft(db, USER, "enter", {"lactate": "4.2"})
    assert draft(db, USER, "enter") == {"lactate": "4.2"}
    assert draft(db, "bob", "enter") is None
    drop_draft(db, USER, "enter")
    assert draft(db, USER, "enter") is None


def test_a_draft_takes_no_number_that_is_not_finite(db: Database) -> None:
    with pytest.raises(StoreError, match="cannot be stored"):
        save_draft(db, USER, "enter", {"lactate": float("inf")})


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(codec=None), max_size=100))
def test_any_text_is_stored_alike_on_both_databases(db: Database, text: str) -> None:
    case = PatientCase.model_validate(example_case().model_dump() | {"patient": "p"})
    case = case.model_copy(update={"entries": (Entry(feature="age", value=50.0, reason=text),)})
    saved = save_version(db, USER, case, idem=f"{text!r}", case_id=None, parent_id=None, label="x", note=text,
                         cleared=decided_in(clean(text)))  # fmt: skip
    assert (saved.note, saved.case.entries[0].reason) == (clean(text), clean(text))
    save_draft(db, USER, "k", {text: [text]})
    assert draft(db, USER, "k") == {clean(text): [clean(text)]}
