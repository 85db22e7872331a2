"""The passages that guideline questions gave a model are kept by their hash, as texts given beside a record.

Frozen: this file describes what this revision added, whatever ``tables`` says later.
"""

import hashlib
import json

import sqlalchemy as sa
from alembic import op

revision: str = "0015"
down_revision: str | None = "0014"
branch_labels: None = None
depends_on: None = None

_GROUPS = sa.table("run_groups", *map(sa.column, ("id", "owner", "kind", "question", "created")))
_TEXTS = sa.table("documents", *map(sa.column, ("owner", "sha256", "media_type", "size", "text", "created")))
_GIVEN = sa.table("group_documents", *map(sa.column, ("group_id", "position", "owner", "sha256")))


def upgrade() -> None:
    """Applies this revision; what the questions of before gave is taken from the questions, which say it in full."""
    op.create_index("ix_group_documents_owner_sha256", "group_documents", ["owner", "sha256"])
    here = op.get_bind()
    held = {(row.owner, row.sha256) for row in here.execute(sa.select(_TEXTS.c.owner, _TEXTS.c.sha256))}
    attached = set(here.execute(sa.select(_GIVEN.c.group_id)).scalars())
    asked = sa.select(*_GROUPS.c).where(_GROUPS.c.kind == "guideline").order_by(_GROUPS.c.created)
    for group in here.execute(asked).all():
        if group.id in attached:
            continue
        for position, passage in enumerate(json.loads(group.question)["passages"]):
            said = passage["text"].replace("\0", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
            content = said.encode()
            sha256 = hashlib.sha256(content).hexdigest()
            if (group.owner, sha256) not in held:
                text = {"media_type": "text/plain", "size": len(content), "text": said}
                key = {"owner": group.owner, "sha256": sha256}
                here.execute(_TEXTS.insert(), key | text | {"created": group.created})
                held.add((group.owner, sha256))
            given = {"group_id": group.id, "position": position, "owner": group.owner, "sha256": sha256}
            here.execute(_GIVEN.insert(), given)


def downgrade() -> None:
    """Takes this revision back; what was given stays, since the revisions before keep such texts too."""
    op.drop_index("ix_group_documents_owner_sha256", "group_documents")
