"""Folders of adapters and of a base whose files are only bytes: enough for whatever looks at hashes and versions."""

import json
from datetime import UTC, datetime
from pathlib import Path

from creason_core.files import sha256
from creason_core.model.adapters.manifest import (
    CONFIG,
    WEIGHTS,
    Adapter,
    AdapterManifest,
    Base,
    Data,
    Result,
    write_manifest,
)
from creason_core.model.engines.weights import Weights, check, seal

BASE = "SmolLM2-135M-Instruct"
PLAIN = {"peft_type": "LORA", "r": 4, "lora_alpha": 8, "bias": "none"}
MEASURED = Result(
    who="this adapter",
    questions="q" * 64,
    cohort="rhc-sepsis",
    split="test",
    design="stratified",
    scoring="greedy",
    n=600,
    patients=410,
    accuracy=0.5,
    low=0.46,
    high=0.54,
    answered=0.995,
    floors={"chance": 0.35, "boosting": 0.61},
)


def make_base(models: Path, weights: bytes = b"base weights") -> Weights:
    """A sealed base in a folder of models."""
    folder = models / BASE
    folder.mkdir(parents=True)
    (folder / "model.safetensors").write_bytes(weights)
    (folder / "config.json").write_text("{}", encoding="utf-8")
    seal(folder, BASE, source="a test", licence="Apache-2.0", made_with={})
    return check(folder)


def make_adapter(
    folder: Path, base: Path, version: str = "1", *, weights: bytes | None = None, results: tuple[Result, ...] = ()
) -> Adapter:
    """A whole adapter of the base in ``base``; its weights are those given, or those that already lie there."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / WEIGHTS).exists():
        (folder / WEIGHTS).write_bytes(weights or f"weights of {version}".encode())
        (folder / CONFIG).write_text(json.dumps(PLAIN), encoding="utf-8")
    files = {path.name: sha256(path) for path in base.glob("*.safetensors")}
    manifest = AdapterManifest(
        name="small",
        version=version,
        base=Base(name=base.name, weights=files),
        files={},
        recipe="warm start on 8 rationales",
        settings={"learning_rate": 0.001, "lora": {"r": 4}, "rationales": ["a"]},
        data=Data(
            cohort="rhc-sepsis", rows=8, files={"rows.parquet": "d" * 64}, codebook_hash="c" * 64, prompt_version=1
        ),
        seed=0,
        made=datetime(2026, 1, int(version) if version.isdecimal() else 1, tzinfo=UTC),
        releases={"peft": "0.21.2"},
        results=results,
    )
    return write_manifest(folder, manifest)
