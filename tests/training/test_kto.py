"""KTO and DPO on a tiny model: they learn from thumbs, go on from an adapter, and go on exactly where they stopped."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from creason_core.errors import FeedbackError, SettingsError
from creason_core.files import sha256
from creason_core.model.adapters.manifest import WEIGHTS, read_adapter
from creason_core.model.engines.weights import model_folder
from creason_core.question.prompts import OPENING
from creason_core.settings import settings
from creason_core.store.sql.transactions import Database
from creason_core.store.training_rows import export
from creason_core.store.training_rows.rows import Turn
from creason_core.store.upkeep.database import open_store
from tests.store.examples import CODEBOOK
from tests.store.training_rows.conftest import ASKED, BAD, GOOD, Rate, rate  # noqa: F401 - a fixture
from tests.training.tiny import make_tiny
from training import dpo, kto
from training.data.contamination import rated_patients
from training.data.ratings import as_text
from training.trainer.settings import Dpo, Kto, Lora
from training.trainer.weights import load_tokenizer

pytestmark = pytest.mark.slow
LIKE = str(model_folder(settings()))


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models") / "tiny"
    make_tiny(folder, like=LIKE)
    return folder


@pytest.fixture
def db() -> Iterator[Database]:
    """The database that the settings of a test name."""
    opened = open_store(settings().database, settings().data_dir)
    yield opened
    opened.close()


def test_what_is_learnt_from_is_what_an_engine_sent_and_what_came_back() -> None:
    tokenizer = load_tokenizer(LIKE)
    asked = tuple(Turn(role=one.role, content=one.content) for one in ASKED[:2])
    prompt, completion = as_text(tokenizer, asked, (Turn(role="assistant", content=OPENING + GOOD),))
    assert prompt.endswith(f"<|im_start|>assistant\n{OPENING}")
    assert completion == f"{GOOD}<|im_end|>"
    # An answer to other wording keeps all that the model was given: it cannot be told what was its own.
    prompt, completion = as_text(tokenizer, asked, (Turn(role="assistant", content="First, \\boxed{A}"),))
    assert prompt.endswith("<|im_start|>assistant\n")
    assert completion == "First, \\boxed{A}<|im_end|>"


def test_kto_goes_on_from_an_adapter_and_exactly_where_it_was_stopped(
    tiny: Path,
    rate: Rate,  # noqa: F811
    db: Database,
    tmp_path: Path,
) -> None:
    for text, thumb in ((GOOD, "up"), (BAD, "down"), (f" Well.{GOOD}", "up")):
        rate(text, thumb)
    rows = tmp_path / "rows.jsonl"
    export(db, "kto", rows, actor="operator")
    config = Kto(
        model=str(tiny), rows=rows, out=tmp_path / "kto", version="1", epochs=4, batch=3, learning_rate=0.01,
        save_every=2, lora=Lora(r=4, alpha=8),
    )  # fmt: skip
    first = kto.train(config)
    made = read_adapter(first).manifest
    assert (made.title, made.parent, made.data.rows) == ("creason@1", "", 3)
    assert made.base.weights == {"model.safetensors": sha256(tiny / "model.safetensors")}
    assert (made.data.codebook_hash, made.data.cohort) == (CODEBOOK.content_hash, "rhc-sepsis")
    assert rated_patients(first) == {"rhc-sepsis": ("patient-1",)}

    later = config.model_copy(update={"start": first, "version": "2", "out": tmp_path / "later"})
    second = kto.train(later)
    assert read_adapter(second).manifest.parent == "creason@1"
    assert sha256(second / WEIGHTS) != sha256(first / WEIGHTS)
    stopped = later.model_copy(update={"out": tmp_path / "stopped"})
    shutil.copytree(later.out / "checkpoint-2", stopped.out / "checkpoint-2")
    assert sha256(kto.train(stopped) / WEIGHTS) == sha256(second / WEIGHTS)

    with pytest.raises(SettingsError, match=r"3 of 3 rows are longer than max_length = 20; the longest has \d+ tokens"):
        kto.train(config.model_copy(update={"max_length": 20}))
    make_tiny(tmp_path / "another", like=LIKE, seed=1)
    with pytest.raises(SettingsError, match="trained on other weights"):
        kto.train(later.model_copy(update={"model": str(tmp_path / "another"), "out": tmp_path / "none"}))


def test_dpo_learns_to_prefer_what_was_found_good(tiny: Path, rate: Rate, db: Database, tmp_path: Path) -> None:  # noqa: F811
    rate(GOOD, "up")
    rate(BAD, "down")
    rows = tmp_path / "pairs.jsonl"
    export(db, "dpo", rows, actor="operator")
    config = Dpo(model=str(tiny), rows=rows, out=tmp_path / "dpo", version="1", epochs=8, batch=1, learning_rate=0.01)
    folder = dpo.train(config)
    assert read_adapter(folder).manifest.recipe == "DPO on 1 rows from ratings"
    history = json.loads((config.out / "training.json").read_bytes())["history"]
    margins = [entry["rewards/margins"] for entry in history if "rewards/margins" in entry]
    assert margins[0] == 0.0  # nothing is learnt before the first step
    assert margins[-1] > 0.0


def test_thumbs_of_one_kind_are_refused_before_anything_is_loaded(rate: Rate, db: Database, tmp_path: Path) -> None:  # noqa: F811
    rate(GOOD, "up")
    export(db, "kto", tmp_path / "rows.jsonl", actor="operator")
    with pytest.raises(FeedbackError, match=r"Every thumb is up \(1 of 1\)"):
        kto.train(Kto(model="no such model", rows=tmp_path / "rows.jsonl", out=tmp_path / "out"))
