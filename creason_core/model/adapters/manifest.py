"""An adapter folder: low-rank weights in safetensors, how they are to be applied, and ``manifest.json``.

The manifest says what the adapter belongs to, how it was made and what was measured of it. The adapter's hash
is over its files alone: results that are measured later are added to the manifest without making it another one.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, JsonValue, StringConstraints, ValidationError

from creason_core.errors import WeightsError
from creason_core.files import is_partial, sha256, write_whole
from creason_core.frozen import Frozen
from creason_core.model.engines.weights import MANIFEST, check_files, files_hash, refuse_unsafe

WEIGHTS = "adapter_model.safetensors"
CONFIG = "adapter_config.json"
AGAIN = "Register a good copy of the folder, or go back to the base: creason model use base"
Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
Share = Annotated[float, Field(ge=0, le=1)]


class Base(Frozen):
    """The weights that the adapter was trained on: file name → SHA-256 (hex), and where they came from."""

    name: str
    source: str = ""
    weights: Mapping[str, str] = Field(min_length=1)


class Data(Frozen):
    """What it was trained on; hashes are SHA-256 (hex), ``files`` by file name."""

    cohort: str
    rows: int = Field(ge=0)
    files: Mapping[str, str]
    codebook_hash: str
    split_hash: str = ""
    prompt_version: int


class Result(Frozen):
    """One measured line: an accuracy on held-out patients with its 95 % interval, beside its floors.

    ``who`` is whose answers these are ("this adapter", "the base model", a control). ``answered`` is the share of
    questions with a readable answer; an unanswered question counts as not right. ``floors`` are accuracies of the
    baselines on the same questions. ``questions`` is the SHA-256 of the question file.
    """

    who: str
    questions: str
    cohort: str
    split: str
    design: str
    scoring: str
    n: int = Field(gt=0)
    patients: int = Field(gt=0)
    accuracy: Share
    low: Share
    high: Share
    answered: Share
    floors: Mapping[str, Share] = {}
    measured: str = ""


class AdapterManifest(Frozen):
    """``manifest.json`` of an adapter folder.

    ``parent`` is the version that training went on from (``name@version``), empty for the base. ``recipe`` is one
    line ("warm start, then GRPO"); ``settings`` are the resolved settings of the training.
    """

    manifest: Literal[1] = 1
    kind: Literal["adapter"] = "adapter"
    name: Name
    version: Name
    parent: str = ""
    licence: str = "Apache-2.0"
    base: Base
    files: Mapping[str, str]
    recipe: str
    settings: Mapping[str, JsonValue] = {}
    data: Data
    seed: int
    made: AwareDatetime
    program: str = ""
    commit: str = ""
    releases: Mapping[str, str] = {}
    results: tuple[Result, ...] = ()

    @property
    def title(self) -> str:
        """The version as people and servers call it: ``name@version``."""
        return f"{self.name}@{self.version}"

    @property
    def hash(self) -> str:
        """One SHA-256 (hex) over its files; the manifest itself does not count."""
        return files_hash(self.files)


@dataclass(frozen=True, slots=True)
class Adapter:
    """An adapter folder that was checked, with its manifest."""

    folder: Path
    manifest: AdapterManifest


def read_manifest(folder: Path) -> AdapterManifest:
    """The manifest, without looking at the files themselves.

    Raises:
        WeightsError: There is no folder or no readable manifest of an adapter.
    """
    path = folder / MANIFEST
    try:
        return AdapterManifest.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        raise WeightsError(f"There is no adapter at {folder}: {MANIFEST} is missing.", remedy=AGAIN) from None
    except OSError as error:
        raise WeightsError(f"{path} cannot be read: {type(error).__name__}.", remedy=AGAIN) from error
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, one['loc'])) or 'file'}: {one['msg']}" for one in error.errors()[:3])
        raise WeightsError(f"{path} is no manifest of an adapter: {wrong}.", remedy=AGAIN) from error


def read_adapter(folder: Path) -> Adapter:
    """An adapter whose every file has the hash that the manifest says.

    Raises:
        WeightsError: A file is missing, altered, not listed or of a kind that is not accepted.
    """
    manifest = read_manifest(folder)
    refuse_unsafe(folder, AGAIN)
    for needed in (WEIGHTS, CONFIG):
        if needed not in manifest.files:
            raise WeightsError(f"{folder / MANIFEST} does not list {needed}.", remedy=AGAIN)
    check_files(folder, manifest.files, AGAIN)
    return Adapter(folder, manifest)


def write_manifest(folder: Path, manifest: AdapterManifest) -> Adapter:
    """Writes the manifest of a folder, with the hashes of its files as they are now, and checks the whole.

    Raises:
        WeightsError: The folder holds something that is not accepted.
    """
    listed = (path for path in sorted(folder.iterdir()) if path.is_file() and path.name != MANIFEST)
    files = {path.name: sha256(path) for path in listed if not is_partial(path)}
    text = json.dumps(manifest.model_copy(update={"files": files}).model_dump(mode="json"), indent=1) + "\n"
    write_whole(folder / MANIFEST, text)
    return read_adapter(folder)
