"""One value of a record as a field: label, input, where it comes from, and what the checks say."""

from collections.abc import Callable, Sequence

import streamlit as st

from creason_core.record.ages import TOP_CODED_AGE, is_age
from creason_core.record.case import CONFIRM, Finding, Provenance
from creason_core.record.codebook import Feature
from pages.components.inert import inert
from pages.components.provenance import MARKS, NOT_MEASURED
from pages.components.read_only import held
from pages.components.told_apart import told_apart


def value_field(
    feature: Feature,
    value: float | str | None,
    provenance: Provenance | None,
    *,
    assumed: bool,
    disabled: bool,
    key: str,
    on_change: Callable[[], None],
) -> None:
    """Draws the input. ``assumed`` says that the registry filled in a normal value for a test nobody ran."""
    unit = f" ({inert(feature.unit_label)})" if feature.numeric and feature.unit_label else ""
    shown = MARKS[provenance] if provenance else None
    badge = f"  :{shown.colour}-badge[{shown.icon} {shown.word}]" if shown else ""
    label = f"{inert(feature.label)}{unit}{badge}"
    empty = NOT_MEASURED if assumed else "not recorded"
    help_text = inert(_help(feature), 900) or None
    if feature.numeric:
        given = float(value) if isinstance(value, (int, float)) else None
        _show(key, given, fixed=disabled)
        st.number_input(
            label,
            value=None,
            step=10.0**-feature.decimals,
            format="%g",
            placeholder=empty,
            key=key,
            help=help_text,
            disabled=disabled or held(key),
            persist_state="session",
            on_change=on_change,
        )
        if is_age(feature) and value == TOP_CODED_AGE:
            st.caption("90 stands for 90+: no older age is kept.")
        return
    codes = [level.code for level in feature.levels]
    chosen = value if isinstance(value, str) and value in codes else None
    _show(key, chosen, fixed=disabled)
    st.selectbox(
        label,
        codes,
        index=None,
        format_func=told_apart(codes, lambda code: feature.level_labels[code]),
        placeholder=empty,
        key=key,
        help=help_text,
        disabled=disabled or held(key),
        persist_state="session",
        on_change=on_change,
    )


def _show(key: str, value: float | str | None, *, fixed: bool) -> None:
    """Puts ``value`` into the field, which keeps what was typed unless it is ``fixed``.

    Not as a default: a browser keeps what a field of this key showed before, and an age over 89 is changed where it is
    typed.
    """
    if fixed:
        st.session_state[key] = value
    else:
        st.session_state.setdefault(key, value)


def findings_below(
    findings: Sequence[Finding],
    reason: str,
    *,
    needs_reason: bool,
    key: str,
    on_reason: Callable[[], None],
    ask: Callable[[], bool],
) -> None:
    """Draws what the checks say: a flag, a request for a reason, or why the value is refused.

    ``ask`` asks about what looks like an identifier in the reason.
    """
    for finding in findings:
        arrow = "↓" if finding.direction == "low" else "↑"
        if finding.tier == "impossible":
            st.markdown(f":red-badge[:material/block: Impossible] {inert(finding.message)}")
        elif finding.tier == "confirm" and needs_reason:
            given = str(st.session_state.setdefault(key, reason) or "").strip()
            badge = ":green-badge[:material/check: Confirmed]" if given else ":orange-badge[:material/warning: Confirm]"
            message = finding.message.removesuffix(f" {CONFIRM}") if given else finding.message
            st.markdown(f"{badge} {inert(message)}")
            st.text_input(
                "Why is it right?",
                key=key,
                placeholder="For example: measured twice",
                on_change=on_reason,
                max_chars=200,
                disabled=held(key),
                persist_state="session",
            )
            ask()
        else:
            st.caption(f"{arrow} {inert(finding.message)}")


def _help(feature: Feature) -> str:
    parts = [feature.definition]
    if feature.reference:
        parts.append(f"Reference range {feature.reference} {feature.unit_label}.")
    if feature.loinc:
        parts.append(f"LOINC {feature.loinc}.")
    return " ".join(part for part in parts if part)
