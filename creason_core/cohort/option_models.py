"""What the options about a feature are drawn from, fitted once for a cohort."""

from functools import lru_cache

from creason_core.cohort.cohort import Cohort
from creason_core.cohort.donor_bins import Donors, fit_donors
from creason_core.cohort.donors import Part, donor_values
from creason_core.cohort.options import Design, OptionModel, fit_options


@lru_cache(maxsize=512)
def option_model(cohort: Cohort, feature: str) -> OptionModel:
    """The options of ``feature``, fitted on the measured values of the cohort's training patients."""
    described = cohort.codebook.feature(feature)
    return fit_options(described, cohort.measured_training(described).tolist(), cohort.mixture(feature))


def donors_in(cohort: Cohort, feature: str, design: Design, version: int, part: Part) -> Donors:
    """Who gives the values beside a true one of ``part`` of ``cohort``, in a version of a design."""
    return _donors(cohort, feature, part if (design, version) == ("stratified", 2) else "fitted")


@lru_cache(maxsize=2048)
def _donors(cohort: Cohort, feature: str, part: Part) -> Donors:
    return fit_donors(option_model(cohort, feature), donor_values(cohort, cohort.codebook.feature(feature), part))
