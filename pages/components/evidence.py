"""What a reply cites, as chips, and what a probe of it found, as a table. Draws; knows no question and no run."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from creason_core.question.citing import Citation, Quoted
from pages.components.inert import inert
from pages.components.told_apart import told_apart

_COLUMNS = {
    "Without": st.column_config.TextColumn(width=148),
    "Found": st.column_config.TextColumn(width=113, help="Another option wins without it, or its share falls by 0.4"),
    "Model": st.column_config.TextColumn(width=68, help="The model's answer before and after"),
    "Boosting": st.column_config.TextColumn(width=106, help="The likeliest option by boosting, before and after"),
    "Same": st.column_config.TextColumn(width=70, help="How many samples chose the first answer"),
}
NO_PROOF = (
    "A test of behaviour: it shows what the answer hangs on, not what went on inside the model when it wrote its "
    "reasons."
)


@dataclass(frozen=True, slots=True)
class Removed:
    """One line of a probe: what was hidden and what came of it, in words; ``drives`` is None where nobody knows yet."""

    label: str
    cited: bool
    model: str
    share: str
    drives: bool | None
    boosting: str = ""


def evidence_chips(
    cited: Sequence[Citation],
    drives: Sequence[bool | None],
    key: str,
    *,
    marked: str | None,
    on_mark: Callable[[str | None], None] | None,
) -> None:
    """Draws a chip for each cited feature; choosing one calls ``on_mark`` with it, or with None where it is let go.

    ``drives`` says for each whether the answer hangs on it, None where that was not tested. Without ``on_mark`` there
    is no row to mark, and the chips are words.
    """
    words = [f"{_chip(one)}{_verdict(found)}" for one, found in zip(cited, drives, strict=True)]
    if on_mark is None:
        st.markdown("**Cites** " + " · ".join(words))
        return
    features = [one.feature for one in cited]
    told = dict(zip(features, words, strict=True))
    st.session_state[key] = marked if marked in features else None  # a chip of another reply may have been chosen
    mark = on_mark
    st.pills(
        "What this reply cites; choosing one marks it in the patient's list",
        features,
        format_func=told_apart(features, lambda feature: told[feature]),
        key=key,
        on_change=lambda: mark(st.session_state[key]),
    )


def number_legend(cited: Sequence[Citation], others: Sequence[Quoted]) -> None:
    """Draws what the marks mean, and the quoted numbers that belong to no cited value."""
    said = []
    if any(one.numbers for one in cited):
        said.append("✓ the record shows that number; ✗ it shows another one, which stands behind.")
    if others:
        told = ", ".join(f"{inert(one.text)} {'✓' if one.true else '✗'}" for one in others)
        said.append(f"Other numbers, looked up in record and question: {told}.")
    if said:
        st.caption(" ".join(said))


def probe_table(lines: Sequence[Removed], key: str) -> None:
    """Draws what hiding each value did, with what boosting does under the same removal where that was asked."""
    boosted = any(line.boosting for line in lines)
    st.dataframe(
        [
            {
                "Without": line.label if line.cited else f"(not cited) {line.label}",  # a long name is cut at its end
                "Found": _verdict(line.drives).removeprefix(" · ") or "…",
                "Model": line.model,
                **({"Boosting": line.boosting or "–"} if boosted else {}),
                "Same": line.share,
            }
            for line in lines
        ],
        hide_index=True,
        column_config=_COLUMNS,
        key=key,
        alt="Each cited value hidden in turn, and some that are not cited: the model's answer before and after",
    )


def probe_headline(lines: Sequence[Removed]) -> str:
    """What a probe found, in words; empty while nothing is known."""
    known = [line for line in lines if line.drives is not None]
    if not known:
        return ""
    cited = [line for line in known if line.cited]
    drive = [line.label for line in cited if line.drives]
    moved = sum(bool(line.drives) for line in known if not line.cited)
    controls = len(known) - len(cited)
    count = f"{len(cited)} cited value{'s' if len(cited) != 1 else ''}"
    said = f"Of {count}, {len(drive)} drive{'s' if len(drive) == 1 else ''} the answer"
    said += f": {', '.join(drive)}." if drive else "."
    if controls:
        said += f" Of {controls} not cited, {moved} do{'es' if moved == 1 else ''}."
    if moved and moved == controls:
        said += " It moves whatever is hidden, so it hangs on nothing in particular."
    return said


def _chip(one: Citation) -> str:
    numbers = " ".join(_number(each, one.shown) for each in one.numbers)
    return f"{inert(one.label)} {numbers}" if numbers else f"{inert(one.label)} ({inert(one.shown, 40)})"


def _number(quoted: Quoted, shown: str) -> str:
    if quoted.true:
        return f"{inert(quoted.text)} ✓"
    why = "rounded from" if quoted.rounded else "recorded"
    return f"{inert(quoted.text)} ✗ ({why} {inert(shown, 40)})"


def _verdict(drives: bool | None) -> str:
    if drives is None:
        return ""
    return " · drives the answer" if drives else " · not needed"
