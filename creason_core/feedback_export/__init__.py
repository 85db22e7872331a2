"""Ratings leave the store as files that training reads: what is chosen, how a row looks, what the manifest says."""

from creason_core.feedback_export.choosing import Format as Format
from creason_core.feedback_export.manifest import Manifest as Manifest
from creason_core.feedback_export.writing import export as export
