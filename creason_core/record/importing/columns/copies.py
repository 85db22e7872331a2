"""Columns of one name that hold different cells: which of them counts, nothing says."""

import re

from creason_core.record.importing.files.protocol import Table

COPY = re.compile(r" \(\d+\)$")  # as a reader tells columns of one name apart


def copies(table: Table) -> dict[str, str]:
    """The columns of a name that came before ("sodium (2)"), with that name, where they hold other cells."""
    found = {}
    for name in table.columns:
        first = COPY.sub("", name)
        if first != name and first in table.columns:
            one, other = table.column(first), table.column(name)
            if any(other) and any(one) and one != other:
                found[name] = first
    return found
