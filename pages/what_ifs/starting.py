"""What the buttons of What-if do: start, ask again what has no answer, go on with a search, stop."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from creason_core.errors import CReasonError
from creason_core.principal import Principal
from creason_core.question.what_if.copying import suppose
from creason_core.question.what_if.pairing import Target, pair, question_on
from creason_core.record.case import PatientCase
from creason_core.store.patients.cases import CaseVersion
from creason_core.store.patients.codebooks import keep_codebook
from creason_core.store.runs.reveals import save_reveal, value_shown
from creason_core.store.runs.run_rows import RunGroup
from creason_core.store.runs.series import Place, SeriesKind, begin_series
from creason_core.store.runs.what_ifs import save_what_if
from pages.question.notes_wish import given, wanted
from pages.server.services import Services, services
from pages.session.acting import acting, used
from pages.session.address import move
from pages.session.messages import tell
from pages.what_ifs.trying import Shown, Trying, Values, shown_of, written_target


@acting("ask")
def start(
    me: Principal,
    now: Trying,
    kind: SeriesKind,
    places: Sequence[Values],
    samples: int,
    *,
    hidden: Sequence[str],
    recompute: bool = True,
    more: dict[str, Any] | None = None,
    what: str,
    idem: str,
) -> None:
    """Starts a what-if: a group for each of ``places``, values that are other; an empty one is the record itself.

    The first of them, or the record where it is among them, is what the others are paired with. What was started is
    kept where a later one is refused; the rest can be asked for then.
    """
    s, target = services(), now.target
    assert target is not None
    keep_codebook(s.db, now.cohort.codebook)
    plan = {
        "version": now.version.id,
        "target": written_target(target),
        "places": list(places),
        "samples": samples,
        "hidden": list(hidden),
        "recompute": recompute,
        "notes": wanted(s, now.prefer),
        **(more or {}),
    }
    begun = begin_series(s.db, me.user, kind, json.dumps(plan, sort_keys=True), idem=idem)
    shown = shown_of(s, begun.id)
    base = _base(places)
    used(what)
    for position in (base, *(place for place in range(len(places)) if place != base)):
        try:
            group = ask_place(s, me.user, now, shown, (position, places[position]), idem=f"{idem}:{position}")
        except CReasonError as error:
            if position == base:
                raise
            tell(f"{error} What was started goes on; the rest can be asked for then.", "error")
            break
        if position == base:
            move(run=group.id)
            shown = shown_of(s, begun.id)
            _as_revealed(s, me.user, now.version, target, group)


def _base(places: Sequence[Values]) -> int:
    return next((place for place, values in enumerate(places) if not values), 0)


def ask_place(s: Services, user: str, now: Trying, shown: Shown, place: tuple[int, Values], *, idem: str) -> RunGroup:
    """Stores the copy of one place, a position and its values, and queues its question, paired with the base's.

    Raises:
        CReasonError: The copy or the question cannot be made, or a limit is reached; nothing was sent for it.
    """
    plan, target, version = shown.plan, shown.target, now.version
    position, values = place
    copy = copy_of(now, target, values, recompute=plan["recompute"])
    question = question_on(target, copy, now.cohort, plan["hidden"])
    if values:
        pair(target, version.case, copy, now.cohort, plan["hidden"])  # refuses what cannot be seen
    if plan.get("notes"):
        question = given(question, copy, now.cohort)
    asked = save_what_if(s.db, user, version, copy, idem=f"{idem}:copy") if values else version
    asked = noted(asked, now)
    base = shown.tried.get(_base(plan["places"]))
    what = json.dumps({"values": values}, sort_keys=True)
    own = base is None or base.point.place.position == position
    placed = Place(shown.series.id, position, what, None if own or base is None else base.point.group.id)
    if base is not None and not own and not base.view.live:
        return s.runs.start_paired(user, asked, question, now.codebook, place=placed, idem=idem)
    # With as many samples as the base, which is live, from the same seed: seeds, orders and temperature are its own.
    engine = base.point.group.engine if base is not None else s.wish
    return s.runs.start(
        user,
        asked,
        question,
        now.codebook,
        samples=plan["samples"],
        idem=idem,
        priority="batch",
        engine=engine,
        place=placed,
    )


def copy_of(now: Trying, target: Target, values: Values, *, recompute: bool) -> PatientCase:
    """The record with ``values``; itself where there are none."""
    if not values:
        return now.version.case
    return suppose(now.version.case, values, now.cohort, asked=target.feature, recompute=recompute).case


def noted(version: CaseVersion, now: Trying) -> CaseVersion:
    """``version`` as a run notes it, with its cohort as that is now."""
    return replace(version, cohort=now.cohort.name, cohort_hash=now.cohort.content_hash)


def _as_revealed(s: Services, user: str, version: CaseVersion, target: Target, group: RunGroup) -> None:
    """A value that the reader has been shown before is not hidden again because a what-if asks about it."""
    if target.kind == "missing":
        return
    with s.db.read() as connection:
        shown = value_shown(connection, user, version.case_id, target.feature)
    if shown:
        save_reveal(s.db, user, group.id)


@acting("ask")
def ask_rest(me: Principal, now: Trying, shown: Shown, positions: Sequence[int], *, what: str, idem: str) -> None:
    """Asks again the places that have no answer; what has one stays."""
    s = services()
    used(what)
    base = _base(shown.plan["places"])
    for position in sorted(positions, key=lambda place: (place != base, place)):  # what is paired needs its base
        values = shown.tried[position].values if position in shown.tried else shown.plan["places"][position]
        ask_place(s, me.user, now, shown, (position, values), idem=f"{idem}:{position}")
        shown = shown_of(s, shown.series.id)


@acting("ask")
def stop_all(me: Principal, series_id: str) -> None:
    """Stops what is live; what is finished stays."""
    s = services()
    for one in shown_of(s, series_id).tried.values():
        if one.view.live:
            s.runs.stop(me.user, one.view.group.id)


def leave() -> None:
    """Leaves the what-if on the screen; it stays in the list of those made."""
    move(run=None)
