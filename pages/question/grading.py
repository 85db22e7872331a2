"""How sure a vote makes the model, by the calibration of an evaluation, where there is one for just such questions."""

import logging
from collections.abc import Sequence

from creason_core.cohort.cohort import Cohort
from creason_core.errors import CohortError, EvaluationError
from creason_core.evaluation import calibration
from creason_core.evaluation.calibration import Conditions
from creason_core.model.adapters.card import measured_elsewhere, trained_elsewhere
from creason_core.model.adapters.versions import Versions
from creason_core.model.engines.base import ModelIdentity
from creason_core.question.confidence import Vote
from creason_core.question.hiding_more import by_hand
from creason_core.question.kinds import read_question, task_of
from creason_core.question.prompts import NOTES_VERSION
from creason_core.store.runs.run_rows import Run, RunGroup, one_model
from pages.components.result_card import Grading, MeasuredOtherwise, TrainedElsewhere
from pages.server.services import Services


def graded(s: Services, group: RunGroup, runs: Sequence[Run], vote: Vote) -> Grading:
    """What is known of how far ``vote``, of the samples ``runs`` of ``group``, can be trusted.

    An adapter that was trained on other registries alone is never graded, whatever was calibrated. Else the grade of
    the calibration; None for a single sample, without a winner, where not every sample ended or not all are of one
    model, or without any calibration. None fits an estimate, or a question whose reader let something through the leak
    guard or hid more by hand: no evaluation asks such questions.
    A calibration that was altered is as good as none, and is noted in the log.
    """
    identity = one_model(runs)
    if identity is None:
        return None
    if said := elsewhere(s, identity, group.cohort):
        return TrainedElsewhere(said)
    if vote.samples < 2 or vote.samples != len(runs) or vote.winner is None or vote.abstains:
        return None
    try:
        cohort = s.shelf.find(group.cohort, group.codebook_hash)
        return _by_calibration(s, group, conditions_of(cohort, group, identity, vote.samples), vote, cohort)
    except CohortError:
        return None
    except EvaluationError:
        logging.getLogger("pages").warning("a calibration cannot be used", extra={"group": group.id})
        return None


def _by_calibration(s: Services, group: RunGroup, conditions: Conditions | None, vote: Vote, cohort: Cohort) -> Grading:
    if conditions is None or vote.winner is None:
        return None
    found = calibration.load(s.settings.data_dir, conditions, cohort.content_hash)
    if found is None:
        other = calibration.nearest(s.settings.data_dir, conditions, cohort.content_hash)
        return MeasuredOtherwise(other) if other else None
    if not found.speaks_of(group.masked_feature):
        return None
    return found.graded(vote.shares[vote.winner].share, group.masked_feature)


def elsewhere(s: Services, identity: ModelIdentity, cohort: str) -> str:
    """Where the adapter that answers was not trained on ``cohort``: that it was not, by its manifest; else empty.

    Names one that reads the registry's notes, where there is one that was measured on registries new to it.
    """
    if not identity.adapter or not cohort:
        return ""
    manifests = Versions(s.settings.data_dir, s.user).all()
    found = next((one for one in manifests if one.hash == identity.adapter_hash), None)
    said = trained_elsewhere(found, manifests, cohort) if found else ""
    if found is None or not said or found.data.prompt_version == NOTES_VERSION:
        return said
    for reader in manifests:
        if reader.data.prompt_version == NOTES_VERSION and (measured := measured_elsewhere(reader, manifests)):
            return f"{said} {reader.title} reads the registry's notes instead and can be chosen in Settings. {measured}"
    return said


def conditions_of(cohort: Cohort, group: RunGroup, identity: ModelIdentity, samples: int) -> Conditions | None:
    """Under which the samples of ``group`` were asked for; None for a question that no evaluation asks."""
    question = read_question(group.question_json)
    if question.guard_off or by_hand(question) or question.codebook_hash != cohort.codebook.content_hash:
        return None
    task = task_of(question, cohort.codebook)
    if not task.evaluated or task.design_version is None:
        return None
    if group.cohort_hash not in ("", cohort.content_hash):  # made again since: other patients, another split
        return None
    return Conditions(
        identity=identity,
        cohort=cohort.name,
        codebook_hash=question.codebook_hash,
        split_hash=cohort.split_hash,
        design=task.design,
        design_version=task.design_version,
        prompt_version=group.prompt_version,
        scoring="majority",
        samples=samples,
        temperature=group.temperature,
        max_tokens=group.max_tokens,
    )
