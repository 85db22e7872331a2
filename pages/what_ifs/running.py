"""What every tab of What-if has: what is asked, how often, what that takes, and how far it is."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import partial

import streamlit as st

from creason_core.errors import StoreError
from creason_core.question.kinds import task_of
from creason_core.question.prompts import letters
from creason_core.record.hours import parted
from creason_core.runs.views import RunView
from creason_core.store.runs.paces import usual_seconds
from creason_core.store.runs.run_rows import JUDGED, mark_seen
from creason_core.store.runs.series import SeriesKind
from pages.components.inert import inert
from pages.components.read_only import saving
from pages.components.run_state import FACES, about
from pages.components.told_apart import told_apart
from pages.question.notes_wish import wanted
from pages.session.acting import key_for
from pages.session.messages import redraw
from pages.what_ifs.starting import ask_rest, leave, stop_all
from pages.what_ifs.trying import Shown, Tried, Trying, named, shown_of, target_words

POLL_SECONDS = 0.5
SAMPLES = {1: "1 sample", 5: "5 samples", 10: "10 samples"}


def target_row(now: Trying) -> None:
    """Draws the choice of what is asked; a stored what-if keeps what it asked."""
    words = {named(one): target_words(one, now.codebook) for one in now.offered}
    version_id = now.version.id
    key = f"what_if_target_field:{version_id}"
    assert now.target is not None
    st.session_state[key] = named(now.target)

    def chosen() -> None:
        st.session_state[f"what_if_target:{version_id}"] = st.session_state[key]
        leave()

    st.selectbox(
        "What is asked of both",
        list(words),
        format_func=told_apart(words, lambda name: words[name]),
        key=key,
        on_change=chosen,
        help="An outcome, or a value that is hidden. The leak guard hides what would give it away, in both.",
    )
    hidden = list(dict.fromkeys(now.label(item.feature) for item in now.question.hidden))
    also = f" Hidden with it: {len(hidden)} value{'' if len(hidden) == 1 else 's'}." if hidden else ""
    noted = " The model is given the registry's notes on it (Settings)." if wanted(now.s, now.prefer) else ""
    st.caption(f"{inert(now.task.stem)}{also}{noted}", help=inert(", ".join(hidden)) if hidden else None)


def samples_row(key: str, offered: Sequence[int], default: int) -> int:
    """Draws how many samples each question is asked for; the number chosen."""
    found = st.segmented_control(
        "Samples of each",
        list(offered),
        format_func=lambda count: SAMPLES[count],
        default=default,
        required=True,
        key=key,
        help="Each pair of samples has the same seed and the same order of the options.",
    )
    return int(found or default)


def estimate(now: Trying, questions: int, samples: int, *, at_most: bool = False) -> str:
    """What Run asks for: the number of calls, and about how long that takes where it is known."""
    calls = questions * samples
    told = f"{'At most ' if at_most else ''}{calls} call{'' if calls == 1 else 's'}"
    told += f" ({questions} question{'' if questions == 1 else 's'} × {samples})" if samples > 1 and questions else ""
    pace = usual_seconds(now.s.db, now.s.user, now.s.answering.identity, samples)
    if pace:
        told += f", {about(pace.seconds * questions)}"
    return told


def run_button(
    now: Trying, label: str, do: Callable[..., None], *, key: str, what: str, why_not: str = "", main: bool = True
) -> None:
    """Draws a button that asks the model; ``why_not`` is why it cannot be pressed, in words.

    ``do`` is called with ``what`` and the key of that write.
    """
    offline = "" if now.s.answering.ready else "The model is offline."
    stopped = why_not or offline
    st.button(
        label,
        key=key,
        type="primary" if main else "secondary",
        icon=":material/play_arrow:",
        on_click=do,
        kwargs={"what": what, "idem": key_for(what)},
        **saving(stopped or None, disabled=bool(stopped)),
    )


def watched(now: Trying, shown: Shown) -> None:
    """Draws how far a live what-if is, and Stop; draws the page anew once nothing of it is live."""
    st.fragment(_live, run_every=POLL_SECONDS)(now, shown.series.id)


def _live(now: Trying, series_id: str) -> None:
    shown = shown_of(now.s, series_id)
    if not shown.live:
        redraw()
    runs = [item for one in shown.tried.values() for item in one.view.runs]
    whole = len(shown.plan["places"]) * shown.plan["samples"]
    ended = sum(not item.run.live for item in runs)
    st.progress(min(1.0, ended / max(1, whole)), text=f"{ended} of {whole} calls")
    waiting_line(runs)
    stop_button(series_id)


def runs_ahead(runs: Sequence[RunView]) -> int:
    """How many runs of others a what-if waits for; 0 while one of its own is with the model, or all have ended."""
    live = [item for item in runs if item.run.live]
    if not live or any(item.run.status != "queued" for item in live):
        return 0
    return min(item.ahead for item in live)


def waiting_line(runs: Sequence[RunView]) -> None:
    """Draws whom a what-if waits for: the model is shared, and what a person asks goes first."""
    if others := runs_ahead(runs):
        who = "1 run" if others == 1 else f"{others} runs"
        st.caption(f":material/hourglass_empty: Waiting: {who} of somebody else ahead of this. It begins by itself.")


def stop_button(series_id: str) -> None:
    """Draws Stop."""
    st.button(
        "Stop",
        key=f"stop_{series_id}",
        icon=":material/stop:",
        on_click=stop_all,
        args=(series_id,),
        help="What is finished stays; the rest can be asked again.",
    )


def one_model(tried: Sequence[Tried]) -> None:
    """Draws a warning where answers that are held against each other are not of one model."""
    models = dict.fromkeys(found for one in tried if (found := one.view.identity))
    if len(models) > 1:
        names = ", ".join(dict.fromkeys(one.title for one in models))
        st.warning(
            f"These answers are not of one model and runtime ({inert(names)}): another one was chosen meanwhile, so "
            "the change alone does not explain what differs.",
            icon=":material/sync_problem:",
        )


def note_seen(now: Trying) -> None:
    """Notes that the reader has looked at what has ended, so that Home lists it no longer."""
    ended = [one.view.group for one in now.shown.tried.values() if not one.view.live] if now.shown else []
    if now.s.db.trouble is None:
        with suppress(StoreError):  # a note that is not worth a page
            for group in ended:
                if not group.seen:
                    mark_seen(now.s.db, now.s.user, group.id)


def withheld(now: Trying, names: Iterable[str], hidden: frozenset[str]) -> bool:
    """Draws why a stored what-if is not shown that changes what an open question ``hidden`` since; whether it did."""
    away = {parted(name)[0] for name in hidden}
    if not (secret := [name for name in names if parted(name)[0] in away]):
        return False
    labels = ", ".join(now.label(name) for name in secret)
    st.info(
        f"This what-if changes {inert(labels)}, which a question hides now. It is shown again once that is revealed.",
        icon=":material/visibility_off:",
    )
    return True


def unanswered(shown: Shown) -> tuple[int, ...]:
    """The places that have no answer: never asked, stopped, or failed."""
    places = range(len(shown.plan["places"]))
    return tuple(place for place in places if place not in shown.tried or not shown.tried[place].judged)


def rest_row(now: Trying, shown: Shown, names: Mapping[int, str]) -> None:
    """Draws what has no answer and why, with a button that asks it again; nothing where all have one."""
    rest = unanswered(shown)
    if not rest:
        return
    said = []
    for place in rest:
        one = shown.tried.get(place)
        why = next((item.run.error or FACES[item.run.status].word for item in one.view.runs), "") if one else ""
        said.append(f"{names[place]}: {why or 'not asked yet'}")
    st.warning(inert(" · ".join(dict.fromkeys(said)), 1500), icon=":material/error:")
    calls = len(rest) * shown.plan["samples"]
    what = f"rest:{shown.series.id}:{len(shown.tried)}:{'-'.join(map(str, rest))}:{_latest(shown)}"
    label = f"Ask the rest ({calls} call{'' if calls == 1 else 's'})"
    run_button(now, label, partial(ask_rest, now, shown, rest), key="what_if_rest", what=what)


def _latest(shown: Shown) -> str:
    return max((one.view.group.id for one in shown.tried.values()), default="")


def votes_of(one: Tried) -> dict[int, int | None]:
    """The option that each sample chose which said all that it would."""
    return {item.run.sample: item.run.option for item in one.view.runs if item.run.status in JUDGED}


def lettered(now: Trying, one: Tried) -> tuple[tuple[str, str], ...]:
    """The options of a question with their letters."""
    texts = task_of(one.question, now.codebook).options
    return tuple(zip(letters(len(texts)), texts, strict=True))


def of_kind(now: Trying, *kinds: SeriesKind) -> Shown | None:
    """The what-if on the screen, where it is of one of ``kinds``."""
    return now.shown if now.shown and now.shown.series.kind in kinds else None
