"""Which weights a folder on this computer holds, in the words of ``ModelIdentity``.

The same adapter has the same identity however it is served: merged into its base, or beside it.
"""

from pathlib import Path

from creason_core.model.adapters.manifest import read_manifest as read_adapter_manifest
from creason_core.model.engines.base import EngineName, ModelIdentity
from creason_core.model.engines.weights import read_manifest


def identity_of(engine: EngineName, folder: Path, adapter: Path | None = None) -> ModelIdentity:
    """The identity of the weights in ``folder``, with ``adapter`` applied to them where one is given.

    Raises:
        WeightsError: One of the folders is not there or has no readable manifest.
    """
    found = read_manifest(folder).manifest
    if adapter is not None:
        added = read_adapter_manifest(adapter)
        return ModelIdentity(engine, found.model, found.hash, added.title, added.hash)
    if found.merged is not None:
        merged = found.merged
        return ModelIdentity(engine, found.model, merged.base_hash, merged.adapter, merged.adapter_hash)
    return ModelIdentity(engine, found.model, found.hash)
