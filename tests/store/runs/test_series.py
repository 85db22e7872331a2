"""Series: what was planned, the place of each group in it, and how they are found again."""

import pytest

from creason_core.errors import StoreError
from creason_core.store.history import Filters, history_page
from creason_core.store.people.open_questions import open_questions
from creason_core.store.records import group_records
from creason_core.store.runs.reveals import is_revealed, save_reveal
from creason_core.store.runs.run_rows import RunGroup, runs_of
from creason_core.store.runs.scanned import scanned, scans_of
from creason_core.store.runs.series import Place, begin_series, places_of, points_of, series, series_of_base
from creason_core.store.sql.transactions import Database
from tests.store.examples import USER, queued_group, queued_run, saved_case

PLAN = '{"cited": ["age"], "controls": []}'


@pytest.fixture
def base(db: Database) -> str:
    return queued_run(db).group_id


def point(db: Database, place: Place, idem: str) -> RunGroup:
    return queued_group(db, saved_case(db), idem=idem, place=place)


def test_a_series_is_read_back_with_its_groups_in_their_places(db: Database, base: str) -> None:
    begun = begin_series(db, USER, "probe", PLAN, idem="s", base_group_id=base)
    second = point(db, Place(begun.id, 1, '{"without":"lactate"}', base), "b")
    first = point(db, Place(begun.id, 0, '{"without":"age"}', base), "a")
    assert series(db, USER, begun.id) == begun
    assert (begun.kind, begun.plan, begun.base_group_id) == ("probe", PLAN, base)
    assert [(one.place.position, one.place.what, one.group) for one in points_of(db, USER, begun.id)] == [
        (0, '{"without":"age"}', first),
        (1, '{"without":"lactate"}', second),
    ]
    assert places_of(db, USER, [base, second.id]) == {
        second.id: ("probe", Place(begun.id, 1, '{"without":"lactate"}', base))
    }


def test_of_a_position_that_was_asked_again_the_newest_group_counts(db: Database, base: str) -> None:
    begun = begin_series(db, USER, "probe", PLAN, idem="s", base_group_id=base)
    place = Place(begun.id, 0, "{}", base)
    point(db, place, "died")
    again = point(db, place, "again")
    assert [one.group for one in points_of(db, USER, begun.id)] == [again]


def test_the_series_of_a_base_come_newest_first_also_where_only_their_places_name_it(db: Database, base: str) -> None:
    probe = begin_series(db, USER, "probe", PLAN, idem="1", base_group_id=base)
    sweep = begin_series(db, USER, "sweep", "{}", idem="2")
    point(db, Place(sweep.id, 0, "{}", base), "swept")
    unrelated = begin_series(db, USER, "what-if", "{}", idem="3")
    own_base = point(db, Place(unrelated.id, 0, "{}"), "own base")
    assert [one.id for one in series_of_base(db, USER, base)] == [sweep.id, probe.id]
    assert series_of_base(db, USER, base, "probe") == (probe,)
    assert series_of_base(db, USER, own_base.id) == (unrelated,)


def test_what_is_shown_beside_a_base_or_one_that_is_paired_with_it_is_shown_beside_all_of_them(
    db: Database, base: str
) -> None:
    begun = begin_series(db, USER, "probe", PLAN, idem="s", base_group_id=base)
    paired = [point(db, Place(begun.id, place, "{}", base), str(place)).id for place in range(2)]
    asked = [base, *paired]
    assert not any(is_revealed(db, USER, one) for one in asked)
    save_reveal(db, USER, paired[1])
    assert all(is_revealed(db, USER, one) for one in asked)
    assert not any(is_revealed(db, "bob", one) for one in asked)
    assert {one.id for one in history_page(db, USER, Filters()).items if one.revealed} == set(asked)
    assert all(one.revealed for one in group_records(db, USER, asked))


def test_a_question_of_a_scan_is_revealed_as_it_is_stored_and_is_read_with_its_samples(db: Database, base: str) -> None:
    del base  # another question about the case, which stays as it is
    version = saved_case(db)
    begun = begin_series(db, USER, "scan", "{}", idem="s")
    asked = [point(db, Place(begun.id, 0, "{}"), idem) for idem in ("died", "again")]
    assert all(is_revealed(db, USER, one.id) for one in asked)
    assert not any(is_revealed(db, "bob", one.id) for one in asked)
    assert [one.id for one in scans_of(db, USER, version.id)] == [begun.id]
    assert scans_of(db, "bob", version.id) == ()
    (found,) = scanned(db, USER, begun.id)
    assert (found.group_id, found.live, len(found.samples)) == (asked[1].id, True, len(runs_of(db, USER, asked[1].id)))


def test_a_double_click_begins_one_series_and_stores_each_group_once(db: Database, base: str) -> None:
    first = begin_series(db, USER, "probe", PLAN, idem="s", base_group_id=base)
    assert begin_series(db, USER, "probe", PLAN, idem="s", base_group_id=base) == first
    with pytest.raises(StoreError, match="already started something else"):
        begin_series(db, USER, "probe", "{}", idem="s", base_group_id=base)
    place = Place(first.id, 0, "{}", base)
    assert point(db, place, "a") == point(db, place, "a")
    assert len(points_of(db, USER, first.id)) == 1


def test_what_a_paired_group_hides_more_is_no_open_question_of_its_own(db: Database, base: str) -> None:
    version = saved_case(db)
    begun = begin_series(db, USER, "probe", PLAN, idem="s", base_group_id=base)
    queued_group(db, version, idem="a", place=Place(begun.id, 0, "{}", base), question_id="without age")
    assert len(open_questions(db, USER, [version.case_id])[version.case_id]) == 1
    save_reveal(db, USER, base)
    assert open_questions(db, USER, [version.case_id])[version.case_id] == ()


def test_nobody_sees_or_adds_to_anothers_series_and_then_nothing_is_stored(db: Database, base: str) -> None:
    begun = begin_series(db, USER, "probe", PLAN, idem="s", base_group_id=base)
    point(db, Place(begun.id, 0, "{}", base), "a")
    with pytest.raises(StoreError, match="no such series among yours"):
        series(db, "bob", begun.id)
    assert (points_of(db, "bob", begun.id), series_of_base(db, "bob", base)) == ((), ())
    with pytest.raises(StoreError, match="no such run among yours"):
        begin_series(db, "bob", "probe", PLAN, idem="s", base_group_id=base)
    theirs = saved_case(db, "bob")
    with pytest.raises(StoreError, match="no such series among yours"):
        queued_group(db, theirs, idem="b", user="bob", place=Place(begun.id, 1, "{}"))
    own = begin_series(db, "bob", "probe", PLAN, idem="s")
    with pytest.raises(StoreError, match="no such run among yours"):
        queued_group(db, theirs, idem="c", user="bob", place=Place(own.id, 0, "{}", base))
    assert points_of(db, "bob", own.id) == ()
    assert runs_of(db, "bob", base) == ()
