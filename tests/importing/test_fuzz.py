"""Several hundred generated files a parser; ``python -m tests.importing.fuzz 10000`` is the long run."""

import subprocess
import sys

import pytest

from tests.importing.fuzz import PARSERS, run


@pytest.mark.parametrize("name", PARSERS)
def test_a_parser_survives_generated_files(name: str) -> None:
    run(name, 300, seed=True)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("name", PARSERS)
def test_a_parser_survives_ten_thousand_generated_files(name: str) -> None:
    subprocess.run([sys.executable, "-m", "tests.importing.fuzz", "10000", name], check=True, timeout=3500)
