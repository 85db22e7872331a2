"""How many samples Run asks for where nobody chose a number, and who decides where somebody did."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from creason_core.store.people.preferences import Preferences
from creason_core.store.runs.paces import Pace
from pages.question import sample_count
from pages.question.asking import Asking
from pages.question.sample_count import chosen_count
from tests.pages.driver import Start, goto, mask, open_case, words


def asking(engine: str, slots: int, preferred: Any) -> Asking:
    """A question put to such an engine by somebody who prefers such a number."""
    answering = SimpleNamespace(identity=SimpleNamespace(engine=engine))
    able = SimpleNamespace(capabilities=SimpleNamespace(slots=slots))
    s = SimpleNamespace(db=None, user="ann", answering=answering, engine=able)
    return cast(Asking, SimpleNamespace(s=s, prefer=Preferences(samples=preferred)))


@pytest.mark.parametrize(("engine", "slots", "took", "preferred", "count"), [
    ("embedded", 8, {}, "auto", 5),
    ("embedded", 8, {5: (20.0, 3)}, "auto", 5),
    ("embedded", 8, {5: (21.0, 3)}, "auto", 1),
    ("embedded", 8, {5: (21.0, 2)}, "auto", 5),
    ("embedded", 8, {1: (21.0, 9)}, "auto", 5),
    ("vllm", 8, {}, "auto", 1),
    ("vllm", 8, {1: (19.0, 1)}, "auto", 5),
    ("vllm", 2, {1: (7.0, 1)}, "auto", 1),
    ("vllm", 2, {1: (6.0, 1)}, "auto", 5),
    ("vllm", 8, {1: (21.0, 1), 5: (20.0, 1)}, "auto", 5),
    ("replay", 1000, {1: (0.1, 9), 5: (0.1, 9)}, "auto", 1),
    ("embedded", 8, {5: (1.0, 9)}, 1, 1),
    ("vllm", 8, {5: (90.0, 9)}, 5, 5),
    ("replay", 1000, {}, 10, 10),
])  # fmt: skip
def test_five_where_five_take_a_few_seconds_unless_a_number_was_chosen(
    monkeypatch: pytest.MonkeyPatch,
    engine: str,
    slots: int,
    took: dict[int, tuple[float, int]],
    preferred: Any,
    count: int,
) -> None:
    paces = {samples: Pace(*pace) for samples, pace in took.items()}
    monkeypatch.setattr(sample_count, "usual_seconds", lambda _db, _user, _identity, samples: paces.get(samples))
    assert chosen_count(asking(engine, slots, preferred)) == count


def test_the_later_choice_decides_on_the_question_or_in_settings(start: Start) -> None:
    app = mask(open_case(start()))
    assert "1 reply of up to" in words(app)
    app.button(key="samples_10").click().run()
    assert "10 replies of up to" in words(app)
    goto(app, "settings").segmented_control(key="pref_samples").set_value(5).run()
    assert "5 replies of up to" in words(goto(app, "hypotheses"))
    app.button(key="samples_1").click().run()
    assert "1 reply of up to" in words(app)
