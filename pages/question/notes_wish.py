"""Whether the model is given the registry's notes on a question."""

from creason_core.cohort.cohort import Cohort
from creason_core.errors import EvaluationError
from creason_core.evaluation.registry_notes.making import with_notes
from creason_core.model.adapters.versions import Versions
from creason_core.question.kinds import Question
from creason_core.question.prompts import NOTES_VERSION
from creason_core.record.case import PatientCase
from creason_core.store.people.preferences import Preferences
from pages.server.services import Services


def noted(question: Question, s: Services, prefer: Preferences, case: PatientCase, cohort: Cohort) -> Question:
    """``question`` with the registry's notes in its prompt where the reader, or the model's training, wants them."""
    return given(question, case, cohort) if wanted(s, prefer) else question


def given(question: Question, case: PatientCase, cohort: Cohort) -> Question:
    """``question`` with the registry's notes, where they can be made."""
    try:
        return with_notes(question, case, cohort)
    except EvaluationError:  # scikit-learn is missing: the plain prompt can always be asked
        return question


def wanted(s: Services, prefer: Preferences) -> bool:
    """Whether prompts have notes: as chosen in Settings, else as the adapter that answers was trained."""
    if prefer.notes != "auto":
        return prefer.notes == "always"
    digest = s.answering.identity.adapter_hash
    if not digest:
        return False
    manifests = Versions(s.settings.data_dir, s.user).all()
    return any(one.hash == digest and one.data.prompt_version == NOTES_VERSION for one in manifests)
