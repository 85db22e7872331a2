"""Which codebook a new patient or an import is read by: asked only where there are several."""

from collections.abc import Callable

import streamlit as st

from creason_core.cohort.cohort import Cohort
from pages.components.read_only import saving
from pages.components.told_apart import told_apart
from pages.server.services import Services


def one_of_each(s: Services) -> dict[str, Cohort]:
    """By name, a cohort for each codebook at hand: the reader's default first, and for its codebook."""
    default = s.cohort
    found = {default.codebook.content_hash: default}
    for cohort in s.shelf.cohorts.values():
        found.setdefault(cohort.codebook.content_hash, cohort)
    return {cohort.name: cohort for cohort in found.values()}


def codebook_choice(
    s: Services,
    now: str,
    key: str,
    *,
    on_change: Callable[[], None] | None = None,
    fixed: str = "",
    persist: bool = False,
) -> None:
    """Draws the choice, its value the name of a cohort; ``now`` is the present one, ``fixed`` why it cannot change."""
    offered = one_of_each(s)
    chosen = s.shelf.cohorts.get(now)
    if chosen is not None and now not in offered:
        offered = {
            (now if one.codebook.content_hash == chosen.codebook.content_hash else name): one
            for name, one in offered.items()
        }
    names = list(offered) if now in offered else [now, *offered]
    if len(names) < 2:
        return
    st.selectbox(
        "Codebook",
        names,
        index=names.index(now),
        format_func=told_apart(
            names, lambda name: f"{offered[name].codebook.title} ({name})" if name in offered else f"{name}, gone"
        ),
        key=key,
        persist_state="session" if persist else None,
        on_change=on_change,
        **saving(fixed or "Which values there are, in which units, and which patients they are compared with.",
                 disabled=bool(fixed)),
    )  # fmt: skip
