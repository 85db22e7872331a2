"""Step 4: a value is hidden, a guess committed, the model reasons, is stopped and goes on; the value is shown."""

import streamlit as st

from creason_core.demonstration.scenes import MASKED
from pages.components.value_list import value_list
from pages.demonstration.playing import asked, ended_soon, gone_on, put_before_audience, version_of
from pages.demonstration.show import Beat, Show, Step, recorded_badge, told_misfit
from pages.question.answering import answering, chosen_option
from pages.question.asking import asking_of, value_lines
from pages.question.run_actions import commit, is_revealed, own_answer, reveal, stop_run
from pages.session.address import move
from pages.session.case_opening import choose_feature

SCENE = "masked"
GUESS = 3  # the option that the script commits where the presenter has chosen none
HIDE, COMMIT, RUN, STOP, GO_ON, REVEAL = range(6)


def draw(show: Show, beat: int) -> None:
    """The page Hypotheses, brought to ``beat``."""
    if beat >= RUN and told_misfit(show, SCENE):
        return
    if show.entered:
        move(v=version_of(show, SCENE).id, mask=MASKED, run=_brought_to(show, beat))
    asking = asking_of(show.s, show.prefer, version_of(show, SCENE), "mask")
    left, right = st.container(key="halves_demo").columns([4, 8], gap="medium")
    with left:
        value_list(value_lines(asking), choose_feature, "demo_values", height=520)
    with right:
        if asking.question is None:
            st.info("Choose a value of the patient, or press Next.", icon=":material/touch_app:")
            return
        if asking.view:
            recorded_badge(show, SCENE)
            _said(asking.view.status, beat)
            put_before_audience(show, asking.view)
        answering(asking)


def _brought_to(show: Show, beat: int) -> str | None:
    """Does what leads to ``beat`` and was not done; the id of the group that it shows."""
    scene = show.scene(SCENE)
    if beat < RUN:
        return None
    begun = SCENE in show.stage.groups
    if not begun and own_answer(scene.question.id, None) is None:
        chosen = chosen_option(scene.question.id)
        commit(scene.question, version_of(show, SCENE), GUESS if chosen is None else chosen, False)
    group = asked(show, SCENE)
    if group is None or beat == RUN:
        return group
    if beat == STOP:
        if begun:
            stop_run(group)
            ended_soon(show, group)
        return group
    group = gone_on(show, SCENE, group)
    if beat == REVEAL and group and not is_revealed(group):
        ended_soon(show, group)
        reveal(group)
    return group


def _said(status: str, beat: int) -> None:
    if beat == STOP and status == "complete":
        st.caption("The reply had ended before Stop: at the pace ×1 there is time to stop it.")
    if beat == GO_ON and status == "complete":
        st.caption("A stopped reply goes on in a new run; the stopped one is kept as it ended.")


STEP = Step(
    "Hide, guess, watch it reason",
    (
        Beat(
            "Hide the creatinine",
            "The APACHE score is hidden with it: it would give the creatinine away. The options are values of real "
            "patients, the true one among them.",
        ),
        Beat(
            "Commit your guess",
            "Ask for hands: A, B, C, D or E? Choose with Alt+1 to Alt+5 and Next commits it; D where none is chosen. "
            "Nobody sees the model's answer before.",
        ),
        Beat("Watch it reason", "The reply streams. Which values does it name? Which would you have named?"),
        Beat("Stop it", "One key. The text up to here is kept as it is."),
        Beat("Go on", "It goes on from the kept words, in a run of its own: nothing is ever overwritten."),
        Beat(
            "Reveal the recorded value",
            "The record says 8.6 mg/dL, option E; the model says D. It knew the direction and not the size: that is "
            "what you want to find out before you lean on it.",
        ),
    ),
    draw,
)
