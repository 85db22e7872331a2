"""The model's part of a scan: begun, watched, stopped and gone on with, between the registry's chart and the table."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import streamlit as st

from creason_core.cohort.cohort import Cohort
from creason_core.errors import RunError
from creason_core.model.engines.base import EngineHealth, ModelIdentity
from creason_core.principal import Principal
from creason_core.question.hiding_more import hide_more
from creason_core.question.kinds import TASKS, Question, task_of
from creason_core.record.hours import parted
from creason_core.runs.model_scan import ModelScan, ModelScanner, Scanned, ScanPlan, ScanPoint
from creason_core.store.patients.cases import CaseVersion
from creason_core.store.patients.codebooks import keep_codebook
from creason_core.store.people.open_questions import open_questions
from creason_core.store.people.preferences import Preferences
from creason_core.store.runs.paces import usual_seconds
from creason_core.store.runs.run_rows import JUDGED, LIVE
from pages.components.inert import inert
from pages.components.read_only import saving
from pages.components.run_state import FACES, about
from pages.components.scan_chart import MOST, ByModel, ScanLine, model_headline
from pages.components.told_apart import told_apart
from pages.question.asking import SEED
from pages.question.notes_wish import noted
from pages.server.services import Services, services
from pages.session.acting import acting, key_for, used
from pages.session.engine_wish import engine_choice
from pages.session.messages import redraw

POLL_SECONDS = 1.0
SAMPLES = {1: "1 sample", 3: "3 samples", 5: "5 samples"}
STANDARD = 3


@dataclass(frozen=True)
class ScannedRecord:
    """What is scanned: a record without what is ``hidden``, and ``features``, its values by falling surprise."""

    s: Services
    prefer: Preferences
    version: CaseVersion
    cohort: Cohort
    hidden: tuple[str, ...]
    features: tuple[str, ...]

    @property
    def untold(self) -> tuple[str, ...]:
        """The names of the recorded values that are neither told nor used, sorted."""
        away = {parted(name)[0] for name in self.hidden}
        return tuple(sorted(entry.name for entry in self.version.case.entries if entry.feature in away))

    @property
    def scanned(self) -> Scanned:
        """The record as runs note it, with its cohort as that is now."""
        noting = replace(self.version, cohort=self.cohort.name, cohort_hash=self.cohort.content_hash)
        return Scanned(noting, self.cohort.codebook, self.question)

    def question(self, feature: str) -> Question:
        """The question about one value, as *One value* asks it, without what an open question hides.

        Raises:
            QuestionError: It cannot be asked about.
        """
        case = self.version.case
        made = TASKS["mask"].build(case, feature, self.cohort, seed=SEED)
        made = hide_more(made, self.untold, case, self.cohort.codebook)
        return noted(made, self.s, self.prefer, case, self.cohort)


def by_model(reading: ScannedRecord, lines: Sequence[ScanLine]) -> Mapping[str, ByModel]:
    """Draws how far the model's part is and what can be done; what it answered, by feature."""
    found = _scanner(reading.s).newest(reading.version.id, reading.untold)
    answers = {point.feature: told for point in (found.done if found else ()) if (told := _told(reading, point))}
    with st.container(border=True, key="scan_by_model", gap="small"):
        if said := model_headline([replace(line, model=answers.get(line.feature)) for line in lines]):
            st.markdown(f"**{inert(said, 600)}**")
        if found is None:
            if reading.untold and _scanner(reading.s).others(reading.version.id, reading.untold):
                st.caption("Earlier answers saw what a question hides now; they are shown again once it is revealed.")
            _offer(reading)
        elif found.live:
            st.fragment(_live, run_every=POLL_SECONDS)(reading, len(found.done))
        else:
            _ended(reading, found)
        if answers:
            st.caption(
                "Each value was hidden in turn and asked for. About says how often this model is right about such "
                "questions: where that is seldom, its disagreement says little."
            )
    return answers


def _scanner(s: Services) -> ModelScanner:
    return ModelScanner(s.runs, s.db, s.user)


def _told(reading: ScannedRecord, point: ScanPoint) -> ByModel | None:
    vote, asked = point.vote, point.asked
    if vote is None or asked is None or (truth := asked.question.truth) is None:
        return None
    texts = task_of(asked.question, reading.cohort.codebook).options
    most = max(share.chosen for share in vote.shares)
    expected = "no option leads" if vote.winner is None else f"{texts[vote.winner]} ({most} of {vote.samples})"
    other = None if vote.winner is None else vote.winner != truth.option
    return ByModel(vote.shares[truth.option].chosen, vote.samples, expected, other, asked.group_id)


def _offer(reading: ScannedRecord) -> None:
    """Draws what the model can be asked, what that takes, and the button."""
    count = len(reading.features)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        values = count
        if count > MOST:
            words = {MOST: f"The {MOST} most surprising", count: f"All {count}"}
            values = _chosen("Ask the model too", list(words), words.__getitem__, MOST)
        samples = _chosen("Samples of each", list(SAMPLES), SAMPLES.__getitem__, STANDARD)
    engine_choice(reading.s)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        what = f"scan:{reading.version.id}:{'|'.join(reading.untold)}:{values}:{samples}"
        do = partial(begin, reading, values, samples, what=what, idem=key_for(what))
        _button(reading.s.answering, "Ask the model", "scan_ask", do)
        st.caption(_estimate(reading.s, reading.s.answering, values, samples))


def _chosen(label: str, offered: Sequence[int], words: Callable[[int], str], default: int) -> int:
    found = st.segmented_control(
        label,
        offered,
        format_func=told_apart(offered, words),
        default=default,
        required=True,
        key=f"scan_{label}:{offered[-1]}",
    )
    return int(found or default)


def _ended(reading: ScannedRecord, found: ModelScan) -> None:
    """Draws what has no answer and why, and the ways to go on."""
    now, gave = reading.s.answering.identity, found.identities
    if len(gave) > 1:
        names = ", ".join(dict.fromkeys(one.title for one in gave))
        st.warning(
            f"These answers are not of one model and runtime ({inert(names)}): another one was chosen meanwhile.",
            icon=":material/sync_problem:",
        )
    if failed := [_why(point) for point in found.left if point.state == "not finished"]:
        icon, told = failed[0][0], inert(" · ".join(dict.fromkeys(why for _, why in failed)), 1000)
        if {face for face, _ in failed} == {FACES["stopped"].icon}:
            st.caption(f"{icon} {told}. What is done stays.")
        else:
            st.warning(told, icon=":material/error:")
    left = [point.position for point in found.left]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if left:
            label = f"Ask about the other {_values(len(left))}" if found.done else f"Ask about {_values(len(left))}"
            health = reading.s.health_of(found.plan.engine)
            _button(health, label, "scan_go_on", partial(go_on, reading, left), main=False)
            st.caption(_estimate(reading.s, health, len(left), found.plan.samples))
        if gave and now not in gave:
            _anew(reading, found, now)


def _anew(reading: ScannedRecord, found: ModelScan, now: ModelIdentity) -> None:
    """Draws the way to ask another model than the one that answered."""
    st.caption(f"{inert(found.identities[0].title)} answered; {inert(now.title)} answers now.")
    what = f"scan_anew:{found.series.id}:{now.model_hash}:{now.adapter_hash}"
    count = len(found.done) + sum(point.asked is not None for point in found.left)
    do = partial(begin, reading, count, found.plan.samples, what=what, idem=key_for(what))
    _button(reading.s.answering, "Ask that one", "scan_anew", do, main=False)


def _button(health: EngineHealth, label: str, key: str, do: Callable[[], None], *, main: bool = True) -> None:
    offline = "" if health.ready else "The model is offline."
    st.button(
        label,
        key=key,
        type="primary" if main else "secondary",
        icon=":material/play_arrow:",
        on_click=do,
        **saving(offline or None, disabled=bool(offline)),
    )


def _estimate(s: Services, health: EngineHealth, values: int, samples: int) -> str:
    calls = values * samples
    told = f"{calls} call{'s' if calls != 1 else ''}"
    pace = usual_seconds(s.db, s.user, health.identity, samples)
    taking = f" · {about(pace.seconds * values)}" if pace else ""
    return f"{told}{taking}; questions asked meanwhile go first."


def _why(point: ScanPoint) -> tuple[str, str]:
    """Why a value has no whole answer: the icon and the words of the first sample that said less than it would."""
    samples = point.asked.samples if point.asked else ()
    bad = next((one for one in samples if one.status not in JUDGED), None)
    face = FACES[bad.status if bad else "error"]
    stopped = bad is not None and bad.status == "stopped"  # how far each had come is nothing to list
    return face.icon, (bad.error if bad and not stopped else "") or face.word


def _live(reading: ScannedRecord, drawn: int) -> None:
    """One look at a scan that is under way; asks for the whole page when another value has its answer."""
    s = services()
    found = _scanner(s).newest(reading.version.id, reading.untold)
    if found is None or not found.live or len(found.done) != drawn:
        redraw()
    asked = len(found.live) + len(found.done)
    st.progress(len(found.done) / asked, f"{len(found.done)} of {_values(asked)}{_waits(s, found)}")
    st.button(
        "Stop",
        key="stop_scan_model",
        icon=":material/stop:",
        on_click=stop,
        args=(reading,),
        help="What is done stays, and the rest can be asked about later.",
    )


def _waits(s: Services, found: ModelScan) -> str:
    """How many replies go first, where none of this scan is being written; else empty."""
    first = found.live[0].asked
    states = {one.status for point in found.live if point.asked for one in point.asked.samples if one.status in LIVE}
    if first is None or states != {"queued"}:
        return ""
    ahead = min((run.ahead for run in s.runs.snapshot(s.user, first.group_id).runs if run.run.live), default=0)
    return f"; waiting: {ahead} repl{'y goes' if ahead == 1 else 'ies go'} first" if ahead else ""


@acting("ask")
def begin(me: Principal, reading: ScannedRecord, count: int, samples: int, *, what: str, idem: str) -> None:
    """Asks the model about the first ``count`` values of a record, each hidden in turn; not while that is under way."""
    s = services()
    _check_hidden(s, me, reading)
    scanner = ModelScanner(s.runs, s.db, me.user)
    if (found := scanner.newest(reading.version.id, reading.untold)) and found.live:  # begun in another window
        return
    keep_codebook(s.db, reading.cohort.codebook)
    plan = ScanPlan(features=reading.features, hidden=reading.untold, samples=samples, engine=s.wish)
    used(what)
    scanner.begin(reading.scanned, plan, count, idem=idem)


@acting("ask")
def go_on(me: Principal, reading: ScannedRecord, positions: Collection[int]) -> None:
    """Asks about the values that have no answer; what has one, or is being asked about, stays."""
    s = services()
    _check_hidden(s, me, reading)
    scanner = ModelScanner(s.runs, s.db, me.user)
    if found := scanner.newest(reading.version.id, reading.untold):
        scanner.go_on(reading.scanned, found, positions)


def _check_hidden(s: Services, me: Principal, reading: ScannedRecord) -> None:
    """Refuses what was drawn before another window asked about a value: a scan would show it."""
    asked = open_questions(s.db, me.user, [reading.version.case_id])[reading.version.case_id]
    hidden = {parted(name)[0] for one in asked for name in one.hides}
    shown = {entry.feature for entry in reading.version.case.entries if entry.name not in reading.untold}
    if hidden & shown:
        raise RunError(
            "A question about this patient was asked meanwhile, and what it hides must be left out.",
            remedy="Press the button again; nothing was sent.",
        )


@acting("ask")
def stop(me: Principal, reading: ScannedRecord) -> None:
    """Stops what is still being asked; what is done stays."""
    s = services()
    scanner = ModelScanner(s.runs, s.db, me.user)
    if found := scanner.newest(reading.version.id, reading.untold):
        scanner.stop(found)


def _values(count: int) -> str:
    return "1 value" if count == 1 else f"{count} values"
