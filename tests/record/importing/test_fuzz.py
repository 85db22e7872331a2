"""Several hundred generated files a parser; ``python -m tests.record.importing.fuzz 10000`` is the long run."""

import pytest

from tests.record.importing.fuzz import PARSERS, run


@pytest.mark.slow
@pytest.mark.parametrize("name", PARSERS)
def test_a_parser_survives_generated_files(name: str) -> None:
    run(name, 300, seed=True)
