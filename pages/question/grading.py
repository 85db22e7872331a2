"""How sure a vote makes the model, by the calibration of an evaluation, where there is one for exactly this model."""

import logging

from creason_core import calibration
from creason_core.calibration import Graded
from creason_core.confidence import Tally
from creason_core.engines.base import ModelIdentity
from creason_core.errors import EvaluationError
from creason_core.store.run_rows import RunGroup
from pages.server.services import Services


def graded(s: Services, group: RunGroup, identity: ModelIdentity | None, vote: Tally) -> Graded | None:
    """The grade of ``vote``; None for a single sample, without a winner, or without a calibration that fits.

    A calibration that was altered is as good as none, and is noted in the log.
    """
    if identity is None or vote.samples < 2 or vote.winner is None or vote.abstains:
        return None
    try:
        found = calibration.load(s.settings.data_dir, identity, group.codebook_hash, vote.samples, group.prompt_version)
    except EvaluationError:
        logging.getLogger("pages").warning("a calibration cannot be used", extra={"group": group.id})
        return None
    return found.graded(vote.shares[vote.winner].share, group.masked_feature) if found else None
