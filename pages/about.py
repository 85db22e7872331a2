"""About the model: what it is, how well it does where that is known, what it must not be used for."""

from dataclasses import replace

import streamlit as st

from creason_core.cohort.cohort import Cohort
from creason_core.evaluation import SavedRun, newest_of, saved_runs
from creason_core.evaluation.baselines.report import ShareOverPatients
from creason_core.evaluation.baselines.saved import SavedBaselines, baselines_of
from creason_core.evaluation.faithfulness import Faithfulness, faithfulness_of
from creason_core.evaluation.report.tables import BASELINE_WORDS
from creason_core.metrics.intervals import Estimate
from creason_core.model.adapters.card import HOW_MEASURED, UNMEASURED, card_of
from creason_core.model.adapters.versions import Versions
from creason_core.model.engines.base import EngineHealth, ModelIdentity
from creason_core.question.prompts import NOTES_VERSION, PROMPT_VERSION
from creason_core.store.people.preferences import preferences
from pages.components.inert import inert
from pages.components.shell import ABOUT_TAB, LIMITS, computes_in
from pages.question.grading import elsewhere
from pages.question.notes_wish import wanted
from pages.server.services import Services, services
from pages.session.opened import opened

OPINIONS = ("prior", "neighbours", "boosting")  # what stands beside an answer
CAVEATS = (
    "It can be fluent and wrong. A convincing explanation is not evidence that the answer is right.",
    "What it writes is not always why it answers. Read it as an argument to check, not as a trace.",
    "It has seen one record, not the patient: nothing that is not in the record reaches it.",
    "An answer about a hidden value is an estimate from the others. It does not say what treatment would do.",
    "It knows patients as the registry that it was trained on has them; care has changed since, and differs elsewhere.",
    "Confidence is the agreement of several samples. Until an evaluation has calibrated it, it is called uncalibrated.",
    "It is not a medical device and must not be used where a decision cannot wait.",
)


def answering_or_shipped(s: Services) -> EngineHealth:
    """How what answers is; while its weights are not on this computer, told of the adapter that ships for them."""
    health, choice = s.answering, s.models.choice
    if health.identity.model_hash or choice is None or choice.because != "default":
        return health
    versions = Versions(s.settings.data_dir, s.user)
    ships = {one.hash for one in versions.all() if one.title == versions.shipped()}
    measured = (run.run.plan.model for run in saved_runs(s.settings.data_dir) if run.shipped)
    like = (one for one in measured if one.adapter_hash in ships and one.model == health.identity.model)
    found = next(like, None)
    if found is None:
        return health
    return replace(health, ready=False, note=choice.aside, identity=ModelIdentity.named(found))


def plain_words(health: EngineHealth) -> None:
    """What it is, in a few sentences."""
    st.markdown(
        "**C-Reason** is a partner to reason with over a structured patient record. You hide a value; a language "
        "model reads the rest and argues for one of several options; you judge the argument. It was built after "
        "Kim et al. (arXiv 2505.02722), who trained a model on such questions from a sepsis registry."
    )
    replayed = health.identity.engine == "replay"
    sent = (
        "They were made earlier: nothing is sent."
        if replayed
        else "Records and questions are sent there and nowhere else."
    )
    title = inert(health.identity.title or "no model")
    if health.ready:
        st.markdown(f"**Here**, {title} answers ({inert(health.where)}). {sent}")
    else:
        st.markdown(f"**Here** nothing answers now; {title} would. {inert(health.note)}")
    if health.identity.engine == "embedded" and not health.identity.adapter:
        st.info(
            "This small model shows that everything works. It has not been trained for these questions: "
            "it usually writes no clear option, and the page then says so.",
            icon=":material/info:",
        )
    st.markdown(
        "**How to read confidence.** One sample says nothing about agreement. With five or ten, the chart shows how "
        "many chose each option, how far that share could be off (95 % interval), and how common each option is in "
        "the registry. An answer that only repeats the commonest option has learned nothing from the patient."
    )


def model_card(health: EngineHealth) -> None:
    """What is known about the weights that answer."""
    identity = health.identity
    facts = {
        "Model": identity.model or "none",
        "Runs on": health.where,
        "State": health.note,
        "Adapter": identity.adapter or "none: the weights as published",
        "Weights, SHA-256": identity.model_hash or "not reported by the engine",
        "Adapter, SHA-256": identity.adapter_hash or "–",
        "Context": f"{health.context_tokens:,} tokens" if health.context_tokens else "not reported by the engine",
        "Computes in": computes_in(identity) or "not reported by the engine",
        "Prompt version": str(PROMPT_VERSION),
    }
    st.dataframe(
        [{"What": name, "Value": value} for name, value in facts.items()],
        hide_index=True,
        alt="The model card as a table",
    )
    card_sections(identity)


def card_sections(identity: ModelIdentity) -> None:
    """What the adapter's manifest says of it: use, data, recipe, and what was measured when it was made."""
    s = services()
    known = {one.hash: one for one in Versions(s.settings.data_dir, s.user).all()}
    found = known.get(identity.adapter_hash)
    if identity.adapter and found is None:
        st.caption("The manifest of this adapter is not on this computer, so its card cannot be shown.")
        return
    shown = card_of(found, identity.model)
    for section in shown.sections:
        st.markdown(f"**{section.title}**\n\n" + "\n".join(f"- {inert(line)}" for line in section.lines))
    if shown.results:
        st.markdown("**Measured when it was made**")
        st.dataframe(list(shown.results), hide_index=True, alt="What was measured of this adapter, with 95 % intervals")
        st.caption(HOW_MEASURED)
    elif found is not None:
        st.caption(UNMEASURED)


def performance(identity: ModelIdentity, cohort: Cohort) -> None:
    """What the newest evaluation of exactly these weights says, on ``cohort`` where there is one, beside its floors."""
    s = services()
    runs = saved_runs(s.settings.data_dir)
    here = [one for one in runs if one.run.plan.questions.cohort == cohort.name]
    asked_in = NOTES_VERSION if wanted(s, preferences(s.db, s.user)) else PROMPT_VERSION
    run = newest_of(here, identity, asked_in) or newest_of(runs, identity, asked_in)
    if said := elsewhere(s, identity, cohort.name):
        st.markdown(inert(said))
    elif run is not None and run not in here:
        st.markdown(f"**Not yet measured** on {inert(cohort.title)}; below is what was measured elsewhere.")
    if run is None:
        others = " Other models have been: see Evaluation." if runs else ""
        st.markdown(
            f"**Not yet measured.** No evaluation of this model on test patients has been finished here.{others}"
        )
    else:
        found, asked = run.summary, run.run.plan.questions
        floors = {floor.name: floor.everything for floor in found.floors} or {"chance": found.chance}
        st.dataframe(
            [
                *(_row(f"This model ({one.scoring})", one.accuracy, one.answered) for one in found.scorings),
                *(_row(BASELINE_WORDS[name], right) for name, right in floors.items()),
            ],
            hide_index=True,
            alt="Accuracy of this model beside chance and other floors, with 95 % intervals",
        )
        st.caption(
            f"{found.questions:,} questions about {found.patients:,} held-out patients of {inert(asked.cohort)}, "
            f"{'every class of a feature equally often' if asked.balanced else 'as they come'}; finished "
            f"{found.finished[:10]}. Options {inert(asked.design)}-{asked.design_version}; {_how(run)}. 95 % intervals "
            "over patients in brackets. An unanswered question counts as not right."
        )
    if scores := baselines_of(s.settings.data_dir, cohort.name, cohort.split_hash):
        second_opinion(scores)
    if figure := faithfulness_of(s.settings.data_dir, identity, cohort.name):
        faithfulness(figure)
    st.page_link("pages/evaluation.py", label="All evaluations", icon=":material/monitoring:")


def second_opinion(found: SavedBaselines) -> None:
    """How good the registry's second opinion is, which stands beside every answer."""
    st.markdown("**The registry's second opinion**, which stands beside every answer")
    rows = [one for name in OPINIONS for one in found.report.scores if (one.group, one.baseline) == ("all", name)]
    st.dataframe(
        [
            {
                "What": BASELINE_WORDS[one.baseline],
                "Right": _percent(one.accuracy),
                "Balanced accuracy": _percent(one.balanced_accuracy),
                "ECE": f"{one.ece.value:.3f} ({_ends(one.ece, 1, 3)})",
            }
            for one in rows
        ],
        hide_index=True,
        alt="Accuracy and calibration error of the second opinion, with 95 % intervals",
    )
    if rows:
        st.caption(
            f"{rows[0].questions:,} questions about {rows[0].patients:,} held-out patients of {inert(found.cohort)}, "
            f"as they come; {found.finished}. ECE: how far the likeliest option's probability is from how often it is "
            "right, of 0–1, uncalibrated. 95 % intervals over patients in brackets."
        )


def _percent(share: ShareOverPatients) -> str:
    return f"{100 * share.value:.1f} % ({_ends(share, 100, 1)})"


def _ends(share: ShareOverPatients, scale: float, places: int) -> str:
    if share.low is None or share.high is None:
        return share.ends
    return f"{scale * share.low:.{places}f} to {scale * share.high:.{places}f}"


def faithfulness(found: Faithfulness) -> None:
    """How many answers hang on what they cite, in words."""
    difference = found.difference
    apart = f"{100 * difference.value:+.1f} points ({difference.ends(lambda end: f'{100 * end:+.1f}')})"
    st.markdown(
        f"**Do answers hang on what they cite?** Of {found.citing:,} answers that cite a value, {_share(found.cited)} "
        f"moved when one that they cite was hidden, and {_share(found.uncited)} when one that they do not cite was: "
        f"a difference of {apart}."
    )
    st.caption(
        f"Greedy answers to {found.plan.questions.asked:,} questions about held-out patients of "
        f"{inert(found.plan.questions.cohort)}, {found.answered:,} answered; the same question each time, 95 % "
        f"intervals over {difference.clusters:,} patients; finished {found.finished[:10]}. A test of behaviour, not of "
        "what goes on inside the model."
    )


def _how(run: SavedRun) -> str:
    """What computed the answers of an evaluation, which may be another engine or precision than answers now."""
    model = run.run.plan.model
    return f"answered by the engine {inert(model.engine)}" + (
        f" in {inert(model.precision)}" if model.precision else ""
    )


def _row(name: str, right: Estimate, answered: Estimate | None = None) -> dict[str, str]:
    return {"Who answers": name, "Right": _share(right), "Answered": _share(answered) if answered else "–"}


def _share(found: Estimate) -> str:
    ends = found.ends(lambda end: f"{100 * end:.1f}")
    return f"{100 * found.value:.1f} % ({ends})"


def data(cohort: Cohort) -> None:
    """Where the patients come from."""
    codebook = cohort.codebook
    counts = ", ".join(f"{len(patients):,} {part}" for part, patients in cohort.split.items())
    st.markdown(f"**{inert(cohort.title)}**: {len(cohort.table):,} patients ({counts}).")
    st.markdown(f"**Population.** {inert(codebook.population)}.")
    st.markdown(f"**Source.** {inert(codebook.source)}.")
    st.markdown(f"**Please cite.** {inert(codebook.citation)}")
    st.markdown(
        f"**Privacy.** {_whose(cohort)} Ages of 90 and over are stored as 90.{_never_sent(cohort)} "
        "What you enter stays in this installation's database; nothing is sent elsewhere."
    )
    st.caption(f"Codebook {inert(codebook.name)} version {codebook.version}, SHA-256 {codebook.content_hash[:12]}…")


def _whose(cohort: Cohort) -> str:
    return "The table is public and de-identified." if cohort.packaged else "The table is this installation's own."


def _never_sent(cohort: Cohort) -> str:
    """What is kept to compare groups, by its labels."""
    kept = [feature.label for feature in cohort.codebook.features if feature.role == "audit"]
    return f" Kept to compare groups and never sent to a model: {inert(', '.join(kept))}." if kept else ""


def cohort_in_question() -> tuple[Cohort, str]:
    """The cohort of the open case, else the reader's default, and why it is not the case's own."""
    version = opened(s)
    gone = s.why_unaskable(version) if version else ""
    return (s.cohort if gone or version is None else s.cohort_of(version)), gone


s = services()
st.title("About the model")
cohort, gone = cohort_in_question()
health = answering_or_shipped(s)
words, card, measured, limits, origin = st.tabs(
    ["In plain words", "Model card", "Measured performance", LIMITS, "Data and citation"],
    key=ABOUT_TAB,
    bind="query-params",
    on_change="rerun",
)
with words:
    plain_words(health)
with card:
    model_card(health)
with measured:
    performance(health.identity, cohort)
with limits:
    st.markdown("\n".join(f"- {line}" for line in CAVEATS))
with origin:
    if gone:
        st.warning(inert(gone), icon=":material/link_off:")
    data(cohort)
