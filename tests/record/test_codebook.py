"""The codebook: the packaged one is complete, and a bad one is refused with the reason."""

import time
from pathlib import Path

import pytest
import yaml

import creason_core.record.codebook as codebook_module
from creason_core.errors import CodebookError
from creason_core.record.codebook import Codebook, packaged_codebook, parse_codebook

TEXT = """
name: tiny
version: 1
title: t
population: p
source: s
citation: c
sections: [Labs]
features:
- {name: na, label: Sodium, section: Labs, kind: number, time: day1, unit: mmol/L, unit_label: mmol/L}
"""


@pytest.fixture(scope="module")
def rhc() -> Codebook:
    return packaged_codebook("rhc")


def test_the_packaged_codebook_describes_52_features_in_eight_sections(rhc: Codebook) -> None:
    assert len(rhc.features) == 52
    assert {section: len(rhc.in_section(section)) for section in rhc.sections} == {
        "Demographics": 6, "Comorbidity": 13, "Admission diagnoses": 12, "Vitals, day 1": 6, "Labs, day 1": 10,
        "Severity, day 1": 2, "Treatment, day 1": 2, "Outcome": 1,
    }  # fmt: skip


def test_every_number_has_tiers_that_lie_within_each_other(rhc: Codebook) -> None:
    for feature in rhc.features:
        assert feature.definition, feature.name
        if not feature.numeric:
            continue
        assert feature.unit, feature.name
        assert feature.impossible, feature.name
        assert feature.confirm, feature.name
        for inner, outer in ((feature.confirm, feature.impossible), (feature.reference, feature.confirm)):
            for end in (inner.low, inner.high) if inner else ():
                assert end is None or outer.contains(end), feature.name


def test_no_alias_or_label_names_two_features(rhc: Codebook) -> None:
    names = [alias.casefold() for feature in rhc.features for alias in feature.aliases]
    assert sorted(names) == sorted(set(names))


def test_groups_for_audit_and_the_outcome_have_their_roles(rhc: Codebook) -> None:
    assert [feature.name for feature in rhc.features if feature.role == "audit"] == ["race", "income", "ninsclas"]
    assert [feature.name for feature in rhc.features if feature.role == "outcome"] == ["dth30"]
    assert {feature.name for feature in rhc.features} & {"surv2md1", "t3d30", "death", "dthdte"} == set()


def test_values_are_written_with_the_codebooks_decimals(rhc: Codebook) -> None:
    assert rhc.feature("ph1").text(7.399998) == "7.40"
    assert rhc.feature("crea1").text_with_unit(3.1) == "3.1 mg/dL"
    assert rhc.feature("cat2").text("None") == "None"


@pytest.mark.alone
def test_the_packaged_codebook_parses_fast() -> None:
    text = (Path(codebook_module.__file__).parent / "codebooks" / "rhc.yaml").read_text(encoding="utf-8")
    started = time.perf_counter()
    parse_codebook(text, "rhc.yaml")
    assert time.perf_counter() - started < 0.15


def test_the_content_hash_follows_the_content() -> None:
    first, second = (parse_codebook(text, "tiny.yaml") for text in (TEXT, TEXT.replace("Sodium", "Natrium")))
    assert first.content_hash == parse_codebook(TEXT, "elsewhere.yaml").content_hash
    assert first.content_hash != second.content_hash


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"section": "Vitals"}, "na is in section 'Vitals', which is not declared"),
        ({"derived_from": ["k"]}, "na is derived from unknown features: k"),
        ({"levels": [{"code": "a", "label": "a"}]}, "na is number and cannot have levels"),
        ({"kind": "binary"}, "na is binary and needs at least two levels"),
        ({"kind": "ordinal", "levels": [{"code": "a", "label": "a"}] * 2}, "na repeats a level code"),
        ({"impossible": {"low": 9, "high": 1}}, "the range 9–1 ends before it starts"),
        ({"impossible": {}}, "a range needs at least one end"),
        ({"kind": "float"}, "Input should be 'number', 'integer'"),
        ({"name": "Na+"}, "String should match pattern"),
        ({"colour": "red"}, "features → 1 → colour: there is no such key"),
    ],
)
def test_a_bad_feature_is_refused_with_the_reason(change: dict[str, object], told: str) -> None:
    content = yaml.safe_load(TEXT)
    content["features"][0] |= change
    with pytest.raises(CodebookError) as caught:
        parse_codebook(yaml.safe_dump(content, allow_unicode=True), "tiny.yaml")
    assert caught.value.message.startswith("The codebook tiny.yaml is not valid:")
    assert told in caught.value.message
    assert caught.value.remedy == "Correct that file."


def test_a_feature_named_twice_an_unknown_tie_and_broken_yaml_are_refused() -> None:
    content = yaml.safe_load(TEXT)
    for bad, told in (
        (content | {"features": content["features"] * 2}, "named twice: na"),
        (content | {"ties": [{"features": ["na", "k"], "reason": "r"}]}, "a tie names unknown features: k"),
    ):
        with pytest.raises(CodebookError, match=told):
            parse_codebook(yaml.safe_dump(bad), "tiny.yaml")
    with pytest.raises(CodebookError, match=r"tiny\.yaml is not valid"):
        parse_codebook("name: [", "tiny.yaml")


def test_an_unknown_codebook_or_feature_is_told_with_what_there_is(rhc: Codebook) -> None:
    with pytest.raises(CodebookError, match=r"no packaged codebook 'mimic'\. There is: .*rhc"):
        packaged_codebook("mimic")
    with pytest.raises(CodebookError, match=r"has no feature 'lactate'\. It has: age, sex"):
        rhc.feature("lactate")


def test_a_codebook_may_say_in_its_own_words_when_values_are_known() -> None:
    plain = parse_codebook(TEXT, "tiny.yaml")
    own = parse_codebook(f"{TEXT}times: {{day1: when the house was listed}}\n", "tiny.yaml")
    assert (plain.when(plain.features[0]), own.when(own.features[0])) == ("on day 1", "when the house was listed")
    assert "times" not in plain.model_dump_json()  # no part of the hash while it says nothing
    with pytest.raises(CodebookError, match="times → day2"):
        parse_codebook(f"{TEXT}times: {{day2: later}}\n", "tiny.yaml")


def test_who_a_patient_is_is_no_part_of_the_hash_since_no_question_hangs_on_it() -> None:
    plain, told = (parse_codebook(text, "x") for text in (TEXT, TEXT.replace("sections:", "who: [na]\nsections:")))
    assert (plain.who, told.who) == ((), ("na",))
    assert plain.content_hash == told.content_hash
    assert "who" not in plain.model_dump_json()
    assert packaged_codebook("rhc").who == ("age", "sex", "cat1")
    # What questions, ratings and calibrations of before name: it may never change.
    assert packaged_codebook("rhc").content_hash.startswith("dfaca612d694")
    assert packaged_codebook("ist").content_hash.startswith("538e46415154")


@pytest.mark.parametrize(("name", "role", "told"), [
    ("k", "predictor", "who names unknown features: k"),
    ("na", "outcome", "who names na, which no header may tell"),
    ("na", "audit", "who names na, which no header may tell"),
])  # fmt: skip
def test_who_names_only_features_that_a_header_may_tell(name: str, role: str, told: str) -> None:
    text = TEXT.replace("sections:", f"who: [{name}]\nsections:").replace("time: day1", f"time: day1, role: {role}")
    with pytest.raises(CodebookError, match=told):
        parse_codebook(text, "x")


def test_a_changed_copy_keeps_nothing_that_was_worked_out_before_the_change() -> None:
    before = parse_codebook(TEXT, "x")
    assert (before.by_name["na"].label, len(before.content_hash)) == ("Sodium", 64)
    renamed = before.features[0].model_copy(update={"label": "Natrium"})
    after = before.model_copy(update={"features": (renamed,)})
    assert after.by_name["na"].label == "Natrium"
    assert after.content_hash != before.content_hash
