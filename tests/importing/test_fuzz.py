"""Several hundred generated files a parser; ``python -m tests.importing.fuzz 10000`` is the long run, by hand."""

import pytest

from tests.importing.fuzz import PARSERS, run


@pytest.mark.slow
@pytest.mark.parametrize("name", PARSERS)
def test_a_parser_survives_generated_files(name: str) -> None:
    run(name, 300, seed=True)
