"""What finds passages on this computer: the library that ships and the hospital's documents, and whether vectors help.

Both are kept as long as the embedding model stays what it is, so that its vectors are read once.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from creason_core.errors import WeightsError
from creason_core.guideline.applying import Shelf, starter_shelf
from creason_core.guideline.dense import RecommendationVectors
from creason_core.guideline.documents.index import DocumentIndex
from creason_core.guideline.documents.stored_index import index_of
from creason_core.model.embedding.encoder import Encoder
from creason_core.model.embedding.weights import embedding_folder
from creason_core.settings import Settings
from creason_core.store.sql.transactions import Database

BRING = "creason library embedding pull"


@dataclass(frozen=True, slots=True)
class Dense:
    """The embedding model that takes part, None where none does; ``told`` says so in a sentence."""

    encoder: Encoder | None
    told: str


def shelf_here(settings: Settings) -> Shelf:
    """The library that ships, with vectors where an embedding model takes part.

    Raises:
        GuidelineError: Its files are missing or were damaged.
    """
    shelf, encoder = starter_shelf(), dense_here(settings).encoder
    return replace(shelf, vectors=_vectors(encoder)) if encoder else shelf


def index_here(settings: Settings, db: Database) -> DocumentIndex:
    """The index of the hospital's documents, which ``db`` holds."""
    return _index(db, settings.library_dir, dense_here(settings).encoder)


def dense_here(settings: Settings) -> Dense:
    """What takes part, by the settings and the files that are here. Never raises."""
    folder = embedding_folder(settings.models_dir)
    if settings.retrieval == "lexical":
        return Dense(None, "Dense retrieval is off (CREASON_RETRIEVAL=lexical): all is found by words (BM25).")
    try:
        encoder = _encoder(folder, tuple(sorted((one.name, one.stat().st_mtime_ns) for one in folder.iterdir())))
    except OSError:
        return Dense(None, f"There is no embedding model, so that all is found by words (BM25). To bring it: {BRING}.")
    except WeightsError as error:
        return Dense(None, f"The embedding model takes no part, so that all is found by words (BM25). {error}")
    return Dense(encoder, f"Found by words (BM25) and by vectors of {encoder.name}, fused by rank.")


@lru_cache(maxsize=2)
def _encoder(folder: Path, stamp: tuple[tuple[str, int], ...]) -> Encoder:  # noqa: ARG001 - another copy is another model
    return Encoder(folder)


@lru_cache(maxsize=2)
def _vectors(encoder: Encoder) -> RecommendationVectors:
    return RecommendationVectors(starter_shelf().library, encoder)


@lru_cache(maxsize=4)
def _index(db: Database, folder: Path, encoder: Encoder | None) -> DocumentIndex:
    return index_of(db, folder, encoder=encoder)
