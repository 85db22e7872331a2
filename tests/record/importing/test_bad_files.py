"""Curated bad files through the real parsing process: no crash, a clear message, within memory and time."""

import re

import pytest

from creason_core.errors import UploadError
from creason_core.record.importing.files import limits
from creason_core.record.importing.files.formats import format_of
from creason_core.record.importing.reading import TableReading, read_measured
from tests.record.importing.bad_files import BadFile, all_bad_files

FILES = all_bad_files()


def read(bad: BadFile) -> TableReading:
    data = bad.data
    try:
        name = format_of(bad.file, data)
    except UploadError as error:
        return TableReading(table=None, fault=error, seconds=0.0, peak=0)
    return read_measured(data, name)


def test_there_are_at_least_sixty() -> None:
    assert len(FILES) >= 60


@pytest.mark.parametrize("bad", FILES, ids=lambda bad: f"{bad.file.partition('.')[2]} {bad.title}")
def test_a_bad_file_is_read_or_refused_in_words(bad: BadFile) -> None:
    found = read(bad)
    assert found.peak < 512 * limits.MIB
    assert found.seconds < limits.SECONDS + 1
    if bad.reads and found.table is not None:
        said = " ".join((*found.table.notes, *(problem.message for problem in found.table.problems)))
        assert found.table.rows
    else:
        assert found.fault is not None, "this file should be refused"
        said = str(found.fault)
        assert found.fault.remedy or len(said.split()) > 6
        assert "Traceback" not in said
    assert re.search(bad.says, said), said
