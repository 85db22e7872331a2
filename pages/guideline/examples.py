"""Questions to start from on Ask: those that the library answers for the illness that the record tells of."""

from collections.abc import Container, Sequence

from creason_core.guideline.facts import find
from creason_core.guideline.reading import starter_library
from creason_core.record.case import PatientCase
from creason_core.record.codebook import Codebook

SEPSIS = (
    "Fluids or vasopressor next?",
    "Is anaerobic cover indicated?",
    "How soon antibiotics?",
    "Steroids in septic shock?",
    "When to transfuse?",
)
STROKE = (
    "Tenecteplase or alteplase?",
    "How low must the blood pressure be before thrombolysis?",
    "Basilar occlusion: thrombectomy?",
    "Stockings or pneumatic compression?",
    "When to start anticoagulation after a stroke?",
)


def examples(case: PatientCase | None, codebook: Codebook, hidden: Container[str]) -> Sequence[str]:
    """Five questions: about stroke where the record says that it is one and nothing hides that, else about sepsis."""
    if case is None:
        return SEPSIS
    return STROKE if find("ischaemic stroke", starter_library().vocabulary, case, codebook, hidden).holds else SEPSIS
