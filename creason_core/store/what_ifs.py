"""What-ifs as rows: a copy of a record is a case version of its own source, never one of the patient's own.

It is in no list of versions or recent cases, hides nothing elsewhere, and its ratings are no training rows.
"""

from creason_core.record.case import PatientCase
from creason_core.store.cases import CaseVersion, save_version
from creason_core.store.series import SeriesKind
from creason_core.store.transactions import Database

WHAT_IFS: tuple[SeriesKind, ...] = ("what-if", "sweep", "smallest change")


def save_what_if(db: Database, user: str, base: CaseVersion, copy: PatientCase, *, idem: str) -> CaseVersion:
    """``copy`` as a what-if of ``base``; the same ``idem`` gives the one that was saved first.

    Raises:
        StoreError: The base is not this user's, the key was used for other values, or nothing could be written.
    """
    return save_version(
        db,
        user,
        copy,
        idem=idem,
        case_id=base.case_id,
        parent_id=base.id,
        label=base.label,
        source="what-if",
        cleared=(base.label,),  # it was decided about when the base was named
        cohort=base.cohort,
        cohort_hash=base.cohort_hash,
    )


def version_name(n: int) -> str:
    """What a version is called: "version 2", or "what-if 3"."""
    return f"version {n}" if n > 0 else f"what-if {-n}"
