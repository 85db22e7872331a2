"""The rating of a run: kept as a draft while it is given, stored with Save, opened again to change it."""

from dataclasses import asdict, replace

import streamlit as st
from pydantic import TypeAdapter

from creason_core.principal import Principal
from creason_core.record.identifiers import decided_in
from creason_core.store.people.drafts import draft, drop_draft, save_draft
from creason_core.store.people.feedback import Feedback, feedback_for, save_feedback
from creason_core.store.runs.run_rows import Run
from pages.components.feedback_row import RatingFields, begun, comment_key, entered, feedback_row, prefill
from pages.server.services import Services, services
from pages.session.acting import acting, key_for
from pages.session.messages import tell
from pages.session.typed_text import ask, cleared, decided, forget, restored, storable

_RATING = TypeAdapter(RatingFields)


def rating_row(s: Services, run: Run, *, train_ok: bool) -> None:
    """Draws the rating of ``run``: the form, or what was saved."""
    saved = feedback_for(s.db, s.user, run.id)
    form = f"fb_{run.id}_{saved.id if saved else 'first'}"
    restore_rating(run.id, form)
    editing = bool(st.session_state.get(f"editing:{run.id}"))
    idem = key_for(form)
    feedback_row(
        form,
        None if editing else saved,
        train_ok=train_ok,
        on_change=lambda: keep_rating(run.id, form),
        on_save=lambda: rate(run.id, form, saved.id if saved else None, idem),
        on_edit=lambda: edit_rating(run.id, form, saved) if saved else None,
        ask=lambda: ask(comment_key(form), lambda: keep_rating(run.id, form)),
    )


@acting("rate")
def rate(me: Principal, run_id: str, form: str, supersedes: str | None, idem: str) -> None:
    """Stores the rating that stands in the form called ``form``."""
    s = services()
    rating = entered(form)
    if rating is None:  # the thumb was taken back while Save was on its way
        return
    save_feedback(
        s.db,
        me.user,
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
    drop_draft(s.db, me.user, f"rating:{run_id}")
    st.session_state.pop(f"editing:{run_id}", None)
    tell("Feedback saved.")


@acting("rate")
def keep_rating(me: Principal, run_id: str, form: str) -> None:
    """Keeps what stands in the form called ``form`` as a draft, so that a reload loses none of it."""
    s = services()
    if rating := entered(form):
        comment = storable(comment_key(form), rating.comment)
        save_draft(s.db, me.user, f"rating:{run_id}", {"form": form, **asdict(rating), "comment": comment})
    else:
        drop_draft(s.db, me.user, f"rating:{run_id}")


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
    prefill(form, RatingFields(saved.thumb, saved.reasons, saved.severity, saved.comment, saved.train_ok))
    st.session_state[f"editing:{run_id}"] = True
