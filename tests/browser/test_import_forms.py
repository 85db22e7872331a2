"""Tables as other systems write them, in a real browser: what is asked, how often, and exactly what is then stored."""

import io
import json
from collections.abc import Iterator, Mapping
from operator import itemgetter
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect

from creason_core.store.patients.cases import recent_cases
from creason_core.store.upkeep.database import open_store
from tests.bench.app_process import known_user, running_app
from tests.browser.import_moves import attach, choose, onward, paste, tab_import, take_as, tick, upload
from tests.browser.moves import go, heading, settle

pytestmark = pytest.mark.slow

Stored = list[Mapping[str, float | str]]

# A long table of the eICU database: minutes since admission in a column whose name does not say so.
EICU = b"""labid,patientunitstayid,labresultoffset,labtypeid,labname,labresult,labresulttext,labmeasurenamesystem
9001,141765,60,1,creatinine,2.1,2.1,mg/dL
9002,141765,600,1,creatinine,1.9,1.9,mg/dL
9003,141765,2000,1,creatinine,4.0,4.0,mg/dL
9004,141765,60,1,sodium,133,133,mmol/L
9005,141765,60,1,potassium,5.1,5.1,mmol/L
9006,143870,30,1,creatinine,0.8,0.8,mg/dL
9007,143870,30,1,sodium,140,140,mmol/L
9008,143870,900,1,sodium,128,128,mmol/L
9009,143870,30,1,albumin,3.1,3.1,g/dL
"""
# Creatinine and sodium are filled in two events, age and sex in the first alone.
REDCAP = b"""record_id,redcap_event_name,age,sex,crea,na
1,baseline_arm_1,63,Female,1.2,140
1,day_3_arm_1,,,2.0,131
2,baseline_arm_1,71,Male,0.9,138
2,day_3_arm_1,,,1.4,141
"""
GERMAN = (
    ("Fallnummer", "Alter", "Geschlecht", "Kreatinin", "Natrium", "Kalium", "Albumin"),
    (None, "Jahre", None, "µmol/l", "mmol/l", "mmol/l", "g/l"),
    ("4711", "63", "W", "176,8", "141", "4,1", "31,5"),
    ("4712", "71", "M", "88,4", "138", "3,9", "40,0"),
)
OBSERVED = (
    ("7", "2020-03-05T08:00:00+01:00", "2160-0", "Creatinine", 176.8, "umol/L"),
    ("7", "2020-03-05T08:00:00+01:00", "2951-2", "Sodium", 133, "mmol/L"),
    ("7", "2020-03-05T10:00:00+01:00", "8867-4", "Heart rate", 118, "/min"),
    ("8", "2020-03-06T08:00:00+01:00", "2160-0", "Creatinine", 88.4, "umol/L"),
    ("8", "2020-03-06T08:00:00+01:00", "2823-3", "Potassium", 4.4, "mmol/L"),
)


def german() -> bytes:
    """A laboratory's workbook: a row of units under the names, decimal commas in text cells."""
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in GERMAN:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def bundle() -> bytes:
    """A FHIR R4 Bundle of two patients' Observations."""
    entries = [
        {"resource": {
            "resourceType": "Observation", "status": "final", "effectiveDateTime": time,
            "code": {"coding": [{"system": "http://loinc.org", "code": code}], "text": name},
            "subject": {"reference": f"Patient/{patient}"},
            "valueQuantity": {"value": value, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit},
        }}
        for patient, time, code, name, value, unit in OBSERVED
    ]  # fmt: skip
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}).encode()


@pytest.fixture
def app(tmp_path: Path) -> Iterator[str]:
    with running_app(known_user(tmp_path, samples=1)) as url:
        yield url


def cards(page: Page) -> Locator:
    """The questions of the review that are open."""
    return page.locator("[class*='st-key-import_q_'][data-testid='stVerticalBlock']")


def saved(page: Page, folder: Path, patients: int) -> Stored:
    """Saves the import; what is then in the database, a patient an item, by creatinine."""
    page.locator(".st-key-import_save button:enabled").click()
    page.get_by_text(f"Saved {patients} cases").wait_for()
    settle(page)
    store = open_store(f"sqlite:///{folder / 'creason.db'}", folder)
    try:
        newest = recent_cases(store, "local", patients)
    finally:
        store.close()
    return sorted(({e.name: e.value for e in one.case.entries} for one in newest), key=itemgetter("crea1"))


def expected(*patients: Mapping[str, float | str]) -> Any:
    """``patients`` in the order of ``saved``, numbers as near as the program shows them."""
    ordered = sorted(patients, key=itemgetter("crea1"))
    return [{name: _near(value) for name, value in one.items()} for one in ordered]


def _near(value: float | str) -> Any:
    return value if isinstance(value, str) else pytest.approx(value, abs=0.005)


def given(page: Page, name: str, data: bytes) -> None:
    """Uploads a file and goes on to the review."""
    tab_import(page)
    upload(page, FilePayload(name=name, mimeType="application/octet-stream", buffer=data))
    onward(page, 3)
    onward(page, 4)


def test_files_of_four_systems_are_stored_as_they_say_after_few_questions(page: Page, app: str, tmp_path: Path) -> None:
    page.goto(app)
    heading(page, "Home").wait_for()
    go(page, "Patient")

    given(page, "labor.xlsx", german())
    expect(cards(page)).to_have_count(1)
    tick(page, "I have seen this; none of it shall be stored")
    expect(cards(page)).to_have_count(0)
    assert saved(page, tmp_path, 2) == expected(
        {"age": 63, "sex": "Female", "crea1": 2.0, "sod1": 141, "pot1": 4.1, "alb1": 3.15},
        {"age": 71, "sex": "Male", "crea1": 1.0, "sod1": 138, "pot1": 3.9, "alb1": 4.0},
    )

    given(page, "bundle.json", bundle())
    expect(cards(page)).to_have_count(0)
    assert saved(page, tmp_path, 2) == expected({"crea1": 2.0, "sod1": 133, "hrt1": 118}, {"crea1": 1.0, "pot1": 4.4})

    given(page, "lab.csv", EICU)
    expect(cards(page)).to_have_count(1)
    page.get_by_text("They are minutes since admission").click()
    expect(cards(page)).to_have_count(0)
    assert saved(page, tmp_path, 2) == expected(  # 4.0 was measured on the second day
        {"crea1": 2.1, "sod1": 133, "pot1": 5.1}, {"crea1": 0.8, "sod1": 128, "alb1": 3.1}
    )

    tab_import(page)
    attach(page, FilePayload(name="export.csv", mimeType="text/csv", buffer=REDCAP))
    page.locator(".st-key-import_read button").click()
    choose(page, "The file holds values under several sheets or events. Which of them?", "baseline")
    page.locator(".st-key-import_read button").click()
    page.get_by_text("Step 2 of 4").wait_for()
    onward(page, 3)
    onward(page, 4)
    expect(cards(page)).to_have_count(1)  # the file does not say in which unit creatinine stands
    tick(page, "The units are right")
    expect(cards(page)).to_have_count(0)
    assert saved(page, tmp_path, 2) == expected(
        {"age": 63, "sex": "Female", "crea1": 1.2, "sod1": 140}, {"age": 71, "sex": "Male", "crea1": 0.9, "sod1": 138}
    )

    tab_import(page)
    paste(page, "patient\tother\tcreatinine (mg/dL)\n1\t7\t1.1\n2\t8\t0.9\n")
    take_as(page, "other", "Patient: tells rows apart")
    for box, shown in (("Patient", "other"), ("What patient is", "Not used")):  # and not what they stood for before
        expect(page.get_by_role("combobox", name=box, exact=True)).to_have_value(shown)
