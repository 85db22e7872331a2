"""Opening a case, a version of it or a run, and masking a value of it: where the reader goes."""

from creason_core.principal import Principal
from creason_core.store.patients.cases import CaseVersion, case_version, open_public, versions
from creason_core.store.patients.codebooks import keep_codebook
from creason_core.store.runs.run_rows import group
from creason_core.store.runs.series import places_of
from creason_core.store.runs.what_ifs import WHAT_IFS
from pages.server.services import services
from pages.session.acting import acting
from pages.session.address import go, move


@acting("look")
def open_public_case(me: Principal, name: str, patient: str, headline: str) -> None:
    """Opens a patient of the cohort ``name`` as a case of this reader and goes to Hypotheses."""
    s = services()
    cohort = s.shelf.named(name)
    keep_codebook(s.db, cohort.codebook)
    version = open_public(s.db, me.user, cohort.name, cohort.case(patient), headline, cohort_hash=cohort.content_hash)
    open_case(version)


def open_case(version: CaseVersion, page: str = "hypotheses") -> None:
    """Makes ``version`` the open case and goes to ``page``."""
    go(page, case=version.case_id, v=version.id, mask=None, run=None)


@acting("look")
def reset_to_original(me: Principal, case_id: str, page: str) -> None:
    """Opens the first version of a case; the later ones stay."""
    s = services()
    open_case(versions(s.db, me.user, case_id)[0], page)


@acting("look")
def open_run(me: Principal, version_id: str, group_id: str) -> None:
    """Goes to a run, whatever its state, on the page where it was asked, and to the record that it is of."""
    s = services()
    version = case_version(s.db, me.user, version_id)
    kind, _ = places_of(s.db, me.user, [group_id]).get(group_id, (None, None))
    if kind in WHAT_IFS:
        go("what_if", case=version.case_id, v=version.parent_id if version.n < 0 else version.id, mask=None,
           run=group_id)  # fmt: skip
    else:
        guide = group(s.db, me.user, group_id).kind == "guideline"
        at: dict[str, str | None] = {"guide": group_id, "run": None} if guide else {"run": group_id}
        go("ask" if guide else "hypotheses", case=version.case_id, v=version.id, mask=None, **at)


def choose_feature(feature: str | None) -> None:
    """Masks ``feature`` (None: nothing); the run that was shown is left, not lost."""
    move(mask=feature, run=None)
