"""The questions of the demonstration: about one packaged patient, the same for whoever records and whoever shows them.

Each is asked exactly as the app asks it, once and greedily. Changing a scene, a prompt or the patient makes another
prompt, for which the old recording is not shown: ``creason recording make`` makes the new one.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from creason_core.cohort.cohort import Cohort
from creason_core.model.engines.base import GenerationRequest
from creason_core.model.engines.replay import Recording, prompt_hash
from creason_core.question.hiding_more import hide_more
from creason_core.question.kinds import MaskedValue
from creason_core.question.masked_value import MultipleChoiceQuestion
from creason_core.question.prompts import PROMPT_VERSION
from creason_core.question.task import temperature_for
from creason_core.record.case import Entry, PatientCase, make_case
from creason_core.record.codebook import Codebook

COHORT = "rhc-sepsis"
PATIENT = "rhc-0895"  # a man of 54 in septic shock, with what a room of clinicians talks about: MAP 58, creatinine 8.6
MASKED = "crea1"
CHANGES = {"pressure": ("meanbp1", 75.0), "potassium": ("pot1", 6.2)}  # scene → what is changed, and to what
WITHOUT = {"without pH": "ph1", "without potassium": "pot1"}  # scene → a cited value that is hidden with the masked one
SEED = 0  # as on the page Hypotheses


@dataclass(frozen=True, slots=True)
class Scene:
    """One question of the demonstration."""

    name: str
    case: PatientCase
    question: MultipleChoiceQuestion

    def request(self, codebook: Codebook, max_tokens: int) -> GenerationRequest:
        """What the app sends for the one sample of it."""
        task = MaskedValue(self.question, codebook)
        return task.prepare(self.case, sample=0, temperature=temperature_for(1), max_tokens=max_tokens).request


def scenes(cohort: Cohort) -> Mapping[str, Scene]:
    """The scenes by name: "masked", of the patient as recorded, and those of ``CHANGES`` and of ``WITHOUT``.

    Raises:
        CReasonError: The cohort has no such patient, or the question cannot be asked of them.
    """
    case = cohort.case(PATIENT)
    masked = MaskedValue.build(case, MASKED, cohort, seed=SEED)
    found = [Scene("masked", case, masked)]
    for name, (feature, value) in CHANGES.items():
        entries = [Entry(feature=feature, value=value) if one.name == feature else one for one in case.entries]
        other = make_case(case.patient, entries, cohort.codebook)
        found.append(Scene(name, other, MaskedValue.build(other, MASKED, cohort, seed=SEED)))
    for name, feature in WITHOUT.items():
        found.append(Scene(name, case, hide_more(masked, (feature,), case, cohort.codebook)))
    return {scene.name: scene for scene in found}


def fits(scene: Scene, codebook: Codebook, found: Recording | None) -> str:
    """Why the recording ``found`` is not shown as the answer to ``scene``, in a sentence; empty where it is."""
    if found is None:
        return "There is no recording of this question."
    if found.prompt == prompt_hash(scene.request(codebook, 1).messages):
        return ""
    made = f" on {found.made:%d %b %Y}" if found.made else ""
    words = f"prompt version {found.prompt_version}, now {PROMPT_VERSION}"
    why = words if found.prompt_version != PROMPT_VERSION else "the patient or the options differ"
    return (
        f"The reply was recorded{made} for another version of this question ({why}), so it is not shown as an answer "
        "to this one."
    )
