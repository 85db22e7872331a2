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
from creason_core.frozen import Frozen, wrong_in
from creason_core.model.adapters.lacking import without_manifest
from creason_core.model.engines.weights import MANIFEST, check_files, files_hash, refuse_unsafe
from creason_core.settings import ModelTask

WEIGHTS = "adapter_model.safetensors"
CONFIG = "adapter_config.json"
AGAIN = "Register a good copy of the folder, or go back to the base: creason model use base"
Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
Share = Annotated[float, Field(ge=0, le=1)]


class Base(Frozen):
    """The weights that the adapter was trained on, and works with alone."""

    name: str
    """The model as in ``creason model``."""
    source: str = ""
    """Where its files came from, in words."""
    weights: Mapping[str, str] = Field(min_length=1)
    """File name → SHA-256 (hex)."""


class Data(Frozen):
    """What it was trained on."""

    cohort: str
    """Whose patients; several are parted by a comma, empty for ratings."""
    rows: int = Field(ge=0)
    """Rows trained on: rationales, questions or ratings."""
    files: Mapping[str, str]
    """File name → SHA-256 (hex)."""
    codebook_hash: str
    """SHA-256 (hex) of the codebook of the questions; empty where several."""
    split_hash: str = ""
    """SHA-256 (hex) of the split; empty for ratings, which are not split."""
    prompt_version: int
    """Of ``question.prompts``: how the questions were worded."""


class Result(Frozen):
    """One measured line: an accuracy on held-out patients beside the baselines."""

    who: str
    """Whose answers these are: "this adapter", "the base model", a control."""
    questions: str
    """SHA-256 (hex) of the question file."""
    cohort: str
    """Whose patients were asked about."""
    split: str
    """"validation" or "test"."""
    design: str
    """How options were made, with the version of the design and whether classes were balanced."""
    scoring: str
    """As in ``evaluation.plan``: greedy, mean, majority or logprob."""
    n: int = Field(gt=0)
    """Questions asked."""
    patients: int = Field(gt=0)
    """Patients that they are about."""
    accuracy: Share
    """Share that was right; an unanswered question counts as not right."""
    low: Share
    """Lower end of its 95 % interval over patients."""
    high: Share
    """Upper end."""
    answered: Share
    """Share with a readable answer."""
    floors: Mapping[str, Share] = {}
    """Accuracies of the baselines on the same questions, by name."""
    measured: str = ""
    """The day, as YYYY-MM-DD."""


class AdapterManifest(Frozen):
    """``manifest.json`` of an adapter folder."""

    manifest: Literal[1] = 1
    """Version of this form."""
    kind: Literal["adapter"] = "adapter"
    """What the folder holds."""
    name: Name
    """Of the adapter, as in ``name@version``."""
    version: Name
    """Of the adapter: a number, or a word."""
    parent: str = ""
    """The version that training went on from (``name@version``); empty for the base."""
    licence: str = "Apache-2.0"
    """Of the adapter, as an SPDX identifier."""
    base: Base
    """The weights that it belongs to."""
    files: Mapping[str, str]
    """Its own files: name → SHA-256 (hex); the adapter's hash is made of these."""
    tasks: tuple[ModelTask, ...] = ("masked value",)
    """What it was made for; pages ask it nothing else."""
    recipe: str
    """One line, such as "warm start, then GRPO on 4,000 questions"."""
    settings: Mapping[str, JsonValue] = {}
    """The resolved settings of the last training."""
    data: Data
    """What the last training was given."""
    seed: int
    """Of the last training."""
    made: AwareDatetime
    """When, with the offset from UTC."""
    program: str = ""
    """Version of C-Reason that made it."""
    commit: str = ""
    """Of the checkout that made it, "-dirty" where files differed; empty outside one."""
    releases: Mapping[str, str] = {}
    """Library → release."""
    results: tuple[Result, ...] = ()
    """Measured lines; no part of the hash."""

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
        wrong, remedy = without_manifest(folder, MANIFEST, CONFIG, WEIGHTS)
        raise WeightsError(f"There is no adapter at {folder} that can be used: {wrong}.", remedy=remedy) from None
    except OSError as error:
        raise WeightsError(f"{path} cannot be read: {type(error).__name__}.", remedy=AGAIN) from error
    except ValidationError as error:
        raise WeightsError(f"{path} is no manifest of an adapter: {wrong_in(error)}.", remedy=AGAIN) from error


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
