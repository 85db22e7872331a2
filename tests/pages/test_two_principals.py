"""Two people in one process: each sees and changes their own things, and does only what their roles allow."""

import json

import pytest
import sqlalchemy as sa
from streamlit.testing.v1 import AppTest

from creason_core.errors import AccessError, StoreError
from creason_core.principal import Principal, Role
from creason_core.store.history import Filters, history_page
from creason_core.store.people.preferences import preferences
from creason_core.store.runs.reveals import is_revealed
from creason_core.store.schema.tables import audit, metadata
from pages.runs.history_actions import export_file
from pages.server.services import PRINCIPAL, services
from tests.pages.driver import Start, answer, goto, mask, open_case, run_to_end, words

ANN, BOB = Principal("ann"), Principal("bob")


def as_(app: AppTest, who: Principal) -> AppTest:
    """The session of somebody who signed in."""
    app.session_state[PRINCIPAL] = who
    app.run()
    if any(button.key == "understood" for button in app.button):
        app.button(key="understood").click().run()
    assert not app.exception
    return app


def asked(start: Start, who: Principal, feature: str) -> AppTest:
    """The session of ``who`` on Hypotheses after a run, its own answer skipped."""
    app = mask(open_case(as_(start(), who)), feature)
    app.button(key="commit_skip").click().run()
    return run_to_end(app)


def groups(user: str) -> list[str]:
    return [item.id for item in history_page(services().db, user, Filters()).items]


def stored() -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    with services().db.read() as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(sa.select(table))), key=str)
            for table in metadata.sorted_tables
            if table.name != "processes"
        }


def audited(action: str) -> list[tuple[str, str]]:
    with services().db.read() as connection:
        rows = connection.execute(sa.select(audit.c.actor, audit.c.object_id).where(audit.c.action == action))
        return [(row.actor, row.object_id) for row in rows]


def with_roles(app: AppTest, *roles: Role) -> AppTest:
    """Ann's session, with other roles from its next callback on."""
    app.session_state[PRINCIPAL] = Principal("ann", frozenset(roles))
    return app


def test_two_people_see_and_change_only_their_own(start: Start) -> None:
    ann, bob = asked(start, ANN, "meanbp1"), asked(start, BOB, "crea1")
    (hers,), (his,) = groups("ann"), groups("bob")
    s = services()
    assert groups(s.settings.user) == []
    next(one for one in ann.button if str(one.key).endswith("_reveal")).click().run()
    assert (is_revealed(s.db, "ann", hers), is_revealed(s.db, "bob", hers)) == (True, False)
    ann.feedback[0].set_value(0).run()  # a rating that is begun is a draft
    assert not bob.run().exception
    assert bob.feedback[0].value is None
    goto(ann, "settings").segmented_control(key="pref_samples").set_value(5).run()
    assert [preferences(s.db, user).samples for user in ("ann", "bob")] == [5, "auto"]
    assert goto(bob, "settings").segmented_control(key="pref_samples").value == "auto"
    values = [goto(app, "history").dataframe[0].value["Value"].to_list() for app in (ann, bob)]
    assert values == [["Mean arterial pressure"], ["Creatinine"]]
    assert json.loads(export_file(ANN, [hers], s.codebooks, "json"))["groups"]
    with pytest.raises(StoreError, match="no such run among yours"):
        export_file(BOB, [hers, his], s.codebooks, "json")
    bob.session_state["history_chosen"] = (hers,)
    assert not any(button.key == "history_delete" for button in bob.run().button)
    assert {actor for actor, _ in audited("export")} == {"ann"}


def test_a_run_of_another_person_is_not_opened_stopped_or_shown(start: Start) -> None:
    ann = mask(open_case(as_(start(answer("A", seconds=30.0)), ANN)), "meanbp1")
    ann.button(key="commit_skip").click().run()
    ann.button(key="run").click().run()
    (hers,) = groups("ann")
    query = {name: str(value) for name, value in ann.query_params.items()}
    bob = goto(as_(start(answer("A", seconds=30.0), **query), BOB), "hypotheses")
    assert "perfusion" not in words(bob)
    assert services().runs.live("bob") == ()
    with pytest.raises(StoreError):
        services().runs.stop("bob", hers)
    assert services().runs.snapshot("ann", hers).live
    services().runs.stop("ann", hers)


def test_a_reader_cannot_rate_delete_or_export_and_nothing_is_stored(start: Start) -> None:
    app = asked(start, ANN, "meanbp1")
    app.feedback[0].set_value(1).run()
    before, (mine,) = stored(), groups("ann")
    with_roles(app, "reader").feedback[0].set_value(0).run()  # what is begun is a draft otherwise
    assert "Rating needs the role rater; you have reader. Nothing was done." in words(app)
    with_roles(app, "reader")
    next(button for button in app.button if str(button.key).endswith("_save")).click().run()
    assert "Rating needs the role rater" in words(app)
    goto(with_roles(app, "reader", "rater"), "history").session_state["history_chosen"] = (mine,)
    app.run()
    with_roles(app, "reader").button(key="history_delete").click().run()
    assert "Deleting and restoring runs needs the role admin or rater" in words(app)
    with pytest.raises(AccessError, match="Exporting needs the role admin or rater"):
        export_file(Principal("ann", frozenset({"reader"})), [mine], services().codebooks, "md")
    assert stored() == before


def test_an_admin_who_reads_no_cases_cannot_ask_or_enter_any(start: Start) -> None:
    app = mask(open_case(as_(start(), ANN)), "meanbp1")
    app.button(key="commit_skip").click().run()
    before = stored()
    with_roles(app, "admin").button(key="run").click().run()
    assert "Asking the model needs the role rater or reader; you have admin." in words(app)
    goto(app, "patient").button(key="copy").click().run()
    assert "Entering cases needs the role rater or reader" in words(app)
    assert stored() == before
