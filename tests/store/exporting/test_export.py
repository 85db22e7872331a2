"""Exports: owned, complete, written to the audit log, inert in a spreadsheet and in Markdown."""

import csv
import io
import json
import re
from importlib.metadata import version

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from creason_core.errors import StoreError
from creason_core.model.engines.weights import read_manifest, seal
from creason_core.settings import settings
from creason_core.store import audit
from creason_core.store.exporting.export import export
from creason_core.store.exporting.markdown import block, span
from creason_core.store.exporting.origins import sampling, weights_source
from creason_core.store.exporting.spreadsheet import cell
from creason_core.store.people.feedback import save_feedback
from creason_core.store.people.own_answers import save_answer
from creason_core.store.records import group_records
from creason_core.store.runs.live_rows import Ending, RunProgress, finish
from creason_core.store.runs.marks import delete
from creason_core.store.runs.reveals import save_reveal
from creason_core.store.runs.run_rows import RunGroup, runs_of
from creason_core.store.sql.transactions import Database
from tests.store.conftest import sqlite_db
from tests.store.examples import CODEBOOK, USER, books, queued_group, running_process, saved_case

__all__ = ["sqlite_db"]

ATTACK = '=HYPERLINK("http://127.0.0.1:9/x")\n```\n![x](http://127.0.0.1:9/leak.png)\n<img src=x>\n~~~ \\boxed{C}'


def ended_group(db: Database, idem: str = "g", text: str = ATTACK) -> RunGroup:
    if idem == "g":
        running_process(db)
    group = queued_group(db, saved_case(db), idem=idem, samples=2)
    for run in runs_of(db, USER, group.id):
        progress = RunProgress(run.id, "checking", text, 3, None, None, None)
        finish(db, USER, progress, Ending("complete", "", "stop", "C", 2))
    return group


def commented(db: Database, group: RunGroup, comment: str) -> None:
    save_feedback(
        db, USER, runs_of(db, USER, group.id)[0].id, idem="f", thumb="down", reasons=("too vague",), severity=None,
        comment=comment, train_ok=False, supersedes=None,
    )  # fmt: skip


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_every_format_says_how_to_ask_the_same_again(sqlite_db: Database) -> None:
    group = ended_group(sqlite_db)
    (record,) = group_records(sqlite_db, USER, [group.id])
    facts = [group.id, record.question.id, record.version.case.content_hash, CODEBOOK.content_hash, "C-Reason 0.1.0"]
    facts += [f"streamlit {version('streamlit')}", "greedy: always the likeliest token"]
    for form in ("md", "json", "csv"):
        text = export(sqlite_db, USER, [group.id], books(sqlite_db), form).decode()
        assert [fact for fact in facts if fact not in text] == []
        assert "For research and education." in text
        assert "stratified-1" in text
        assert "A) 1.0 mmol/L" in text


def test_where_weights_came_from_is_told_where_they_are() -> None:
    folder = settings().models_dir / "small"
    folder.mkdir(parents=True)
    (folder / "model.safetensors").write_bytes(b"weights")
    seal(folder, "small", source="someone/small@4f2a9c1", licence="Apache-2.0", made_with={})
    assert weights_source(read_manifest(folder).manifest.hash) == "someone/small@4f2a9c1"
    assert weights_source("0" * 64) == weights_source("") == ""
    assert sampling(0.7).startswith("drawn from the whole distribution at temperature 0.7;")


def test_json_keeps_every_character_and_every_sample(sqlite_db: Database) -> None:
    group = ended_group(sqlite_db)
    save_answer(sqlite_db, USER, group.id, 1, False, idem="own")
    (written,) = json.loads(export(sqlite_db, USER, [group.id], books(sqlite_db), "json"))["groups"]
    assert [run["text"] for run in written["runs"]] == [ATTACK, ATTACK]
    assert [run["prompt"] for run in written["runs"]] == ["[user]\nprompt 0", "[user]\nprompt 1"]
    assert [run["seed"] for run in written["reproducibility"]["samples"]] == [7, 8]
    assert [option.split()[0] for option in written["options"]] == ["1.0", "2.0", "4.2"]
    assert (written["model_answer"], written["agreement"]) == (written["options"][2], "2 of 2 samples")
    assert written["own_answer"] == f"{written['options'][1]} (unsure)"


def test_the_recorded_value_stays_out_until_it_was_revealed(sqlite_db: Database) -> None:
    group = ended_group(sqlite_db, text="Unsure.")
    for form in ("md", "json", "csv"):
        before = export(sqlite_db, USER, [group.id], books(sqlite_db), form).decode()
        assert "not revealed to the reader" in before
        assert '"key"' not in before
    assert rows(export(sqlite_db, USER, [group.id], books(sqlite_db), "csv"))[0]["recorded"] == ""
    save_reveal(sqlite_db, USER, group.id)
    assert rows(export(sqlite_db, USER, [group.id], books(sqlite_db), "csv"))[0]["recorded"] == "4.2 mmol/L"


def test_csv_has_a_row_a_sample_and_no_cell_that_begins_a_formula(sqlite_db: Database) -> None:
    group = ended_group(sqlite_db)
    commented(sqlite_db, group, "@SUM(1)")
    found = rows(export(sqlite_db, USER, [group.id], books(sqlite_db), "csv"))
    assert [row["sample"] for row in found] == ["1", "2"]
    assert (found[0]["text"], found[0]["comment"], found[1]["comment"]) == (f"'{ATTACK}", "'@SUM(1)", "")
    assert not [value for row in found for value in row.values() if value[:1] in tuple("=+-@\t\r")]


def test_markdown_quotes_what_the_model_wrote_and_nothing_ends_the_quotation(sqlite_db: Database) -> None:
    group = ended_group(sqlite_db)
    commented(sqlite_db, group, "see `x` <b> |")
    outside = re.sub(
        r"(?ms)^(`{3,})text\n.*?^\1$", "", export(sqlite_db, USER, [group.id], books(sqlite_db), "md").decode()
    )
    outside = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", outside)
    assert [sign for sign in ("![", "<", "http", "www", "HYPERLINK", "|") if sign in outside] == []
    assert "Rated: not good; ; comment: ; may not be used to train." in outside


def test_nobody_exports_what_another_asked_nor_what_is_deleted_or_live(sqlite_db: Database) -> None:
    mine = ended_group(sqlite_db)
    with pytest.raises(StoreError, match="no such run among yours"):
        export(sqlite_db, "bob", [mine.id], books(sqlite_db), "json")
    with pytest.raises(StoreError, match="no such run among yours"):
        export(sqlite_db, USER, [mine.id, "nothing"], books(sqlite_db), "json")
    live = queued_group(sqlite_db, saved_case(sqlite_db), idem="live")
    with pytest.raises(StoreError, match="deleted or still live"):
        export(sqlite_db, USER, [live.id], books(sqlite_db), "json")
    delete(sqlite_db, USER, [mine.id])
    with pytest.raises(StoreError, match="deleted or still live"):
        export(sqlite_db, USER, [mine.id], books(sqlite_db), "json")
    with pytest.raises(StoreError, match="0 runs were chosen"):
        export(sqlite_db, USER, [], books(sqlite_db), "json")
    assert exports(sqlite_db) == []


def test_an_export_is_in_the_audit_log_without_a_value(sqlite_db: Database) -> None:
    group = ended_group(sqlite_db)
    export(sqlite_db, USER, [group.id], books(sqlite_db), "md")
    assert [json.loads(detail) for detail in exports(sqlite_db)] == [{"format": "md", "groups": 1, "ids": group.id}]
    assert audit.verify(sqlite_db).problems == ()


def exports(db: Database) -> list[str]:
    with db.read() as connection:
        return list(connection.execute(sa.text("SELECT detail FROM audit WHERE action = 'export'")).scalars())


@given(
    st.text(st.characters(codec="utf-8"), max_size=40) | st.text("=+-@\t\r\n \"'1;,＝－\u200b\ufeff\x00", max_size=6)
)
def test_no_text_begins_a_formula_whatever_it_is(text: str) -> None:
    made = str(cell(text))
    bare = re.sub(r"^[\s\"\x00-\x20\x7f-\xa0\u200b-\u200f\u2060\ufeff]+", "", made)
    assert not bare.startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))
    assert not made.startswith(("\t", "\r", "\n", "\0"))
    assert made.removeprefix("'") == text or made == text


@pytest.mark.parametrize(("given_value", "made"), [
    (-1, -1), (-0.5, -0.5), (7, 7), ("-1", "'-1"), (None, ""), (True, "True"), ("a=b", "a=b"), ("  =1+1", "'  =1+1"),
])  # fmt: skip
def test_numbers_stay_numbers_and_text_stays_readable(given_value: object, made: object) -> None:
    assert cell(given_value) == made  # type: ignore[arg-type]


@given(st.text(max_size=60) | st.text("`~\n\r a", max_size=30))
def test_nothing_ends_a_quotation_early(text: str) -> None:
    lines = block(text).split("\n")
    fence = lines[0].removesuffix("text")
    closing = re.compile(rf"\s{{0,3}}`{{{len(fence)},}}\s*")
    assert [number for number, line in enumerate(lines) if closing.fullmatch(line)] == [len(lines) - 1]
    inline = span(text)
    assert "\n" not in inline
    ticks = len(inline) - len(inline.lstrip("`"))
    assert not re.search(rf"(?<!`)`{{{ticks}}}(?!`)", inline[ticks:-ticks])
