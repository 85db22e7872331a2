"""What buttons do. Each function is one callback: read the widgets, call the core once, remember what to say.

Callbacks run before the page is drawn and hold no ``st`` call between the start and the end of a write. Every
write carries a key made when the button was drawn, so a double click writes once.
"""

from collections.abc import Callable
from dataclasses import asdict, replace
from functools import wraps
from typing import Literal, ParamSpec
from uuid import uuid4

import streamlit as st
from pydantic import TypeAdapter

from creason_core.errors import CReasonError, StoreError
from creason_core.record.identifiers import decided_in
from creason_core.store.cases import CaseVersion, case_version, open_public, versions
from creason_core.store.codebooks import keep_codebook
from creason_core.store.drafts import draft, drop_draft, save_draft
from creason_core.store.feedback import Feedback, save_feedback
from creason_core.store.preferences import Preferences, preferences, save_preferences
from pages.components.feedback_row import Rating, begun, comment_key, entered, prefill
from pages.components.inert import inert
from pages.components.read_only import freeze, read_only_notice
from pages.components.shell import NOTICE_VERSION
from pages.server.services import services
from pages.session.address import go, move
from pages.session.typed_text import cleared, decided, forget, restored, storable

P = ParamSpec("P")
POLL_SECONDS = 2.0
Tone = Literal["error", "success"]

_RATING = TypeAdapter(Rating)


def told(action: Callable[P, None]) -> Callable[P, None]:
    """``action`` with its expected failures told on the next drawing instead of raised."""

    @wraps(action)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            action(*args, **kwargs)
        except CReasonError as error:
            tell(str(error), "error")

    return run


def tell(text: str, tone: Tone = "success") -> None:
    """Says ``text`` at the top of the next drawing."""
    st.session_state["told"] = (text, tone)


def show_told() -> None:
    """Draws what the last callback had to say, once; and, while nothing can be saved, that it cannot."""
    trouble = services().db.trouble
    freeze(trouble is not None)
    if trouble is not None:
        read_only_notice(trouble, try_saving)
        st.fragment(_until_saving_works, run_every=POLL_SECONDS)()
    if said := st.session_state.pop("told", None):
        text, tone = said
        if tone == "error":
            st.error(inert(text, 2000), icon=":material/error:")
        else:
            st.toast(inert(text), icon=":material/check_circle:")


def _until_saving_works() -> None:
    """Draws the page anew once the program has saved something; it tries every few seconds by itself."""
    if services().db.trouble is None:
        st.rerun()


def try_saving() -> None:
    """Writes a trifle and takes it away again: where that works, so does saving."""
    s = services()
    try:
        save_draft(s.db, s.user, "trifle", {})
        drop_draft(s.db, s.user, "trifle")
    except StoreError:
        tell("Saving still fails.", "error")
    else:
        tell("Saving works again.")


def key_for(what: str) -> str:
    """The idempotency key of the write that ``what`` names, made when first drawn and kept until ``used``."""
    return str(st.session_state.setdefault(f"idem:{what}", uuid4().hex))


def used(what: str) -> None:
    """The next drawing of ``what`` is another write."""
    st.session_state.pop(f"idem:{what}", None)


@told
def understood() -> None:
    """The first-visit notice was read; where that cannot be stored, it counts until the window is closed."""
    st.session_state["understood_now"] = True
    _prefer(ack_version=NOTICE_VERSION)


@told
def set_preference(name: str, widget: str) -> None:
    """Stores the value of the settings widget called ``widget`` as the preference ``name``."""
    _prefer(**{name: st.session_state[widget]})


@told
def open_public_case(name: str, patient: str, headline: str) -> None:
    """Opens a patient of the cohort ``name`` as a case of this reader and goes to Hypotheses."""
    s = services()
    cohort = s.shelf.named(name)
    keep_codebook(s.db, cohort.codebook)
    version = open_public(s.db, s.user, cohort.name, cohort.case(patient), headline, cohort_hash=cohort.content_hash)
    open_case(version)


def open_case(version: CaseVersion, page: str = "hypotheses") -> None:
    """Makes ``version`` the open case and goes to ``page``."""
    go(page, case=version.case_id, v=version.id, mask=None, run=None)


@told
def reset_to_original(case_id: str, page: str) -> None:
    """Opens the first version of a case; the later ones stay."""
    s = services()
    open_case(versions(s.db, s.user, case_id)[0], page)


@told
def open_run(version_id: str, group_id: str) -> None:
    """Goes to a run, whatever its state."""
    s = services()
    version = case_version(s.db, s.user, version_id)
    go("hypotheses", case=version.case_id, v=version.id, mask=None, run=group_id)


def choose_feature(feature: str | None) -> None:
    """Masks ``feature`` (None: nothing); the run that was shown is left, not lost."""
    move(mask=feature, run=None)


@told
def rate(run_id: str, form: str, supersedes: str | None, idem: str) -> None:
    """Stores the rating that stands in the form called ``form``."""
    s = services()
    rating = entered(form)
    if rating is None:  # the thumb was taken back while Save was on its way
        return
    save_feedback(
        s.db,
        s.user,
        run_id,
        idem=idem,
        thumb=rating.thumb,
        reasons=rating.reasons,
        severity=rating.severity,
        comment=rating.comment,
        train_ok=rating.train_ok,
        supersedes=supersedes,
        cleared=cleared(comment_key(form)),
    )
    forget(comment_key(form))
    drop_draft(s.db, s.user, f"rating:{run_id}")
    st.session_state.pop(f"editing:{run_id}", None)
    tell("Feedback saved.")


@told
def keep_rating(run_id: str, form: str) -> None:
    """Keeps what stands in the form called ``form`` as a draft, so that a reload loses none of it."""
    s = services()
    if rating := entered(form):
        comment = storable(comment_key(form), rating.comment)
        save_draft(s.db, s.user, f"rating:{run_id}", {"form": form, **asdict(rating), "comment": comment})
    else:
        drop_draft(s.db, s.user, f"rating:{run_id}")


def restore_rating(run_id: str, form: str) -> None:
    """Opens the form called ``form`` with what was begun in it, where this session has not drawn it yet."""
    if begun(form):
        return
    s = services()
    kept = draft(s.db, s.user, f"rating:{run_id}")
    if kept and kept["form"] == form:
        rating = _RATING.validate_python({name: value for name, value in kept.items() if name != "form"})
        prefill(form, replace(rating, comment=restored(comment_key(form), rating.comment)))
        st.session_state[f"editing:{run_id}"] = True


def edit_rating(run_id: str, form: str, saved: Feedback) -> None:
    """Opens a saved rating in the form called ``form``; nothing is overwritten until it is saved."""
    decided(comment_key(form), decided_in(saved.comment))
    prefill(form, Rating(saved.thumb, saved.reasons, saved.severity, saved.comment, saved.train_ok))
    st.session_state[f"editing:{run_id}"] = True


def _prefer(**changed: object) -> None:
    s = services()
    now = preferences(s.db, s.user)
    save_preferences(s.db, s.user, Preferences.model_validate(now.model_dump() | changed))
