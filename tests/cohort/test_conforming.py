"""A table held against its codebook: each thing that does not fit, told with value, row, rule and remedy."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from creason_core.cli import main
from creason_core.cohort.conforming import conform
from creason_core.cohort.misfits import Misfit
from creason_core.errors import CodebookError
from creason_core.record.codebook import Codebook, parse_codebook

TEXT = """
name: tiny
version: 1
title: Tiny
population: Everybody
source: s
citation: c
sections: [A]
patient: id
left_out: {id: the key}
features:
- {name: age, label: Age, section: A, kind: integer, time: admission, impossible: {low: 0, high: 120}, loinc: 30525-0}
- {name: lactate, column: Lactate, label: Lactate, section: A, kind: number, decimals: 1, time: admission,
   missing: [pending], not_measured: [1.55]}
- {name: sex, label: Sex, section: A, kind: binary, time: admission,
   levels: [{code: "1", label: Female}, {code: "2", label: Male}]}
"""  # fmt: skip


@pytest.fixture
def codebook() -> Codebook:
    return parse_codebook(TEXT, "tiny.yaml")


@pytest.fixture
def table() -> pd.DataFrame:
    return pd.DataFrame(
        {"id": ["a", "b", "c", "d"], "age": ["50", "61", "", "70"], "Lactate": ["1.2", "1.55", "pending", "3.0"],
         "sex": ["1", "2.0", "female", ""]}
    )  # fmt: skip


def misfits(table: pd.DataFrame, codebook: Codebook) -> dict[str, Misfit]:
    return {misfit.thing: misfit for misfit in conform(table, codebook).misfits}


def test_a_table_that_fits_is_read_as_the_codebook_says(table: pd.DataFrame, codebook: Codebook) -> None:
    conformed = conform(table, codebook)
    assert conformed.misfits == ()
    assert conformed.table["age"].tolist()[:2] == [50, 61]
    assert conformed.table["lactate"].tolist()[:2] == [1.2, 1.55]  # a filled normal keeps its own digits
    assert conformed.table.isna().sum().to_dict() == {"age": 1, "lactate": 1, "sex": 1}
    assert conformed.table["sex"].tolist() == ["1", "2", "1", None]


@pytest.mark.parametrize(
    ("column", "values", "thing", "severity", "told"),
    [
        ("age", ["50", "old", "70", "61"], "age", "cell", "age: text where a number belongs (old). 1 row: 2."),
        ("age", ["50", "61.5", "70", ""], "age", "cell", "not whole, and the codebook says integer (61.5). 1 row: 2."),
        (
            "age",
            ["50", "200", "-1", ""],
            "age",
            "cell",
            "outside 0–120, which the codebook calls impossible (200, -1). 2 rows",
        ),
        ("age", ["50", "95", "91", "90"], "age", "note", "ages over 90 (over 90). 2 rows: 2, 3. They are stored as 90"),
        ("age", ["50", "50", "50", ""], "age", "structure", "one value in every row that has any"),
        ("age", ["", "NA", ".", "-"], "age", "structure", "empty in every row"),
        ("age", ["2020-01-02", "2021-01-02", "", "1"], "age", "structure", "dates where numbers belong"),
        ("age", ["20200102", "20210102", "", ""], "age", "structure", "dates written as numbers"),
        ("Lactate", ["20200102", "20210102", "", ""], "lactate", "structure", "dates written as numbers"),
        (
            "Lactate",
            ["1.25", "2", "3", ""],
            "lactate",
            "note",
            "more than 1 decimals (1.25). 1 row: 1. They will be rounded",
        ),
        ("Lactate", ["1;2", "2", "3", ""], "lactate", "cell", "text where a number belongs (1;2)"),
        (
            "sex",
            ["1", "2", "3", "3"],
            "sex",
            "cell",
            "no level of the codebook (3). 2 rows: 3, 4. Add them to its levels",
        ),
        ("sex", ["1", "1", "1", ""], "sex", "note", "levels that no row has: 2"),
        ("extra", ["x"] * 4, "table", "note", "columns that the codebook does not name: extra"),
    ],
)
def test_what_does_not_fit_is_told(
    table: pd.DataFrame, codebook: Codebook, column: str, values: list[str], thing: str, severity: str, told: str
) -> None:
    table[column] = values
    found = misfits(table, codebook)[thing]
    assert (found.severity, found.remedy != "") == (severity, True)
    assert told in found.sentence()


def test_values_that_cannot_be_are_left_empty_and_counted_never_dropped(
    table: pd.DataFrame, codebook: Codebook
) -> None:
    table["age"] = ["50", "200", "x", "70"]
    conformed = conform(table, codebook)
    assert len(conformed.table) == 4
    assert conformed.table["age"].isna().tolist() == [False, True, True, False]
    assert sum(misfit.count for misfit in conformed.of("cell")) == 2


def test_a_minus_that_is_a_level_or_may_be_no_is_no_gap(table: pd.DataFrame) -> None:
    table["sex"] = "-"
    signs = parse_codebook(
        TEXT.replace('"1", label: Female', '"+", label: "+"').replace('"2", label: Male', '"-", label: "-"'), "t.yaml"
    )
    assert conform(table, signs).table["sex"].tolist() == ["-"] * 4
    words = parse_codebook(TEXT.replace("Female", "'Yes'").replace("Male", "'No'"), "t.yaml")
    assert "no level of the codebook (-). 4 rows" in misfits(table, words)["sex"].sentence()


def test_a_column_that_is_not_there_is_told_with_one_that_differs_in_capitals(
    table: pd.DataFrame, codebook: Codebook
) -> None:
    found = misfits(table.rename(columns={"age": "AGE", "id": "key"}), codebook)
    assert "write 'column: AGE'" in found["age"].sentence()
    assert "no column 'id' of patients' keys" in found["patient"].sentence()


def test_an_outcome_used_as_a_predictor_does_not_fit(table: pd.DataFrame) -> None:
    content = yaml.safe_load(TEXT)
    content["features"][0] |= {"time": "outcome"}
    content["features"][1] |= {"column": "mortality"}
    table["mortality"] = table["Lactate"]
    found = misfits(table, parse_codebook(yaml.safe_dump(content), "t"))
    assert found["age"].severity == "structure"
    assert "known only at the end (time: outcome) and yet a predictor" in found["age"].sentence()
    assert "a predictor with the name of an outcome" in found["lactate"].sentence()


def test_a_codebook_with_unknown_keys_or_ten_thousand_levels_is_refused_by_key() -> None:
    content = yaml.safe_load(TEXT)
    content["features"][0]["uint"] = "a"
    del content["title"]
    with pytest.raises(CodebookError, match="title: this key must be there; features → 1 → uint: there is no such key"):
        parse_codebook(yaml.safe_dump(content), "t")
    content = yaml.safe_load(TEXT)
    content["features"][2] |= {"kind": "nominal", "levels": [{"code": str(n), "label": str(n)} for n in range(10_000)]}
    with pytest.raises(CodebookError, match="sex has 10,000 levels, and at most 200 are of use: group them"):
        parse_codebook(yaml.safe_dump(content), "t")


def test_the_command_tells_and_exits_with_1_where_it_does_not_fit(
    tmp_path: Path, table: pd.DataFrame, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "c.yaml").write_text(TEXT)
    table.loc[1, "sex"] = "7"
    table.to_csv(tmp_path / "t.csv", index=False)
    arguments = ["codebook", "check", str(tmp_path / "c.yaml"), "--table", str(tmp_path / "t.csv")]
    assert main(arguments) == 1
    assert "sex: no level of the codebook (7). 1 row: 2." in capsys.readouterr().out
    table["sex"] = ["1", "2", "2", ""]
    table.to_csv(tmp_path / "t.csv", index=False)
    assert main([*arguments, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["fits"], found["rows"], found["misfits"]) == (True, 4, [])


def test_two_features_of_one_column_are_refused_because_each_gives_the_other_away(table: pd.DataFrame) -> None:
    again = "- {name: older, column: age, label: Older, section: A, kind: integer, time: admission}\n"
    found = misfits(table, parse_codebook(TEXT + again, "tiny.yaml"))["older"]
    assert found.severity == "structure"
    assert found.sentence().startswith("older: it is read from column 'age', and so is age")


def test_formulas_that_the_codebook_does_not_tell_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    random = np.random.default_rng(3)
    na, cl, hco3 = (random.normal(mean, 5, 150).round() for mean in (138, 102, 24))
    table = pd.DataFrame({"na": na, "cl": cl, "hco3": hco3, "gap": na - cl - hco3})
    table.to_csv(tmp_path / "t.csv", index=False)
    feature = "- {{name: {0}, label: {0}, section: A, kind: number, time: admission{1}}}\n"
    text = "name: g\nversion: 1\ntitle: G\npopulation: p\nsource: s\ncitation: c\nsections: [A]\nfeatures:\n"
    for derived in ("", ", role: derived, derived_from: [na, cl, hco3]"):
        names = (feature.format(name, derived if name == "gap" else "") for name in table)
        (tmp_path / "c.yaml").write_text(text + "".join(names), encoding="utf-8")
        assert main(["codebook", "check", str(tmp_path / "c.yaml"), "--table", str(tmp_path / "t.csv")]) == 0
        out = capsys.readouterr().out
        told = [line for line in out.splitlines() if "the codebook does not say so" in line]
        assert len(told) == (0 if derived else 1)
        assert all("gap: follows from" in line and all(str(name) in line for name in table) for line in told)
