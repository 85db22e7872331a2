"""Ratings leave the store as files that training reads: what is chosen, how a row looks, what the manifest says."""

from creason_core.store.training_rows.choosing import Format as Format
from creason_core.store.training_rows.manifest import RowsManifest as RowsManifest
from creason_core.store.training_rows.writing import export as export
