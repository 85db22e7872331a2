"""What is asked of many values alike is one question, and its answer one about each of them and of no other."""

from dataclasses import replace

from creason_core.record.importing.decisions import Action, CodeMeaning, Decision, Decisions, Question
from creason_core.record.importing.files.protocol import RowProblem, Table
from creason_core.record.importing.review.gathering import EACH, gathered
from creason_core.record.importing.review.review import Review, review
from creason_core.record.importing.suggesting import suggest
from tests.record.importing.tables import RHC, asked, drafted, table

SEEN = {"identifiers_seen": True, "units_confirmed": True}


def of(given: Table, *values: Decision, apart: tuple[str, ...] = (), codes: tuple[CodeMeaning, ...] = ()) -> Review:
    decisions = Decisions(**SEEN, values=values, apart=apart, codes=codes)
    return review(given, suggest(given, RHC), decisions, RHC, import_id="i")


def answers(question: Question, action: Action, reason: str = "") -> list[Decision]:
    return [
        Decision(feature=feature, row=row, action=action, reason=reason, about=question.asks)
        for feature, row in question.values
    ]


def unusual(count: int) -> Table:
    return table("pid|respiratory rate (/min)|heart rate (/min)", *(f"{at}|{at % 4 + 1}|90" for at in range(1, count)))


def test_many_unusual_values_of_a_feature_are_one_question() -> None:
    (question,) = of(unusual(42)).questions
    assert (question.asks, question.row, question.feature, len(question.values)) == ("confirm", 0, "resp1", 41)
    assert question.message.startswith(
        "41 values of Respiratory rate, 1 to 4 /min, are unusual (rows 2, 3, 4, 5, 6 and 36 more). The first: Row 2:"
    )
    kept = of(unusual(42), *answers(question, "keep", "sedated"))
    assert kept.ready
    assert all(entries[0].reason == "sedated" for entries in kept.drafts.values())
    assert sum("sedated" in item.remedy for item in kept.items) == 41
    assert drafted(of(unusual(42), *answers(question, "leave out"))) == [{"hrt1": 90.0}] * 41


def test_values_of_two_units_are_listed_and_no_range_of_one_of_them() -> None:
    def refused(row: int, shown: str) -> Question:
        return Question("rejected", row, "crea1", f"Row {row}: no.", "Correct it.", shown=shown)

    def told(*shown: str) -> str:
        (question,) = gathered([refused(row, text) for row, text in enumerate(shown, 2)], Decisions(), RHC)
        return question.message

    assert "1 to 4 mg," in told("2 mg", "1 mg", "3 mg", "4 mg")
    assert "'1 g', '2 mg', '3 mg' and 1 other," in told("1 g", "2 mg", "3 mg", "4 mg")


def test_an_answer_is_about_the_values_that_were_counted_and_no_other() -> None:
    (question,) = of(unusual(7)).questions
    more = of(unusual(12), *answers(question, "keep", "sedated"))
    assert [len(item.values) for item in more.questions] == [5]


def test_a_question_is_taken_apart_into_features_and_values() -> None:
    rows = (f"{at}|3|25|108|200|31" for at in range(1, 3))
    given = table("pid|respiratory rate (/min)|heart rate (/min)|sodium (mmol/L)|MAP (mmHg)|temperature (°C)", *rows)
    (question,) = of(given).questions
    assert (question.feature, len(question.values), question.many) == ("", 10, "confirm")
    assert "Respiratory rate 2 times" in question.message
    features = of(given, apart=("confirm",)).questions
    assert [(item.feature, len(item.values)) for item in features] == [
        ("resp1", 2), ("hrt1", 2), ("sod1", 2), ("meanbp1", 2), ("temp1", 2)
    ]  # fmt: skip
    single = of(given, apart=("confirm", features[0].many)).questions
    assert [item.row for item in single] == [2, 3, 0, 0, 0, 0]


def test_few_are_asked_one_by_one() -> None:
    assert asked(of(unusual(4))) == ["confirm"] * 3


def test_words_that_are_no_level_and_rows_of_another_width_are_one_question_each() -> None:
    paid = "Private Other Self Other Other Medicare".split()
    given = table("pid|insurance|age", *(f"{at}|{word}|63" for at, word in enumerate(paid)))
    shifted = tuple(RowProblem(number, "The row has 5 cells and the header 3.") for number in range(20, 30))
    rejected, rows = reversed(of(replace(given, problems=shifted)).questions)
    assert (rejected.asks, len(rejected.values)) == ("rejected", 4)
    assert rejected.message.startswith("4 values of Insurance, 'Other', 'Self', cannot be used (rows 3, 4, 5 and 6).")
    assert (rows.asks, len(rows.values)) == ("row", 10)
    assert rows.message.startswith("10 rows cannot be used (rows 20, 21, 22, 23, 24 and 5 more). The first: Row 20")


def test_a_value_of_another_unit_is_converted_for_each_as_suspected() -> None:
    cells = ("177", "88", "194", "202", "1.4", "1.1", "0.9", "1.3", "1.2")
    given = table("pid|creatinine (mg/dL)", *(f"{at}|{cell}" for at, cell in enumerate(cells)))
    (question,) = of(given).questions
    assert (question.asks, len(question.values)) == ("unit suspected", 4)
    assert "as µmol/L" in question.message
    found = of(given, *answers(question, "convert"))
    assert found.ready
    assert drafted(found)[:2] == [{"crea1": 2.002}, {"crea1": 0.995}]


def test_a_code_that_stands_out_in_several_columns_is_asked_once() -> None:
    gaps = [(-1 if at % 5 == 0 else 130 + at % 9, -1 if at % 4 == 0 else 3.1 + at % 7 / 10) for at in range(40)]
    rows = (f"{at}|{sodium}|{potassium}|80" for at, (sodium, potassium) in enumerate(gaps))
    given = table("pid|sodium (mmol/L)|potassium (mmol/L)|heart rate (/min)", *rows)
    (question,) = of(given).questions
    assert question.columns == ("sodium (mmol/L)", "potassium (mmol/L)")
    assert "'sodium (mmol/L)' (8), 'potassium (mmol/L)' (10)" in question.message
    said = tuple(CodeMeaning(column=column, code="-1", means="") for column in question.columns)
    assert of(given, codes=said).ready
    each = CodeMeaning(column="", code="-1", means=EACH)
    assert [item.column for item in of(given, codes=(each,)).questions] == ["sodium (mmol/L)", "potassium (mmol/L)"]
    assert [item.column for item in of(given, codes=(each, said[0])).questions] == ["potassium (mmol/L)"]


def test_an_unusual_value_that_is_kept_may_still_contradict_another() -> None:
    given = table("pid|SBP (mmHg)|DBP (mmHg)|MAP (mmHg)", "1|120|70|170")
    (first,) = of(given).questions
    assert first.asks == "confirm"
    kept = Decision(feature="meanbp1", row=2, action="keep", reason="arterial line", about="confirm")
    (second,) = of(given, kept).questions
    assert second.asks == "contradiction"
    both = of(given, kept, Decision(feature="meanbp1", row=2, action="keep", reason="cuff off", about="contradiction"))
    assert [entry.reason for entry in both.drafts[0] if entry.name == "meanbp1"] == ["arterial line; cuff off"]
