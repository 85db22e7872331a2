"""The trial's file as its codebook wants it: outcomes from their codes, months that sort, one code a dose.

Nothing is imputed and no patient is left out. Which columns are leaks is declared in ``codebooks/ist.yaml``.
"""

from importlib.resources import files

import numpy as np

from creason_core.cohort.table_files.cells import Texts, as_texts
from creason_core.cohort.table_files.reading import Frame
from creason_core.errors import CohortError

NEEDED = ("RDATE", "RXHEP", "OCCODE", "ID14", "SET14D")
# The file's months are Polish; "pa?" lost its accented letter on the way.
_MONTHS = ("sty", "lut", "mar", "kwi", "maj", "cze", "lip", "sie", "wrz", "pa", "lis", "gru")
_STATES = {"1", "2", "3", "4"}


def codebook_text() -> str:
    """The codebook of the trial, as packaged."""
    return (files("creason_core.record") / "codebooks" / "ist.yaml").read_text(encoding="utf-8")


def prepared(frame: Frame) -> Frame:
    """``frame``, the trial's file, with the columns that its codebook names besides the file's own.

    Raises:
        CohortError: It lacks a column, or has a month that cannot be read.
    """
    if missing := [name for name in NEEDED if name not in frame.table]:
        raise CohortError(
            f"This is not the trial's file: it has no column {', '.join(missing)}.",
            remedy="Get IST_corrected.csv from doi:10.7488/ds/104.",
        )
    texts = {name: as_texts(frame.table[name]) for name in NEEDED}
    state = np.array([code if code in _STATES else None for code in texts["OCCODE"]], dtype=object)
    added = {
        "RMONTH": _months(texts["RDATE"]),
        "RXHEP": np.where(texts["RXHEP"] == "H", "M", texts["RXHEP"]),
        "OUTCOME6": state,
        "DEADDEP6": np.array(
            [None if code is None else "Y" if code in {"1", "2"} else "N" for code in state], dtype=object
        ),
        "DEAD14": np.array(
            [
                None if known != "1" else "Y" if dead == "1" else "N"
                for dead, known in zip(texts["ID14"], texts["SET14D"], strict=True)
            ],
            dtype=object,
        ),
    }
    return Frame(frame.table.assign(**added), frame.kind, frame.sha256)


def _months(texts: Texts) -> Texts:
    """``sty-91`` → ``1991-01``."""
    known: dict[str | None, str | None] = {None: None}
    for text in set(texts) - {None}:
        month, _, year = text.partition("-")
        places = [number for number, start in enumerate(_MONTHS, 1) if month.casefold().startswith(start)]
        if len(places) != 1 or not year.isdecimal():
            raise CohortError(f"RDATE = '{text[:20]}' is no month such as sty-91.", remedy="Use the file as published.")
        known[text] = f"19{int(year):02}-{places[0]:02}"
    months = np.empty(len(texts), dtype=object)
    months[:] = [known[text] for text in texts]
    return months
