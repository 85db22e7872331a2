"""What the audience sees under its link: the step on the screen, the reply, and two thumbs.

A guest is a session that came by the link. It acts as a guest of the stage, draws this and nothing else, and whatever
it presses goes to the stage's own database.
"""

import re
import secrets
from io import BytesIO
from typing import cast

import streamlit as st

from creason_core.demonstration.votes import Thumb, press, pressed
from creason_core.errors import CReasonError
from creason_core.principal import Principal
from creason_core.question.kinds import read_question, task_of
from creason_core.question.prompts import letters
from creason_core.store.runs import run_rows
from pages.components.inert import inert
from pages.components.reasoning_panel import finished_text
from pages.components.shell import INTENDED_USE
from pages.server.services import enter_stage, process_services
from pages.server.stage import GUEST, Stage, StagedReply, StageServices, stages
from pages.session.acting import acting, key_for, used

JOIN, WHO = "join", "guest"
POLL_SECONDS = 3.0
THUMBS: tuple[tuple[Thumb, str, str], ...] = (
    ("up", "Good", ":material/thumb_up:"),
    ("down", "Not good", ":material/thumb_down:"),
)
_GUEST = re.compile(r"[0-9a-f]{16}")


def is_guest() -> bool:
    """Whether this session came by an audience's link, or from another computer while an audience is let in."""
    if JOIN in st.query_params or GUEST in st.session_state:
        return True
    try:
        return bool(process_services().settings.demo_host) and st.context.ip_address is not None
    except CReasonError:  # told by the router
        return False


def audience() -> None:
    """Draws the guest's page."""
    st.title("C-Reason")
    st.caption(INTENDED_USE)
    stage = _joined()
    if stage is None:
        st.info(
            "This link leads to no demonstration that runs here now. Ask the presenter for the link on the screen.",
            icon=":material/link_off:",
        )
        return
    enter_stage(stage.services)
    st.fragment(_now, run_every=POLL_SECONDS)(stage)


def invitation(stage: Stage) -> None:
    """Draws the audience's link, its code, and who can open it."""
    import segno

    link = audience_link(stage)
    st.subheader("Join in")
    image = BytesIO()
    segno.make(link, error="m").save(image, kind="png", scale=6, border=3)
    st.image(image.getvalue(), width=230, alt=f"QR code of the link {link}")
    st.code(link, language=None, wrap_lines=True)
    if not process_services().settings.demo_host:
        st.caption(
            "Only windows on this computer can open it. For a room: `make demo ROOM=` and the address of this computer "
            "in the room's network; whoever comes from there sees the audience's page and nothing else."
        )


def audience_link(stage: Stage) -> str:
    """The address under which the audience votes."""
    host, url = process_services().settings.demo_host, st.context.url or "http://127.0.0.1:8501/demo"
    start, _, rest = url.partition("://")
    address, _, path = rest.partition("/")
    if host:
        address = f"{host}:{address.rpartition(':')[2]}" if ":" in address else host
    return f"{start}://{address}/{path.partition('?')[0]}?{JOIN}={stage.code}"


def _joined() -> Stage | None:
    """The stage of the link, with this session made a guest of it; who reloads stays who they are."""
    code = st.query_params.get(JOIN) or st.session_state.get(JOIN, "")
    st.session_state[JOIN] = code
    who = str(st.session_state.get(GUEST) or st.query_params.get(WHO) or "")
    if not _GUEST.fullmatch(who):
        who = secrets.token_hex(8)
    st.session_state[GUEST] = who
    if code and st.query_params.get(WHO) != who:
        st.query_params.from_dict({JOIN: code, WHO: who})
    return stages().by_code(str(code)) if code else None


def _now(stage: Stage) -> None:
    """What is on the screen now."""
    s = stage.services()
    st.caption(f"On the screen: **{inert(stage.step or 'the demonstration begins soon')}**")
    run_id = stage.shown
    if not run_id:
        st.info("When the model has answered, its reply appears here and you can vote.", icon=":material/hourglass:")
        return
    try:
        reply = _reply(stage, s, run_id)
        mine = pressed(s.db, s.user, run_id)
    except CReasonError:  # a reset while this was drawn
        st.info("The demonstration begins anew.", icon=":material/hourglass:")
        return
    st.markdown(f"**{inert(reply.stem)}**")
    options = zip(letters(len(reply.options)), reply.options, strict=True)
    st.markdown(" · ".join(f"**{letter}** {inert(text)}" for letter, text in options))
    if reply.run.identity and reply.run.identity.engine == "replay":
        st.badge("Recorded", icon=":material/history:", color="violet")
    finished_text(reply.run, reply.options, expanded=True)
    st.markdown("**Was this reasoning good?**")
    with st.container(horizontal=True, gap="small"):
        for thumb, word, icon in THUMBS:
            what = f"{thumb}:{run_id}"
            st.button(
                word,
                key=f"vote_{thumb}",
                icon=icon,
                type="primary" if mine == thumb else "secondary",
                on_click=vote,
                args=(stage.code, run_id, thumb),
                kwargs={"what": what, "idem": key_for(what)},
            )
    st.caption("Your vote is in. You may change it." if mine else "Votes have no name and train nothing.")


def _reply(stage: Stage, s: StageServices, run_id: str) -> StagedReply:
    """The reply ``run_id``, which has ended and changes no more. Raises ``CReasonError`` where it is gone."""
    reply = stage.reply
    if reply is None or reply.run.id != run_id:
        run = run_rows.run(s.db, s.presenter.user, run_id)
        question = read_question(run_rows.group(s.db, s.presenter.user, run.group_id).question_json)
        task = task_of(question, s.codebooks.of(question))
        reply = stage.reply = StagedReply(run, task.stem, task.options)
    return reply


@acting("rate")
def vote(me: Principal, code: str, run_id: str, thumb: str, *, what: str, idem: str) -> None:
    """Stores a guest's thumb under the reply that was on their page."""
    used(what)
    stage = stages().by_code(code)
    if stage is not None:
        press(stage.services().db, me.user, run_id, cast(Thumb, thumb), idem=idem)
