"""What a card says of registries that an adapter was not trained on."""

from creason_core.model.adapters.card import measured_elsewhere, trained_elsewhere
from creason_core.model.adapters.manifest import AdapterManifest, read_manifest
from creason_core.model.adapters.shipped import SHIPPED, shipped_folders

DEFAULT, WARM, NOTES = (read_manifest(folder) for folder in shipped_folders(SHIPPED))


def trained_on(adapter: AdapterManifest, cohort: str, **changed: object) -> AdapterManifest:
    return adapter.model_copy(update={"data": adapter.data.model_copy(update={"cohort": cohort}), **changed})


def test_nothing_is_said_of_the_registry_that_it_was_trained_on() -> None:
    assert trained_elsewhere(DEFAULT, (DEFAULT, WARM), "rhc-sepsis") == ""


def test_what_was_measured_elsewhere_is_told_with_its_interval_and_its_questions() -> None:
    line = max((one for one in DEFAULT.results if one.cohort == "ist-stroke"), key=lambda one: one.design)
    assert trained_elsewhere(DEFAULT, (), "ist-stroke") == (
        "This model was trained on rhc-sepsis, not on ist-stroke; measured here, it was right in "
        f"36.0 % ({100 * line.low:.1f} to {100 * line.high:.1f}) of 300 test questions "
        "(stratified-2, balanced, greedy)."
    )


def test_that_nothing_was_measured_is_told_and_results_of_others_are_not_taken_for_its_own() -> None:
    others = tuple(one.model_copy(update={"cohort": "plots"}) for one in WARM.results if one.who == "the base model")
    assert others
    assert trained_elsewhere(WARM.model_copy(update={"results": others}), (), "plots") == (
        "This model was trained on rhc-sepsis, not on plots: its answers here were never measured."
    )


def test_where_nothing_was_measured_here_other_new_registries_are_told_beside_chance() -> None:
    other, stroke = (
        next(one for one in DEFAULT.results if one.cohort == cohort and one.design == "stratified-2, balanced")
        for cohort in ("rhc-other", "ist-stroke")
    )
    said = trained_elsewhere(DEFAULT, (DEFAULT, WARM, NOTES), "plots")
    assert said.endswith(
        "never measured. On registries that it was not trained on it was right in "
        f"39.3 % ({100 * other.low:.1f} to {100 * other.high:.1f}) on rhc-other (chance 34.6), "
        f"36.0 % ({100 * stroke.low:.1f} to {100 * stroke.high:.1f}) on ist-stroke (chance 36.1)."
    )


def test_what_it_was_trained_on_is_no_other_registry() -> None:
    assert "ist-stroke" not in measured_elsewhere(NOTES, (DEFAULT, WARM, NOTES))
    assert "on diabetes (chance 23.5)" in measured_elsewhere(NOTES, (DEFAULT, WARM, NOTES))
    assert measured_elsewhere(NOTES.model_copy(update={"results": ()}), ()) == ""
    bare = tuple(one.model_copy(update={"floors": {}}) for one in NOTES.results)  # as an adapter of one's own may be
    assert measured_elsewhere(NOTES.model_copy(update={"results": bare}), ()) == ""


def test_what_its_parents_were_trained_on_counts() -> None:
    parent = trained_on(WARM, "plots", name="first", version="1", parent="")
    child = trained_on(DEFAULT, "rhc-sepsis", parent="first@1", results=())
    assert trained_elsewhere(child, (parent, child), "plots") == ""
    assert trained_elsewhere(child, (), "plots").startswith("This model was trained on rhc-sepsis, not on plots")
    assert "on rhc-sepsis, plots, not on fields" in trained_elsewhere(child, (parent,), "fields")
    loop = trained_on(child, "rhc-sepsis", name="loop", version="1", parent="loop@1")
    assert "never measured" in trained_elsewhere(loop, (loop,), "plots")
