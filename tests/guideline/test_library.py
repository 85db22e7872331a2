"""The library: the one that ships keeps its rules, and a broken one is told in words."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
import yaml

from creason_core.errors import GuidelineError
from creason_core.guideline.conditions import parts
from creason_core.guideline.library import days
from creason_core.guideline.reading import parse_library, starter_library
from creason_core.guideline.refusals import gives_dose

FACTS = """
facts:
- {name: MAP, analyte: mean arterial pressure}
- {name: sepsis, recorded_as: [{names: [Sepsis], present: ["Yes"], absent: ["No"]}]}
judged: [allergy]
"""
TEXT = """
name: tiny
as_of: "2026-11-29"
review: Not clinically reviewed
guidelines:
- {key: old, organisation: A, title: Old, published: "2016", url: "https://a.org/old", status: superseded,
   superseded_by: new, licence: not seen}
- {key: new, organisation: A, title: New, published: "2026-03-23", url: "https://a.org/new", status: current,
   licence: not seen}
- {key: other, organisation: B, title: Other, published: "2024-02", url: "https://b.org/other", status: current,
   licence: not seen}
recommendations:
- {id: old-map, guideline: old, section: "1", population: adults, topics: [pressure], seen_in: publisher,
   seen_as: numbers, statement: Keep the pressure at 65 or more., needs: [MAP]}
- {id: new-map, guideline: new, section: "2", population: adults, topics: [pressure], seen_in: publisher,
   seen_as: numbers, statement: Keep the pressure at 65., supersedes: [old-map], needs: [MAP, allergy],
   when: [{fact: MAP, below: 65, unit: "mm[Hg]"}]}
- {id: other-map, guideline: other, section: "3", population: adults, topics: [pressure], seen_in: secondary,
   seen_as: content, statement: Keep the pressure at 75., who: [{fact: sepsis, holds: true}]}
conflicts:
- {about: the pressure, sides: [new-map, other-map]}
"""


def test_the_one_that_ships_is_whole() -> None:
    library = starter_library()
    assert len(library.recommendations) == 135
    assert library.as_of <= datetime.now(UTC).date()
    assert {one.review for one in [library]} == {"Not clinically reviewed"}
    assert len({one.statement for one in library.recommendations}) == 135


def test_nothing_that_is_superseded_is_current_on_the_day_of_the_library() -> None:
    library = starter_library()
    status = {one.id: library.status(one, library.as_of) for one in library.recommendations}
    assert all(status[old] == "superseded" for old in library.replaced_by)
    assert all(status[one.id] == "superseded" for one in library.recommendations if one.guideline == "ssc21")
    assert {one.guideline for one in library.recommendations if status[one.id] == "draft"} == {"kdigo26"}
    assert "not yet published" not in status.values()


def test_no_grade_of_a_source_that_was_not_seen_stands_in_it() -> None:
    graded = [text for one in starter_library().recommendations for text in (one.strength, one.certainty)]
    assert not any("not seen" in text for text in graded)
    by_id = starter_library().by_id
    assert (by_id["ssc26-map-65"].strength, by_id["ssc26-map-65"].certainty) == ("strong", "moderate")
    assert (by_id["ssc26-abx-shock-1h"].strength, by_id["ssc26-abx-shock-1h"].certainty) == ("strong", "")
    assert (by_id["ssc21-map-65"].strength, by_id["ssc21-map-65"].certainty) == ("", "")


def test_links_go_to_publishers_alone() -> None:
    guidelines = starter_library().guidelines
    links = [link for one in guidelines for link in (one.url, *(fix.url for fix in one.corrections))]
    hosts = {link.split("/")[2] for link in links}
    assert hosts == {
        "doi.org", "www.nice.org.uk", "kdigo.org", "www.idsociety.org", "www.cdc.gov", "www.who.int",
        "dailymed.nlm.nih.gov",
    }  # fmt: skip


def test_a_limit_that_is_not_the_sources_own_is_told() -> None:
    ours = {"MAP", "lactate"}
    for one in starter_library().recommendations:
        if ours & {part.fact for rule in one.when for part in parts(rule)}:
            assert one.reading, one.id


def test_statements_that_name_a_drugs_amount_are_known_as_such() -> None:
    assert {one.id for one in starter_library().recommendations if gives_dose(one.statement)} == {
        "ais26-thrombolytic-agent", "ais26-tnk-04", "amr26-crab", "cap19-inpatient-regimen", "hap16-vancomycin-trough",
        "renal-ceftriaxone", "renal-levofloxacin", "ssc21-steroids", "ssc21-vasopressin-add", "ssc26-steroids",
    }  # fmt: skip


@pytest.mark.parametrize(("published", "first", "last"), [
    ("2026", "2026-01-01", "2026-12-31"),
    ("2024-02", "2024-02-01", "2024-02-29"),
    ("2026-03-23", "2026-03-23", "2026-03-23"),
])  # fmt: skip
def test_a_date_is_as_exact_as_it_was_seen(published: str, first: str, last: str) -> None:
    assert days(published) == (date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(("on", "status"), [
    ("2015-12-31", ("not yet published", "not yet published", "not yet published")),
    ("2016-06-30", ("not yet published", "not yet published", "not yet published")),
    ("2016-12-31", ("current", "not yet published", "not yet published")),
    ("2024-02-28", ("current", "not yet published", "not yet published")),
    ("2024-02-29", ("current", "not yet published", "current")),
    ("2026-03-22", ("current", "not yet published", "current")),
    ("2026-03-23", ("superseded", "current", "current")),
])  # fmt: skip
def test_what_was_in_force_depends_on_the_day(on: str, status: tuple[str, ...]) -> None:
    library = parse_library(TEXT, FACTS, "tiny.yaml")
    found = tuple(library.status(one, date.fromisoformat(on)) for one in library.recommendations)
    assert found == status


CORRECTED = "corrections: [{url: 'https://a.org/correction', seen_in: publisher, published: '2026-05'"


def test_a_correction_is_told_as_it_is_known_and_of_the_statements_that_it_is_about() -> None:
    def told(more: str) -> dict[str, list[str]]:
        made = f'published: "2026-03-23", {CORRECTED}{more}}}], url: "https://a.org/new"'
        text = TEXT.replace('published: "2026-03-23", url: "https://a.org/new"', made)
        library = parse_library(text, FACTS, "tiny.yaml")
        return {one.id: [said.told for said in library.corrections(one)] for one in library.recommendations}

    unread = "The guideline was corrected in 2026-05. What was corrected was not read: check before use."
    assert told("") == {"old-map": [], "new-map": [unread], "other-map": []}
    assert told(", recommendations: [new-map], says: It said 56.")["new-map"] == [
        "This statement was corrected in 2026-05. It said 56."
    ]
    library = starter_library()
    assert {one.guideline for one in library.recommendations if library.corrections(one)} == {"ssc26"}
    (known,) = library.corrections(library.by_id["ssc26-map-65"])
    assert known.told == (
        "The guideline was corrected (date not seen), as a secondary source tells. "
        "What was corrected was not read: check before use."
    )


ANOTHER = "}, {url: 'https://a.org/c', seen_in: publisher"


@pytest.mark.parametrize(("more", "why"), [
    (f"{ANOTHER}, published: '2026-02-30'", "came out on 2026-02-30, and there is no"),
    (f"{ANOTHER}, published: '2027'", "came out in 2027, after 2026-11-29"),
    (f"{ANOTHER}, published: '2026-02'", "came out in 2026-02, before the guideline"),
    (", recommendations: [other-map]", "names other-map, which is not one of its recommendations"),
    ("}, {url: 'javascript:alert(1)', seen_in: publisher", "corrections → 2 → url"),
])  # fmt: skip
def test_a_correction_that_cannot_be_is_told_in_words(more: str, why: str) -> None:
    made = f'published: "2026-03-23", {CORRECTED}{more}}}], url: "https://a.org/new"'
    with pytest.raises(GuidelineError) as refused:
        parse_library(TEXT.replace('published: "2026-03-23", url: "https://a.org/new"', made), FACTS, "tiny.yaml")
    assert why in refused.value.message


def replaced(old: str, new: str) -> Callable[[str], str]:
    assert old in TEXT + FACTS
    return lambda text: text.replace(old, new)


@pytest.mark.parametrize(("change", "told"), [
    (replaced("name: tiny", "name: [tiny"), "is not valid"),
    (lambda _: "- a\n- b", "it is not a list of named parts"),
    (lambda _: "", "it is not a list of named parts"),
    (replaced("seen_as: content", "seen_as: hearsay"), "other-map → seen_as: Input should be 'numbers' or 'content'"),
    (replaced("section: \"3\"", "section: \"3\", colour: red"), "other-map → colour: Extra inputs are not permitted"),
    (replaced("section: \"3\", ", ""), "other-map → section: Field required"),
    (replaced("section: \"3\"", "section: \"3\", section: \"4\""), "the key 'section' comes twice"),
    (replaced("https://a.org/new", "javascript:alert(1)"), "new → url"),
    (replaced("https://a.org/new", "http://a.org/new"), "new → url"),
    (replaced("2026-03-23", "2026-02-30"), "new was published on 2026-02-30, and there is no such day"),
    (replaced("2024-02", "2024-13"), "other was published on 2024-13, and there is no such day"),
    (replaced("2026-03-23", "2027"), "new was published in 2027, after 2026-11-29"),
    (replaced("id: other-map", "id: new-map"), "The recommendation new-map is there twice"),
    (replaced("guideline: other", "guideline: lost"), "other-map belongs to the guideline lost"),
    (replaced("supersedes: [old-map]", "supersedes: [lost]"), "new-map supersedes lost, which is not in"),
    (replaced("seen_in: secondary", "seen_in: secondary, supersedes: [new-map]"),
     "other-map supersedes new-map, and is not the later one"),
    (replaced("needs: [MAP]}", "needs: [MAP], supersedes: [new-map]}"), "supersede one another in a circle"),
    (replaced("status: current,\n   licence: not seen}\n- {key: other", "status: current, superseded_by: old,\n   "
              "licence: not seen}\n- {key: other"), "The guideline new is current and superseded by old"),
    (replaced("needs: [MAP, allergy]", "needs: [shoe size]"), "new-map needs 'shoe size', which is no patient fact"),
    (replaced("sides: [new-map, other-map]", "sides: [new-map]"), "about the pressure names one body only"),
    (replaced("sides: [new-map, other-map]", "sides: [old-map, other-map]"), "names old-map, which is not current"),
    (replaced("fact: MAP, below: 65", "fact: allergy, below: 65"), "cannot be tested: no record holds 'allergy'"),
    (replaced("below: 65, unit: \"mm[Hg]\"", "below: 65, unit: mg/dL"), "cannot be tested: its unit 'mg/dL' does not"),
    (replaced("fact: sepsis, holds: true", "fact: MAP, holds: true"), "nothing says which values of 'MAP' mean"),
    (replaced("fact: sepsis, holds: true", "fact: sepsis, above: 1"), "'sepsis' is a finding and has no numbers"),
    (replaced("below: 65", "below: 65, at_most: 70"), "has two limits on one side"),
    (replaced("below: 65", "below: 65, at_least: 65"), "allows nothing: 65 is not below 65"),
    (replaced("below: 65, unit: \"mm[Hg]\"", "holds: true, below: 65"), "needs limits, or 'holds', and not both"),
    (replaced("below: 65", "below: .nan"), "finite"),
    (replaced("analyte: mean arterial pressure", "analyte: shoe size"), "no measurement is called 'shoe size'"),
    (replaced("judged: [allergy]", "judged: [MAP]"), "facts named twice: MAP"),
    (replaced("analyte: mean arterial pressure", "colour: red"), "vocabulary → facts → MAP → colour: Extra"),
])  # fmt: skip
def test_a_broken_library_is_told_in_words(change: Callable[[str], str], told: str) -> None:
    assert parse_library(TEXT, FACTS, "tiny.yaml")
    with pytest.raises(GuidelineError) as refused:
        parse_library(change(TEXT), change(FACTS) if change(TEXT) == TEXT else FACTS, "tiny.yaml")
    assert "The library of guidelines tiny.yaml" in refused.value.message
    assert told in refused.value.message
    assert refused.value.remedy


def test_a_file_that_runs_code_is_refused() -> None:
    with pytest.raises(GuidelineError):
        parse_library("name: !!python/object/apply:os.system [true]", FACTS, "tiny.yaml")
    deep = yaml.dump({"name": "x"}) + "a: " + "[" * 5_000
    with pytest.raises(GuidelineError):
        parse_library(deep, FACTS, "tiny.yaml")
