"""Makes a cohort of somebody's own: a codebook, a table and a split become a folder that ``loading`` reads.

Everything that can be refused is refused before the long work starts. The leak guard and the mixtures see training
patients only. Patients are numbered in the table's order; their own keys are not kept.
"""

import hashlib
import importlib.util
import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from creason_core.cohort.cohort import SPLITS, CohortFile, CohortManifest, ColumnChange, Split, TableSource, split_hash
from creason_core.cohort.conforming import conform
from creason_core.cohort.leakage.fitting import fit_guard
from creason_core.cohort.leakage.guard import RULES, GuardDesign, LeakGuard
from creason_core.cohort.misfits import Misfit
from creason_core.cohort.mixtures import fit_mixtures
from creason_core.cohort.splitting import SplitRule, split_patients
from creason_core.cohort.table_files.cells import Texts, as_texts
from creason_core.cohort.table_files.reading import Frame
from creason_core.errors import CohortError
from creason_core.private import made_private, private_folder
from creason_core.record.codebook import Codebook, parse_codebook
from creason_core.record.importing.columns.patient_ids import WHOLE_IDS, plain_key, shortened

if TYPE_CHECKING:
    import pandas as pd

MIN_TRAINING = 30  # below this five bins of a number hold hardly anybody
Duplicates = Literal["refuse", "first"]


@dataclass(frozen=True)
class CohortWanted:
    """What cohort to make, and how strictly.

    ``duplicates`` says what becomes of a patient's further rows; ``leave_out`` lets values that do not fit the
    codebook become "not recorded" instead of stopping.
    """

    name: str
    split: SplitRule
    seed: int = 0
    duplicates: Duplicates = "refuse"
    leave_out: bool = False
    title: str = ""


@dataclass(frozen=True)
class _Ready:
    """What is written: ``table`` has the column ``split`` and the new keys as its index."""

    codebook: Codebook
    table: "pd.DataFrame"
    split: Mapping[Split, tuple[str, ...]]
    changes: tuple[ColumnChange, ...]


class UnfitError(CohortError):
    """The table does not fit its codebook; ``misfits`` say where."""

    def __init__(self, misfits: Sequence[Misfit], remedy: str) -> None:
        shown = " ".join(misfit.sentence() for misfit in misfits[:3])
        more = f" And {len(misfits) - 3} more." if len(misfits) > 3 else ""
        super().__init__(f"The table does not fit its codebook. {shown}{more}", remedy=remedy)
        self.misfits = tuple(misfits)


def read_codebook(path: Path) -> tuple[Codebook, str]:
    """The codebook in the file ``path``, and its text.

    Raises:
        CohortError: It cannot be read.
        CodebookError: It is not valid.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CohortError(
            f"The codebook {path} cannot be read: {error}.", remedy="Give a YAML file in UTF-8."
        ) from error
    return parse_codebook(text, path.name), text


Progress = Callable[[int], object]  # told of each feature that the leak guard is fitted for


def make_cohort(
    wanted: CohortWanted, frame: Frame, codebook_text: str, folder: Path, *, progress: Progress = lambda _: None
) -> CohortManifest:
    """Makes the cohort in ``folder``, which must not exist; it appears when it is whole.

    While the leak guard is fitted, its finished features stand in ``FOLDER.guard``: a making that was stopped
    goes on from there.

    Raises:
        CohortError: The request, table or split cannot be used, or nothing can be written there.
        CodebookError: The codebook is not valid.
    """
    codebook = parse_codebook(codebook_text, "of this cohort")
    _require(wanted, folder)
    ready = _ready(wanted, frame, codebook)
    unfinished, kept = folder.with_name(f"{folder.name}.unfinished"), folder.with_name(f"{folder.name}.guard")
    try:
        shutil.rmtree(unfinished, ignore_errors=True)
        private_folder(unfinished)
        (unfinished / "codebook.yaml").write_text(codebook_text, encoding="utf-8")
        manifest = _write(unfinished, wanted, frame, ready, partial(fit_guard, kept=kept, progress=progress))
        (unfinished / "manifest.json").write_text(manifest.model_dump_json(indent=1) + "\n", encoding="utf-8")
        made_private(unfinished).replace(folder)
        kept.unlink(missing_ok=True)
    except OSError as error:
        raise CohortError(
            f"{folder} could not be written: {error.strerror or error}.",
            remedy="Make room, or give another --out. What the leak guard had found is kept: the same command goes on.",
        ) from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return manifest


def _require(wanted: CohortWanted, folder: Path) -> None:
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,60}", wanted.name):
        raise CohortError(
            f"'{wanted.name}' is no name for a cohort.",
            remedy="Use small letters, digits and hyphens, such as my-ward.",
        )
    if folder.exists():
        raise CohortError(f"{folder} exists.", remedy="Delete it, or give another --out: it is never overwritten.")
    if importlib.util.find_spec("sklearn") is None:
        raise CohortError(
            "Making a cohort needs scikit-learn, which is not installed.",
            remedy="Install it: .venv/bin/pip install -c .ci/constraints.txt -e .",
        )


def _ready(wanted: CohortWanted, frame: Frame, codebook: Codebook) -> _Ready:
    import pandas as pd

    source, keys, changes = _one_row_each(wanted, frame.table, codebook)
    conformed = conform(source, codebook)
    column = _split_column(wanted.split, source, codebook)
    if column is not None:
        column = column[conformed.rows]
    keys = [keys[row] for row in conformed.rows]
    if broken := conformed.of("structure"):
        raise UnfitError(broken, "See them all with 'creason codebook check'.")
    if (cells := conformed.of("cell")) and not wanted.leave_out:
        raise UnfitError(cells, "Correct them, or make it with --leave-out: these values then count as not recorded.")
    for misfit in (*cells, *(note for note in conformed.of("note") if note.count)):
        done = ": left out" if misfit.severity == "cell" else ": stored as 90" if "ages" in misfit.rule else ""
        done = ": rounded" if misfit.rule.endswith("decimals") else done
        changes.append(ColumnChange(feature=misfit.thing, rule=misfit.rule + done, patients=misfit.count))
    table = conformed.table
    width = len(str(len(table)))
    table.index = pd.Index([f"{wanted.name}-{number:0{width}}" for number in range(1, len(table) + 1)], name="patient")
    table.insert(0, "split", split_patients(wanted.split, keys, column, seed=wanted.seed))
    split = {part: tuple(str(key) for key in table.index[table["split"] == part]) for part in SPLITS}
    _require_parts(split)
    return _Ready(codebook, table, split, tuple(changes))


def _one_row_each(
    wanted: CohortWanted, source: "pd.DataFrame", codebook: Codebook
) -> tuple["pd.DataFrame", list[str], list[ColumnChange]]:
    if not codebook.patient:
        return source, [str(row) for row in range(1, len(source) + 1)], []
    if codebook.patient not in source:
        raise CohortError(
            f"The table has no column '{codebook.patient}' of patients' keys.",
            remedy="Correct 'patient' in the codebook.",
        )
    keys = as_texts(source[codebook.patient])
    if nameless := [str(row + 1) for row, key in enumerate(keys) if key is None]:
        raise CohortError(
            f"{len(nameless):,} rows have no patient's key, such as row {nameless[0]}.",
            remedy="Fill them, or remove them.",
        )
    if cut := shortened([str(key) for key in keys]):
        raise CohortError(
            f"Rows {cut[0] + 1} and {cut[1] + 1} have one key in '{codebook.patient}', and a spreadsheet has shortened "
            "it: it may be of several patients.",
            remedy=WHOLE_IDS,
        )
    told = _alike(codebook.patient, {str(key) for key in keys})
    if codebook.hours:  # a row for each time: ``conform`` brings them together
        return source, [str(key) for key in keys], told
    seen: set[str] = set()
    first = [not (key in seen or seen.add(key)) for key in keys]  # type: ignore[func-returns-value]
    if all(first):
        return source, [str(key) for key in keys], told
    further = first.count(False)
    rows = [str(row + 1) for row, is_first in enumerate(first) if not is_first]
    if wanted.duplicates == "refuse":
        raise CohortError(
            f"{further:,} rows belong to patients who have an earlier row, such as row {', '.join(rows[:3])}.",
            remedy="Keep one row a patient, or make it with --duplicates first: then each patient's first row is kept.",
        )
    change = ColumnChange(feature=codebook.patient, rule="a patient's further rows: left out", patients=further)
    kept = source[first].reset_index(drop=True)
    return kept, [str(key) for key, is_first in zip(keys, first, strict=True) if is_first], [*told, change]


def _alike(column: str, keys: set[str]) -> list[ColumnChange]:
    """What is said where patients' keys may be two spellings of one: spreadsheets take the zeros of "001" away."""
    further = len(keys) - len(set(map(plain_key, keys)))
    rule = "keys that differ in leading zeros or capitals only: taken for different patients"
    return [ColumnChange(feature=column, rule=rule, patients=further)] if further else []


def _split_column(rule: SplitRule, source: "pd.DataFrame", codebook: Codebook) -> Texts | None:
    if not rule.column:
        return None
    if rule.column not in source:
        raise CohortError(
            f"The table has no column '{rule.column}' to split by.", remedy=f"It has: {', '.join(map(str, source))}."
        )
    if codebook.hours and (source.groupby(codebook.patient)[rule.column].nunique(dropna=False) > 1).any():
        raise CohortError(
            f"Patients have more than one value in '{rule.column}', so the table cannot be split by it.",
            remedy="Split by a column that has one value a patient.",
        )
    return as_texts(source[rule.column])


def _require_parts(split: Mapping[Split, tuple[str, ...]]) -> None:
    small = [f"{part} {len(patients)}" for part, patients in split.items()]
    if not all(split.values()) or len(split["train"]) < MIN_TRAINING:
        raise CohortError(
            f"There are too few patients for three parts: {', '.join(small)}.",
            remedy=f"A cohort needs at least {MIN_TRAINING} training patients and some in each other part.",
        )


def _write(
    folder: Path, wanted: CohortWanted, frame: Frame, ready: _Ready, fit: Callable[..., LeakGuard]
) -> CohortManifest:
    codebook, digest = ready.codebook, split_hash(ready.split)
    training = ready.table.loc[list(ready.split["train"])].drop(columns="split")
    guard = fit(training, codebook, GuardDesign(seed=wanted.seed), split_hash=digest)
    mixtures = fit_mixtures(training, codebook, seed=wanted.seed, split_hash=digest)
    for name, fitted in (("leak_guard.json", guard), ("mixtures.json", mixtures)):
        (folder / name).write_text(fitted.model_dump_json(indent=1) + "\n", encoding="utf-8")
    table_file = f"{wanted.name}.parquet"
    ready.table.to_parquet(folder / table_file, compression="zstd", index=True)
    sha256 = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}
    return CohortManifest(
        source=TableSource(
            kind=frame.kind,
            rows=len(frame.table),
            columns=len(frame.table.columns),
            sha256=frame.sha256,
            citation=codebook.citation,
        ),
        codebook=codebook.name,
        codebook_version=codebook.version,
        codebook_hash=codebook.content_hash,
        codebook_file="codebook.yaml",
        codebook_sha256=sha256["codebook.yaml"],
        guard_file="leak_guard.json",
        guard_sha256=sha256["leak_guard.json"],
        guard_rules=RULES,
        mixture_file="mixtures.json",
        mixture_sha256=sha256["mixtures.json"],
        cohorts=(
            CohortFile(
                name=wanted.name,
                title=wanted.title or codebook.title,
                file=table_file,
                sha256=sha256[table_file],
                patients=len(ready.table),
                split={part: len(patients) for part, patients in ready.split.items()},
                split_hash=digest,
                split_rule=str(wanted.split),
                fitted_on=wanted.name,
            ),
        ),
        changes=ready.changes,
    )
