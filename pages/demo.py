"""Demo: eight steps of the real pages with recorded replies, for a room or for whoever wants to look first."""

import streamlit as st

from creason_core.errors import CReasonError, StoreError
from creason_core.store.people.preferences import preferences
from pages.components.inert import inert
from pages.demonstration.place import entered, find_place, follow
from pages.demonstration.presenting import bar, live_failed, other_window, step_list
from pages.demonstration.script import STEPS
from pages.demonstration.show import Show
from pages.server.services import enter_stage
from pages.server.stage import stage_here
from pages.session.messages import redraw, show_said, show_told

try:
    stage = stage_here()
except StoreError as error:  # a full disk, for example, which is told above
    show_told()
    st.title("Demo")
    st.error(f"The demo cannot open the file that it plays on: {inert(error, 2000)}", icon=":material/save:")
    st.stop()
enter_stage(stage.services)
place = find_place(stage, STEPS)
step = STEPS[place.step]
show = Show(stage, stage.services(), preferences(stage.services().db, stage.owner), entered(place, stage.take))
stage.step = f"{place.step + 1}. {step.title}"
show_told()
failed = live_failed(show)
bar(show, place, failed=failed)
other_window(stage, place)
with st.sidebar:
    step_list(stage, place)
st.subheader(step.title)
st.caption(step.beats[place.beat].line)
try:
    step.draw(show, place.beat)
except CReasonError as error:
    st.error(f"{inert(error, 2000)} The demo goes on with Next.", icon=":material/error:")
show_said()  # a step asks while it is drawn
if live_failed(show) and not failed:
    redraw()
follow(stage)
