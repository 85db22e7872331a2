"""What a page offers to choose from: no two options have the same words, since a browser sends back words."""

import ast

from hypothesis import given
from hypothesis import strategies as st

from pages.components.told_apart import told_apart
from tests.test_architecture import sources, tree, where


def test_options_with_the_same_words_say_their_names_or_else_which_of_them_they_are() -> None:
    labels = {"crea1": "Creatinine", "crea2": "Creatinine", "sod1": "Sodium"}
    assert list(map(told_apart(labels, labels.__getitem__), labels)) == [
        "Creatinine (crea1)", "Creatinine (crea2)", "Sodium"
    ]  # fmt: skip
    columns = ["", "None", "a long name, 1", "a long name, 2"]
    assert list(map(told_apart(columns, lambda one: one[:11] or "None"), columns)) == [
        "None", "None (None)", "a long name (1 of 2)", "a long name (2 of 2)"
    ]  # fmt: skip
    assert told_apart(labels, lambda name: labels.get(name, "gone"))("later") == "gone"


@given(st.dictionaries(st.text(max_size=3), st.text("a (1of2)", max_size=12), max_size=8))
def test_no_two_options_ever_have_the_same_words(words: dict[str, str]) -> None:
    told = told_apart(words, words.__getitem__)
    assert len({told(option) for option in words}) == len(words)


def test_every_box_tells_its_options_apart_or_looks_their_words_up_in_a_constant() -> None:
    wrong = [
        where(path, node.value.lineno)
        for path in sources("pages")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.keyword) and node.arg == "format_func"
        if not ast.unparse(node.value).startswith("told_apart(")
        if not (
            isinstance(node.value, ast.Lambda)
            and isinstance(node.value.body, ast.Subscript)
            and ast.unparse(node.value.body.value).isupper()
        )
    ]
    assert wrong == []
