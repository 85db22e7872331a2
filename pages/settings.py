"""Settings: how the program behaves for this reader, and what it runs on."""

import platform
from importlib.metadata import version

import streamlit as st

from creason_core.cohort.loading import own_cohorts
from creason_core.store.people.preferences import preferences
from pages.components.engine_list import engine_list
from pages.components.inert import inert
from pages.components.read_only import saving
from pages.components.told_apart import told_apart
from pages.guideline.library_settings import library_tab
from pages.question.sample_count import A_FEW_SECONDS
from pages.server.services import services
from pages.session.model_choice import model_choice
from pages.session.own_preferences import set_preference

SAMPLES = {"auto": "Automatic", 1: "1 quick", 5: "5 standard", 10: "10 careful"}
NOTES = {"auto": "Automatic", "always": "Always", "never": "Never"}
SIZES = {"normal": "Normal", "large": "Large"}

s = services()
saved = preferences(s.db, s.user)


def switch(name: str, label: str, help_text: str) -> None:
    """One preference that is on or off."""
    st.toggle(
        label,
        value=bool(getattr(saved, name)),
        key=f"pref_{name}",
        on_change=set_preference,
        args=(name, f"pref_{name}"),
        **saving(help_text),
    )


st.title("Settings")
general, library = st.tabs(["General", "Library"])
with library:
    library_tab(s)
with general:
    st.caption("Every change is saved at once.")
    st.subheader("Asking the model")
    model_choice(s)
    st.segmented_control(
        "Samples for a question",
        list(SAMPLES),
        format_func=lambda n: SAMPLES[n],
        default=saved.samples,
        required=True,
        key="pref_samples",
        on_change=set_preference,
        args=("samples", "pref_samples"),
        **saving(
            "More samples show how much the model agrees with itself, and take longer. Automatic: five, which "
            f"confidence is made of, from a model that gives five within {A_FEW_SECONDS:.0f} seconds, else one."
        ),
    )
    st.segmented_control(
        "The registry's notes in the prompt",
        list(NOTES),
        format_func=lambda name: NOTES[name],
        default=saved.notes,
        required=True,
        key="pref_notes",
        on_change=set_preference,
        args=("notes", "pref_notes"),
        **saving(
            "What other patients of the registry say about the hidden value: which visible values go with it, in which "
            "direction, and where the options stand. Automatic: given to a model that was trained with them."
        ),
    )
    switch(
        "commit_first", "My answer first", "Shows the model's output only after you committed to an answer or skipped."
    )
    switch("reasoning_open", "Reasoning opened", "Shows the model's reasoning opened when a run has ended.")
    switch("train_ok", "Feedback may be used to train the model", "The default of the tick box under each rating.")

    switch(
        "researcher",
        "Research: let values past the leak guard",
        "Each value hidden with the masked one gets a switch to show it anyway. The result is marked, and stored so.",
    )

    st.subheader("Reading and typing")
    st.segmented_control(
        "Text size",
        list(SIZES),
        format_func=lambda size: SIZES[size],
        default=saved.text_size,
        required=True,
        key="pref_text_size",
        on_change=set_preference,
        args=("text_size", "pref_text_size"),
        **saving(),
    )
    switch(
        "shortcuts",
        "Keyboard shortcuts",
        "Ctrl+Enter runs, Esc stops, Ctrl+G regenerates, Alt+1 … 5 choose, Ctrl+S saves.",
    )
    st.caption("Light or dark follows your system.")

    st.subheader("Engines")
    engine_list(s.models.registry)

    st.subheader("Cohorts")
    at_hand, default = s.shelf.cohorts, s.cohort.name
    st.selectbox(
        "Cohort for new patients",
        list(at_hand),
        index=list(at_hand).index(default),
        format_func=told_apart(at_hand, lambda name: f"{at_hand[name].title} ({name})" if name in at_hand else name),
        key="pref_cohort",
        on_change=set_preference,
        args=("cohort", "pref_cohort"),
        **saving("Its codebook says what can be entered, and its patients are what an answer is compared with."),
    )
    for broken in s.shelf.broken:
        st.warning(f"{inert(broken.folder)}: {inert(broken.why, 1000)}", icon=":material/broken_image:")
    for cohort in at_hand.values():
        if cohort.guard_outdated:
            st.warning(inert(cohort.guard_outdated, 1000), icon=":material/history:")
    st.caption(f"Your own cohorts lie in {inert(own_cohorts())}, a folder each: `creason cohort make`.")

    st.subheader("This installation")
    health = s.health.latest
    facts = {
        "Program": f"C-Reason {version('creason')}, Python {platform.python_version()}, "
        f"Streamlit {version('streamlit')}",
        "Database": f"{'SQLite' if s.db.sqlite else 'PostgreSQL'}, {s.db.path or 'see CREASON_DATABASE_URL'}",
        "Data folder": str(s.settings.data_dir),
        "Model": f"{health.identity.title}, {health.where}, {health.state}",
        "Reply length": f"at most {s.settings.max_tokens:,} tokens",
        "User": f"{s.user} ({', '.join(sorted(s.principal.roles)) or 'no role'})",
    }
    st.dataframe(
        [{"What": name, "Value": value} for name, value in facts.items()],
        hide_index=True,
        alt="Facts of this installation",
    )
    st.caption("`creason doctor` checks all of this and says what to do about each problem.")
