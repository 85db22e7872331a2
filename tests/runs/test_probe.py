"""A probe on scripted models: it names what the answer hangs on and nothing else, keeps what is done, and goes on."""

import re
from collections.abc import Callable

from creason_core.model.engines.base import GenerationRequest, ModelIdentity
from creason_core.model.engines.replay import Recording, Replay, ReplayStream, scripted
from creason_core.runs import RunManager
from creason_core.runs.probe import Probe, Probed, Prober
from creason_core.settings import Settings
from creason_core.store.patients.cases import CaseVersion, save_version
from creason_core.store.runs import run_rows
from creason_core.store.runs.series import points_of
from creason_core.store.sql.transactions import Database
from tests.question.test_citing import CASE, CODEBOOK, QUESTION
from tests.runs.conftest import Desk, MakeDesk
from tests.store.examples import USER

SAYS = " Creatinine of 3.1, MAP 55 and temp 38.5 speak for it: \\boxed{%s}"


class Rule(Replay):
    """Answers by a rule over the prompt: the option (by its text) that ``choose`` gives for the user's message."""

    def __init__(self, choose: Callable[[str], str]) -> None:
        super().__init__(script=[scripted(" \\boxed{A}")])
        self.choose = choose
        self.asked: list[GenerationRequest] = []
        self.named = "ruled"

    @property
    def identity(self) -> ModelIdentity:
        return ModelIdentity("replay", self.named)

    def stream(self, request: GenerationRequest) -> ReplayStream:
        self.asked.append(request)
        user = request.messages[1].content
        letter = re.findall(rf"^([A-Z])\) {re.escape(self.choose(user))}", user, re.MULTILINE)[0]
        return Replay(script=[scripted(SAYS % letter)]).stream(request)


def hangs_on_creatinine(user: str) -> str:
    return "4.2" if "Creatinine: 3.1" in user else "1.0"


class Bedside:
    """A finished answer of five samples about the ward's patient, and its probes."""

    def __init__(self, desk: Desk, idem: str = "base", *, samples: int = 5) -> None:
        self.desk = desk
        self.version: CaseVersion = save_version(
            desk.db, USER, CASE, idem="ward", case_id=None, parent_id=None, label="72 years"
        )
        group = desk.manager.start(USER, self.version, QUESTION, CODEBOOK, samples=samples, idem=idem)
        self.probed = Probed(self.version, QUESTION, CODEBOOK, desk.ended(group))
        self.prober = Prober(desk.manager, desk.db, USER)

    def run(self) -> Probe:
        self.prober.start(self.probed, self.probed.plan)
        return self.ended()

    def ended(self) -> Probe:
        for point in self.newest().points:
            if point.group:
                self.desk.ended(point.group.group)
        return self.newest()

    def newest(self) -> Probe:
        found = self.prober.newest(self.probed)
        assert found is not None
        return found


def test_the_probe_names_the_one_value_that_the_answer_hangs_on_and_asks_as_often_as_estimated(
    db: Database, make_desk: MakeDesk
) -> None:
    engine = Rule(hangs_on_creatinine)
    bedside = Bedside(make_desk(db, engine))
    assert bedside.prober.newest(bedside.probed) is None
    plan = bedside.probed.plan
    assert plan.cited == ("crea", "map", "temp")
    assert [one.role for one in plan.removals] == ["cited"] * 3 + ["control"] * 2
    before = len(engine.asked)
    probe = bedside.run()
    assert len(engine.asked) - before == len(plan.removals) * bedside.probed.samples == 25
    verdicts = {point.removal.without: point.effect and point.effect.drives for point in probe.points}
    assert {name for name, drives in verdicts.items() if drives} == {"crea"}
    assert set(verdicts.values()) == {True, False}
    assert {one.removal.role for one in probe.points if one.removal.without not in plan.cited} == {"control"}
    pairs = [
        [(run.sample, run.seed, run.order) for run in run_rows.runs_of(db, USER, group)]
        for group in (bedside.probed.base.group.id, *(one.group.id for one in points_of(db, USER, probe.series.id)))
    ]
    assert all(pair == pairs[0] for pair in pairs)
    assert len(pairs[0]) == 5


def test_an_answer_that_never_moves_hangs_on_nothing(sqlite_db: Database, make_desk: MakeDesk) -> None:
    probe = Bedside(make_desk(sqlite_db, Rule(lambda _: "4.2"))).run()
    assert [point.effect and point.effect.drives for point in probe.points] == [False] * 5


def test_a_second_start_asks_nothing_more_and_a_reload_shows_the_same(sqlite_db: Database, make_desk: MakeDesk) -> None:
    engine = Rule(hangs_on_creatinine)
    bedside = Bedside(make_desk(sqlite_db, engine))
    first = bedside.run()
    asked = len(engine.asked)
    bedside.prober.start(bedside.probed, first.plan)
    assert len(engine.asked) == asked
    assert (first.live, first.left, len(first.done)) == (False, (), 5)
    later = RunManager(sqlite_db, Rule(hangs_on_creatinine), Settings(data_dir=sqlite_db.data_dir))
    try:
        base = later.snapshot(USER, bedside.probed.base.group.id)
        again = Prober(later, sqlite_db, USER).newest(Probed(bedside.version, QUESTION, CODEBOOK, base))
    finally:
        later.close()
    assert again is not None
    assert [(one.state, one.effect) for one in again.points] == [(one.state, one.effect) for one in first.points]


def test_a_model_that_dies_in_the_middle_keeps_what_is_done_and_the_rest_can_be_asked_again(
    sqlite_db: Database, make_desk: MakeDesk
) -> None:
    engine = Rule(hangs_on_creatinine)
    desk = make_desk(sqlite_db, engine, runs_at_once=1)
    bedside = Bedside(desk, samples=2)
    well = engine.stream

    def dying(request: GenerationRequest) -> ReplayStream:
        if len(engine.asked) < 2 + 3:  # the base, and one point and a half
            return well(request)
        return Replay(script=[Recording(prompt="*", model="m", fault="unreachable", message="It is gone.")]).stream(
            request
        )

    engine.stream = dying  # type: ignore[method-assign]
    broken = bedside.run()
    assert [point.state for point in broken.points] == ["done"] + ["not finished"] * 4
    assert broken.points[0].effect is not None
    assert broken.points[0].effect.drives
    engine.stream = well  # type: ignore[method-assign]
    asked = len(engine.asked)
    bedside.prober.start(bedside.probed, broken.plan)
    whole = bedside.ended()
    assert len(engine.asked) - asked == 4 * 2 == len(broken.left) * whole.samples
    assert [point.state for point in whole.points] == ["done"] * 5
    kept, first = whole.points[0].group, broken.points[0].group
    assert kept is not None
    assert first is not None
    assert kept.group.id == first.group.id


def test_stop_keeps_the_points_that_are_done(sqlite_db: Database, make_desk: MakeDesk) -> None:
    engine = Rule(hangs_on_creatinine)
    desk = make_desk(sqlite_db, engine, runs_at_once=1)
    bedside = Bedside(desk, samples=1)
    slow = Replay(script=[scripted(SAYS % "B"), *[scripted(SAYS % "B", seconds=600.0)] * 20])  # however slow Stop comes
    engine.stream = slow.stream  # type: ignore[method-assign]
    bedside.prober.start(bedside.probed, bedside.probed.plan)
    first = bedside.newest().points[0].group
    assert first is not None
    desk.ended(first.group)
    bedside.prober.stop(bedside.newest())
    stopped = bedside.ended()
    assert stopped.points[0].state == "done"
    assert stopped.left
    assert {point.state for point in stopped.left} == {"not finished"}


def test_a_point_that_another_model_answered_is_not_held_against_the_answer(
    sqlite_db: Database, make_desk: MakeDesk
) -> None:
    engine = Rule(hangs_on_creatinine)
    bedside = Bedside(make_desk(sqlite_db, engine), samples=1)
    engine.named = "another"
    probe = bedside.run()
    assert {point.state for point in probe.points} == {"another model"}
    assert probe.done == ()


def test_an_answer_that_cites_nothing_or_has_no_winner_has_nothing_to_probe(
    sqlite_db: Database, make_desk: MakeDesk
) -> None:
    for reply in (" It must be so. \\boxed{B}", " Creatinine of 3.1, but no answer."):
        desk = make_desk(sqlite_db, Replay(script=[scripted(reply)]))
        assert Bedside(desk, reply).probed.plan.removals == ()
