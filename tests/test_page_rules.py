"""What pages and actions hold to: who acts is passed in, and HTML is drawn in the known places only."""

import ast
import re

import pytest

from tests.test_architecture import ROOT, core_name, sources, tree, where

# How code says "the settings", whose ``user`` only the settings themselves read.
SETTINGS = r"(^|\b_?)(settings(\(\))?|present|here|chosen)$"


def test_only_the_settings_say_who_acts_where_nobody_signed_in() -> None:
    """Everything else gets a principal: no page, action or command takes a name from the settings."""
    wrong = [
        where(path, node.lineno)
        for path in sources("creason_core", "pages", "training", "app.py")
        if core_name(path) != "settings"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr == "user" and re.search(SETTINGS, ast.unparse(node.value))
    ]
    assert wrong == []


def test_an_action_that_touches_the_store_is_passed_who_acts_and_checks_it() -> None:
    """``told`` alone is for what changes nothing but the session."""
    wrong = [
        f"{where(path, node.lineno)} {node.name}"
        for path in sources("pages")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef)
        if any(ast.unparse(decorator) == "told" for decorator in node.decorator_list)
        if re.search(r"\b(services\(\)|s)\.(db|runs|user)\b", ast.unparse(node))
    ]
    assert wrong == []


# Streamlit's ways to draw HTML or a frame, by attribute, argument, import or name; and streaming in the script thread.
RAW_HTML = frozenset("html iframe components unsafe_allow_html unsafe_allow_javascript".split())
# Where a page draws HTML of the program's own, and how often; each is held to it in tests/pages/test_html.py.
HTML_ALLOWED = {"pages/components/shell.py": 2, "pages/components/evaluation_figures.py": 1}


def test_pages_draw_html_in_the_places_that_are_known_and_never_stream_in_the_script_thread() -> None:
    found: dict[str, int] = {}
    for path in sources("pages", "app.py"):
        for node in ast.walk(tree(path)):
            if _named(node) & (RAW_HTML | {"write_stream"}):
                name = str(path.relative_to(ROOT))
                found[name] = found.get(name, 0) + 1
    assert found == HTML_ALLOWED


@pytest.mark.parametrize("code", [
    "st.html(x)", "left.html(x)", "draw = st.html", "getattr(st, 'html')", "from streamlit import html",
    "st.iframe(x)", "st.components.v1.html(x)", "import streamlit.components.v1 as c", "st._main.html(x)",
    "from streamlit.components import v2", "from streamlit.components.v1 import html as draw",
    "import streamlit.elements.html as h", "st.html(x, unsafe_allow_javascript=True)", "dict(unsafe_allow_html=True)",
    "st.markdown(x, unsafe_allow_html=True)", "st.markdown(x, True)", "left.caption(x, True)", "st.markdown(*both)",
    "st.markdown(x, **{'unsafe_allow_html': yes})", "st.write(x, unsafe_allow_html=yes)",
    "partial(st.markdown, x, True)",
])  # fmt: skip
def test_every_way_to_draw_html_is_seen(code: str) -> None:
    assert any(_named(node) & RAW_HTML for node in ast.walk(ast.parse(code)))


def _named(node: ast.AST) -> set[str]:
    """What a piece of code calls by name: an attribute, an argument, what it imports, or a text that is a name."""
    match node:
        case ast.Call(func=called, args=[*given]) if _is_text(called) and _more_than(1, given):
            return {"unsafe_allow_html"}  # by its place
        case ast.Call(args=[first, *given]) if _is_text(first) and _more_than(1, given):
            return {"unsafe_allow_html"}  # handed on, as to partial
        case ast.Attribute(attr=name) | ast.keyword(arg=str(name)):
            return {name}
        case ast.Constant(value=str(text)):
            return {text}
        case ast.ImportFrom(module=str(module), names=names) if module.startswith("streamlit"):
            return {*module.split("."), *(one.name for one in names)}
        case ast.Import(names=names):
            return {part for one in names if one.name.startswith("streamlit") for part in one.name.split(".")}
    return set()


def _is_text(node: ast.AST) -> bool:
    """Whether this is one of Streamlit's functions whose second argument allows HTML."""
    return isinstance(node, ast.Attribute | ast.Name) and (
        node.attr if isinstance(node, ast.Attribute) else node.id
    ) in {"markdown", "caption"}


def _more_than(most: int, given: list[ast.expr]) -> bool:
    return len(given) > most or any(isinstance(one, ast.Starred) for one in given)
