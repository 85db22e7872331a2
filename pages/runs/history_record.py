"""One stored question in full: the case and its version, texts, prompts, ratings, and what asking it again takes."""

from collections.abc import Sequence

import streamlit as st

from creason_core.question.prompts import letters
from creason_core.record.changes import Change
from creason_core.store.exporting.contents import Reproducibility
from creason_core.store.people.feedback import Feedback
from creason_core.store.records import GroupRecord
from creason_core.store.runs.run_rows import Run
from pages.components.inert import inert
from pages.components.reasoning_panel import finished_text
from pages.components.run_state import FACES
from pages.components.sample_choice import sample_choice


def texts(record: GroupRecord, options: Sequence[str], *, key: str) -> None:
    """Draws the text of one sample, how it ended and how it was rated; of several, the reader chooses one."""
    run = sample_of(record, key=key)
    if run.error:
        st.caption(f"{FACES[run.status].icon} {inert(run.error, 2000)}")
    if run.text.strip():
        finished_text(run, options, expanded=True)
    else:
        st.caption("No text arrived.")
    if rating := record.ratings.get(run.id):
        rated(rating)


def sample_of(record: GroupRecord, *, key: str) -> Run:
    """The sample that the reader chose to see; at first one that chose the leading option, as its question's page."""
    return sample_choice(record.runs, record.vote.winner, _named, key=f"{key}_sample")


def _named(run: Run) -> str:
    voted = letters(len(run.order))[run.option] if run.option is not None else FACES[run.status].word
    return f"{run.sample + 1}: {voted}"


def rated(rating: Feedback) -> None:
    """Draws a rating as it was saved."""
    icon, word = (":material/thumb_up:", "Good") if rating.thumb == "up" else (":material/thumb_down:", "Not good")
    parts = [f"{icon} **{word}**", *(inert(reason) for reason in rating.reasons)]
    parts += [f"harm if followed: {rating.severity}"] * bool(rating.severity)
    parts.append("may be used to train" if rating.train_ok else "not for training")
    st.markdown(" · ".join(parts))
    if rating.comment:
        st.text(f"“{rating.comment}”")


def prompts(record: GroupRecord, *, key: str) -> None:
    """Draws the exact prompt of one sample."""
    run = sample_of(record, key=key)
    st.caption(f"The exact text that was sent, seed {run.seed}.")
    st.code(run.prompt, language=None, wrap_lines=True, height=420)


def made_with(made: Reproducibility) -> None:
    """Draws what asking the same again takes, as every export carries it."""
    facts = made.model_dump(mode="json", exclude={"samples", "disclaimer", "written", "releases"})
    samples = [sample.model_dump() for sample in made.samples]
    differ = {name for name in samples[0] if any(sample[name] != samples[0][name] for sample in samples)}
    facts |= {name: value for name, value in samples[0].items() if name not in differ | {"sample", "seed"}}
    rows = [{"What": _words(name), "Value": _said(value)} for name, value in facts.items()]
    st.dataframe(
        rows,
        hide_index=True,
        height="content",
        column_config={"What": st.column_config.TextColumn(width=150), "Value": st.column_config.TextColumn(width=640)},
        alt="What asking the same again takes",
    )
    st.caption(f"Releases at work now: {inert(made.releases)}.")
    if differ:
        own = [{_words(name): _said(sample[name]) for name in sample if name in differ} for sample in samples]
        st.dataframe(own, hide_index=True, alt="What each sample was made with")


def value_changes(changes: Sequence[Change], before: str, after: str) -> None:
    """Draws the values that differ between two records, in clinical units; ``before`` and ``after`` name the two."""
    if not changes:
        st.caption("Every value is the same.")
        return
    rows = [{"Value": item.label, before: item.before, after: item.after} for item in changes]
    st.dataframe(rows, hide_index=True, alt="The values that differ")


def _said(value: object) -> str:
    return "  ".join(value) if isinstance(value, tuple) else "–" if value in (None, "") else str(value)


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize().replace("sha256", "SHA-256")
