"""The one way in which runs leave the program: owned by who asks, not deleted, and written to the audit log."""

import hashlib
import json
from collections.abc import Sequence
from typing import Literal

from creason_core.errors import StoreError
from creason_core.store import audit
from creason_core.store.exporting.contents import DISCLAIMER, ExportedGroup, Registries, exported
from creason_core.store.exporting.markdown import as_markdown
from creason_core.store.exporting.spreadsheet import as_csv
from creason_core.store.patients.codebooks import Codebooks
from creason_core.store.records import group_records
from creason_core.store.sql.transactions import Database
from creason_core.store.sql.types import now

Format = Literal["md", "json", "csv"]
MOST = 200  # groups in one file


def export(
    db: Database,
    user: str,
    group_ids: Sequence[str],
    codebooks: Codebooks,
    form: Format,
    *,
    registries: Registries | None = None,
) -> bytes:
    """The groups as a file; the audit log says which went out in which form, before this returns.

    With ``registries``, as of ``exported``, it says where each value that was shown stands; Markdown draws it as well.

    Raises:
        StoreError: A group is not this user's, is deleted or still live, there are too many, or none; nothing is
            exported then.
    """
    if not 0 < len(group_ids) <= MOST:
        raise StoreError("invalid", f"{len(group_ids)} runs were chosen.", remedy=f"Choose between 1 and {MOST}.")
    records = group_records(db, user, group_ids)
    if any(record.deleted or any(run.live for run in record.runs) for record in records):
        raise StoreError("conflict", "A chosen run is deleted or still live.", remedy="Restore it, or wait.")
    at = now()
    data = _written([exported(record, codebooks, at, registries=registries) for record in records], form)
    detail = {"format": form, "groups": len(group_ids), "ids": " ".join(group_ids)}
    event = audit.Event("export", "file", hashlib.sha256(data).hexdigest(), detail)
    db.write_as(user, lambda connection: audit.append(connection, user, event))
    return data


def _written(groups: Sequence[ExportedGroup], form: Format) -> bytes:
    if form == "md":
        return as_markdown(groups)
    if form == "csv":
        return as_csv(groups)
    content = {"disclaimer": DISCLAIMER, "groups": [group.model_dump(mode="json") for group in groups]}
    return json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False).encode()
