"""The weights of the embedded engine: a checked model, and its adapter, in the form that its graph multiplies by.

Made once, with a hash, beside merged weights; a folder of safetensors and text like every other.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from creason_core.model.adapters.manifest import read_adapter, read_manifest
from creason_core.model.adapters.merging import check_base, summed, with_adapter
from creason_core.model.engines.embedded_graph import Precision, initializers, read_config
from creason_core.model.engines.weights import check
from creason_core.model.engines.weights import read_manifest as read_base
from creason_core.model.engines.weights_cache import Recipe, Report, make_once

if TYPE_CHECKING:
    from creason_core.model.adapters.lora import Weight

FORM = 1  # of the tensors; raise it when they change
_BESIDE_BASE = {"int8": 0.75, "float32": 2.2}  # the size beside that of a base in bfloat16


def prepared(base: Path, adapter: Path | None, cache: Path, precision: Precision, report: Report) -> Path:
    """The folder with ``base`` and ``adapter`` for the graph in ``precision``, made in ``cache`` where it is not there.

    Takes seconds for a small model; ``report`` is told how far it is.

    Raises:
        WeightsError: A file is missing or altered, they do not fit, the model is of another architecture, or there is
            too little space.
    """
    under, wanted = read_base(base), read_manifest(adapter) if adapter else None
    if wanted:
        check_base(wanted, under)
    config = read_config(base)

    def write(made: Path) -> None:
        from safetensors.numpy import save_file

        weights: dict[str, Weight] = {}
        for _, _, part in summed(check(base), read_adapter(adapter) if adapter else None, report):
            weights |= part
        report(f"Preparing the weights in {precision}, once.")
        save_file(dict(initializers(config, weights, precision)), made / "model.safetensors")

    title = wanted.title if wanted else under.manifest.model
    hashes = "-".join(one.hash[:12] for one in (wanted, under.manifest) if one)
    recipe = Recipe(
        name=f"{title}-{hashes}-{precision}-{FORM}",
        base=base,
        under=under.manifest,
        merged=with_adapter(under, wanted) if wanted else None,
        source=f"{title} for the embedded engine in {precision}, form {FORM}",
        size=int(_BESIDE_BASE[precision] * sum(path.stat().st_size for path in base.iterdir())),
    )
    return make_once(cache, recipe, write, report)
