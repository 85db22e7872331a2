"""``creason library``: add, list, remove, check and review, in sentences and with exit codes."""

import json
from pathlib import Path

import pytest

from creason_core.cli import main
from creason_core.guideline.documents.folders import COLUMNS
from creason_core.settings import settings
from tests.guideline.documents.made import encrypted, pdf

Capture = pytest.CaptureFixture[str]
TOLD = ("--title", "Shock pathway", "--organisation", "St Elsewhere", "--date", "2025-03", "--valid-until", "open",
        "--population", "adults")  # fmt: skip


@pytest.fixture(autouse=True)
def a_place_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CREASON_DATA_DIR", str(tmp_path / "data"))
    settings.cache_clear()


def said(capsys: Capture, *arguments: str) -> tuple[int, str]:
    code = main(["library", *arguments])
    out = capsys.readouterr()
    return code, out.out + out.err


def listed(capsys: Capture, *arguments: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(said(capsys, "list", "--json", *arguments)[1])
    return found


def test_a_document_is_added_listed_checked_signed_and_taken_out(tmp_path: Path, capsys: Capture) -> None:
    file = tmp_path / "pathway.pdf"
    file.write_bytes(pdf(["Contents", "", "Start noradrenaline."], title="By the file"))
    code, told = said(capsys, "add", str(file))
    assert code == 1
    assert "nobody has said its title, who issued it, its date" in told
    assert "its title may be 'By the file'" in told
    code, told = said(capsys, "add", str(file), *TOLD)
    assert (code, "2 passages of 3 pages" in told, "1 of 3 pages hold no text" in told) == (0, True, True)
    (one,) = listed(capsys)
    assert (one["title"], one["status"], one["published"]) == ("Shock pathway", "current", "2025-03")
    assert "Shock pathway (St Elsewhere)" in said(capsys, "list")[1]
    assert said(capsys, "add", str(file), *TOLD)[0] == 1  # it is there
    file.write_bytes(pdf(["Start vasopressin."]))
    code, told = said(capsys, "add", str(file), *TOLD, "--supersedes", one["id"])
    assert (code, f"It supersedes {one['id']}" in told) == (0, True)
    assert [row["status"] for row in listed(capsys)] == ["superseded", "current"]
    assert said(capsys, "check")[0] == 0
    assert said(capsys, "review", one["id"], "--name", "Dr B. Ito")[0] == 0
    assert (
        "signed by Dr C. Roe on 2026-11-01"
        in said(capsys, "review", "ssc26-map-65", "--name", "Dr C. Roe", "--date", "2026-11-01")[1]
    )
    assert said(capsys, "review", "ssc26-map-65", "--take-back")[0] == 0
    assert said(capsys, "review", "ssc26-map-65")[0] == 1  # by nobody
    newer = listed(capsys)[1]["id"]
    code, told = said(capsys, "remove", newer)
    assert (code, f"It superseded {one['id']}" in told) == (0, True)
    assert [row["status"] for row in listed(capsys, "--removed")] == ["current", "removed"]
    assert said(capsys, "remove", "nothing")[0] == 1


def test_an_index_that_does_not_fit_is_told_and_made_anew(tmp_path: Path, capsys: Capture) -> None:
    file = tmp_path / "pathway.md"
    file.write_text("Start noradrenaline.", encoding="utf-8")
    assert said(capsys, "add", str(file), *TOLD)[0] == 0
    (settings().library_dir / "documents.index").write_bytes(b"x" * 5_000)
    code, told = said(capsys, "check")
    assert (code, "PROBLEM: The index does not fit: it cannot be read" in told) == (1, True)
    assert said(capsys, "check", "--rebuild")[0] == 0


def test_a_folder_says_what_was_not_added(tmp_path: Path, capsys: Capture) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a.md").write_text("Start noradrenaline.", encoding="utf-8")
    (folder / "locked.pdf").write_bytes(encrypted(pdf(["x"]), "secret"))
    code, told = said(capsys, "add", str(folder))
    assert (code, "Give --table FILE.csv" in told) == (1, True)
    table = tmp_path / "table.csv"
    lines = [f"{name},Pathway,St Elsewhere,2025,open,adults," for name in ("a.md", "locked.pdf")]
    table.write_text("\n".join([",".join(COLUMNS), *lines]), encoding="utf-8")
    code, told = said(capsys, "add", str(folder), "--table", str(table))
    assert (code, "NOT ADDED: locked.pdf: The PDF is encrypted" in told) == (1, True)
    assert [row["file_name"] for row in listed(capsys)] == ["a.md"]


def test_an_antibiogram_is_added_refused_superseded_and_listed(tmp_path: Path, capsys: Capture) -> None:
    file = tmp_path / "icu.csv"
    file.write_text("organism,drug,n,susceptible,period\nE. coli,meropenem,40,0.98,2024\n", encoding="utf-8")
    code, told = said(capsys, "antibiogram", str(file), "--title", "St Elsewhere, ICU")
    assert (code, "may be a percentage, a fraction or a count" in told) == (1, True)
    code, told = said(capsys, "antibiogram", str(file), "--share", "fraction")
    assert (code, "nobody has said of which hospital or ward it is" in told) == (1, True)
    code, told = said(capsys, "antibiogram", str(file), "--share", "fraction", "--title", "St Elsewhere, ICU")
    assert (code, "2024-01-01 to 2024-12-31: 1 rows" in told) == (0, True)
    code, told = said(capsys, "antibiogram", str(file), "--share", "fraction", "--title", "st elsewhere, icu")
    assert (code, "was added already for St Elsewhere, ICU" in told) == (1, True)
    file.write_text("organism,drug,n,% susceptible\nE. coli,meropenem,29,97\n", encoding="utf-8")
    code, told = said(capsys, "antibiogram", str(file), "--period", "2025", "--title", "St Elsewhere, ICU")
    assert (code, "It supersedes " in told, "1 of 1 rows rest on fewer than 30 isolates" in told) == (0, True, True)
    code, told = said(capsys, "antibiogram", str(file), "--period", "2023", "--title", "St Elsewhere, ICU")
    assert (code, "It is older than " in told) == (0, True)
    listed_now = said(capsys, "antibiogram")[1]
    assert "3 antibiograms, 1 in force." in listed_now
    assert [line.split()[1] for line in listed_now.splitlines()[:3]] == ["superseded", "in", "superseded"]
    assert said(capsys, "antibiogram", str(tmp_path / "none.csv"), "--title", "St Elsewhere, ICU")[0] == 1
