"""FHIR resources become a long table: whose, when, what, how much; what is withdrawn or no value is told."""

import json

import pytest

from creason_core.errors import UploadError
from creason_core.record.codebook import packaged_codebook
from creason_core.record.importing.files.protocol import Table
from creason_core.record.importing.reading import read_table
from creason_core.record.importing.suggesting import suggest

LOINC, UCUM = "http://loinc.org", "http://unitsofmeasure.org"


def observation(
    loinc: str = "2160-0", value: object = 1.2, patient: str = "Patient/7", **other: object
) -> dict[str, object]:
    made: dict[str, object] = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": LOINC, "code": loinc}], "text": "Creatinine"},
        "subject": {"reference": patient},
        "effectiveDateTime": "2020-03-05T08:00:00+01:00",
        "valueQuantity": {"value": value, "unit": "mg/dL", "system": UCUM, "code": "mg/dL"},
    }
    made.update(other)
    return {key: value for key, value in made.items() if value is not None}


def bundle(*resources: object, **other: object) -> bytes:
    entries = [{"resource": resource} for resource in resources]
    return json.dumps({"resourceType": "Bundle", "type": "searchset", "entry": entries, **other}).encode()


def said(table: Table) -> str:
    return " ".join((*table.notes, *(problem.message for problem in table.problems)))


PATIENT = {"resourceType": "Patient", "id": "7", "gender": "female", "birthDate": "1950-12-24",
           "name": [{"family": "Musterfrau"}], "identifier": [{"value": "MRN-4711"}]}  # fmt: skip
CREATININE = ("Patient/7", "2020-03-05T08:00:00+01:00", "Creatinine (2160-0)", "1.2", "mg/dL")


@pytest.mark.parametrize(
    ("name", "data"),
    {
        "a.json": bundle(observation()),
        "b.json": json.dumps(observation()).encode(),
        "c.json": json.dumps([observation(), {"resourceType": "Device"}]).encode(),
        "d.ndjson": b"\n".join([b"", json.dumps(observation()).encode()]),
        "f.json": b"\n".join([json.dumps(one).encode() for one in (observation(), {"resourceType": "Device"})]),
        "g.json": bundle(observation(valueQuantity={"value": 1.2, "code": "mg/dL"})),
        "e.json": bundle({"resourceType": "Bundle", "entry": [{"resource": observation()}]}),
    }.items(),
)
def test_every_form_of_fhir_gives_the_same_row(name: str, data: bytes) -> None:
    table = read_table(data, name)
    assert table.columns == ("Patient", "Time", "Test", "Value", "Unit")
    assert [row.cells for row in table.rows] == [CREATININE]


def test_loinc_codes_name_the_features_and_nothing_of_the_person_is_read() -> None:
    table = read_table(bundle(PATIENT, observation()), "a.json")
    assert ("Patient/7", "", "Sex", "female", "") in [row.cells for row in table.rows]
    everything = repr(table)
    assert not any(word in everything for word in ("1950", "Musterfrau", "4711"))
    names = suggest(table, packaged_codebook("rhc")).names
    assert [(item.target, item.why) for item in names if "2160" in item.name] == [("crea1", "LOINC")]


def test_components_comparators_words_and_specimens_are_rows() -> None:
    pressure = observation(valueQuantity=None, component=[
        {"code": {"coding": [{"system": LOINC, "code": "8480-6"}]}, "valueQuantity": {"value": 120, "unit": "mmHg"}},
        {"code": {"text": "Position"}, "valueCodeableConcept": {"coding": [{"display": "Sitting"}]}},
    ])  # fmt: skip
    limit = observation(valueQuantity={"value": 0.5, "comparator": "<", "unit": "mg/dL"}, specimen={"reference": "#s"},
                        contained=[{"resourceType": "Specimen", "id": "s", "type": {"text": "Urine"}}])  # fmt: skip
    rows = [row.cells[2:6] for row in read_table(bundle(pressure, limit), "a.json").rows]
    assert rows == [("8480-6", "120", "mmHg", ""), ("Position", "Sitting", "", ""),
                    ("Urine Creatinine (2160-0)", "<0.5", "mg/dL", "Urine")]  # fmt: skip


def test_a_code_that_is_not_known_keeps_its_words_from_naming_a_feature() -> None:
    coded = [observation(code={"text": "Creatinine", "coding": [{"system": LOINC, "code": code}]}) for code in
             ("2160-0", "35203-9", "2161-8")]  # fmt: skip
    urine = observation(code={"text": "Creatinine"}, specimen={"display": "Urine"})
    table = read_table(bundle(*coded, urine), "a.json")
    found = {item.name: item.target for item in suggest(table, packaged_codebook("rhc")).names}
    assert [name for name, target in found.items() if target == "crea1"] == ["Creatinine (2160-0)"]


@pytest.mark.parametrize(
    ("resource", "words"),
    [
        (observation(status="entered-in-error"), "left out: marked entered-in-error"),
        (observation(valueQuantity=None, dataAbsentReason={"text": "clotted"}), "left out: without a value"),
        (observation(status="preliminary"), "preliminary: a final value may differ"),
        (observation(subject={"reference": "Device/3"}), "left out: about a device"),
        (observation(subject=None), "names no patient, and others do"),
        (observation(subject={"reference": "#me"}), "stands inside the Observation"),
        (observation(valueQuantity=None, valueRange={"low": {"value": 1}}), "left out: a Range where one number"),
        (observation(valueString="x"), "more than one value"),
        (observation(dataAbsentReason={"text": "not performed"}), "says that it has none ('not performed')"),
        (observation(modifierExtension=[{"url": "x"}]), "left out: with a modifier extension"),
        (observation(valueQuantity={"value": 1, "unit": "mg/dL", "system": UCUM, "code": "umol/L"}), "they differ"),
        (observation(code={"coding": [{"system": LOINC, "code": one} for one in ("2160-0", "2951-2")]}), "2 different"),
        ({"resourceType": "Encounter"}, "not read: 1 Encounter"),
        ({"resourceType": "Patient", "gender": "male"}, "has no id"),
    ],
)  # fmt: skip
def test_what_is_no_value_is_told(resource: object, words: str) -> None:
    table = read_table(bundle(observation(), resource), "a.json")
    assert words in said(table)
    assert len(table.rows) == 1 + ("preliminary" in words)


def test_one_patient_under_several_references_is_one_and_two_servers_are_two() -> None:
    whose = ("Patient/7", "https://a.example/fhir/Patient/7", "Patient/7/_history/3")
    table = read_table(bundle(*(observation(patient=one) for one in whose)), "a.json")
    assert set(table.column("Patient")) == {"Patient/7"}
    apart = [observation(patient=f"https://{server}.example/fhir/Patient/7") for server in "ab"]
    assert len(set(read_table(bundle(*apart), "a.json").column("Patient"))) == 2


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (bundle(), "no Observation with a value"),
        (bundle(observation(), type="history"), "is a history"),
        (bundle({"resourceType": "Observation", "id": "a"}, observation(id="a")), "two versions of one Observation"),
        (json.dumps([{"age": 63}, observation()]).encode(), "Item 1 is no FHIR resource"),
    ],
)
def test_resources_that_cannot_be_a_table_are_refused_in_words(data: bytes, words: str) -> None:
    with pytest.raises(UploadError, match=words):
        read_table(data, "a.json")


def test_a_page_of_several_and_a_value_sent_twice_are_told() -> None:
    data = bundle(observation(id="a"), observation(id="a"), link=[{"relation": "next", "url": "x"}])
    table = read_table(data, "a.json")
    assert len(table.rows) == 1
    assert "one page of several" in said(table)
    assert "a second time" in said(table)
