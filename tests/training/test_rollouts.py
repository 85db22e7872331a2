"""What a server is asked for rollouts, by a server that writes down every request and answers out of order."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from creason_core.errors import ModelError
from training.rl.rollouts import LoraVersions, MergedVersions, Rollouts

MADE = SimpleNamespace(
    max_completion_length=12, temperature=1.0, top_p=1.0, top_k=0, min_p=None, repetition_penalty=1.0
)


class Server(BaseHTTPRequestHandler):
    """Completion k of a prompt [p] is the token 10·p + k; the last choice comes first."""

    asked: list[tuple[str, Any]]
    status, emptied = 200, True

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.asked.append((self.path, body))
        said: dict[str, Any] = {"success": self.emptied}
        if self.path == "/v1/completions":
            tokens = [10 * body["prompt"][0] + k for k in range(body["n"])]
            said["choices"] = [
                {"index": k, "token_ids": [token], "logprobs": {"token_logprobs": [-token / 10]}}
                for k, token in enumerate(tokens)
            ][::-1]
        self.send_response(self.status)
        self.end_headers()
        self.wfile.write(json.dumps(said).encode())

    def log_message(self, *_: object) -> None:
        """Nothing on the terminal."""


@pytest.fixture
def server() -> Iterator[tuple[str, type[Server]]]:
    kind = type("Mine", (Server,), {"asked": []})
    running = ThreadingHTTPServer(("127.0.0.1", 0), kind)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{running.server_port}", kind
    running.shutdown()
    running.server_close()


def trainer(model: Any) -> SimpleNamespace:
    return SimpleNamespace(
        model=model,
        state=SimpleNamespace(global_step=0),
        accelerator=SimpleNamespace(unwrap_model=lambda one: one),
        processing_class=lambda text: {"input_ids": [[int(prompt)] for prompt in text]},
    )


class Adapter:
    """Saves itself as a folder with one file."""

    def save_pretrained(self, folder: str, **_: object) -> None:
        Path(folder).mkdir(parents=True)
        (Path(folder) / "adapter_model.safetensors").touch()


def test_each_prompt_is_sent_once_for_its_group_and_each_version_has_a_path_of_its_own(
    server: tuple[str, type[Server]], tmp_path: Path
) -> None:
    url, kind = server
    rollouts, training = Rollouts(url, LoraVersions(url, tmp_path), MADE), trainer(Adapter())
    said = rollouts(["7", "7", "7", "4", "4", "4"], training)
    assert said["prompt_ids"] == [[7], [7], [7], [4], [4], [4]]
    assert said["completion_ids"] == [[70], [71], [72], [40], [41], [42]]
    assert said["logprobs"] == [[-7.0], [-7.1], [-7.2], [-4.0], [-4.1], [-4.2]]
    rollouts(["7", "7"], training)  # the same step: the same version
    training.state.global_step = 1
    rollouts(["7", "7"], training)
    loaded = [body for path, body in kind.asked if path == "/v1/load_lora_adapter"]
    unloaded = [body["lora_name"] for path, body in kind.asked if path == "/v1/unload_lora_adapter"]
    names = [body["lora_name"] for body in loaded]
    assert len(set(names)) == len({body["lora_path"] for body in loaded}) == 2
    assert unloaded == names[:1]
    assert [path.name for path in tmp_path.iterdir()] == names[1:]
    sent = [body for path, body in kind.asked if path == "/v1/completions"]
    assert sorted((body["model"] == names[1], body["prompt"], body["n"]) for body in sent) == [
        (False, [4], 3), (False, [7], 2), (False, [7], 3), (True, [7], 2),
    ]  # fmt: skip


def test_a_server_that_refuses_ends_the_run_without_telling_the_prompt(
    server: tuple[str, type[Server]], tmp_path: Path
) -> None:
    url, kind = server
    kind.status = 500
    with pytest.raises(ModelError, match=r"did not do /v1/load_lora_adapter: 500\. Look into its log; .*checkpoint"):
        Rollouts(url, LoraVersions(url, tmp_path), MADE)(["7"], trainer(Adapter()))


def test_merged_weights_are_not_sampled_from_while_older_computations_are_kept(
    server: tuple[str, type[Server]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    url, kind = server
    (tmp_path / "base").mkdir()
    for name in ("config.json", "model.safetensors.index.json"):
        (tmp_path / "base" / name).write_text("{}")
    monkeypatch.setattr("training.rl.rollouts.merged_weights", lambda _: {"w": torch.ones(2)})
    versions = MergedVersions(url, tmp_path / "versions", str(tmp_path / "base"))
    assert versions.serve(None) == "base"
    folder = tmp_path / "versions" / "merged"
    assert sorted(path.name for path in folder.iterdir()) == ["config.json", "model.safetensors"]
    assert [path for path, _ in kind.asked] == ["/collective_rpc", "/reset_prefix_cache"]
    assert kind.asked[0][1] == {"method": "reload_weights", "kwargs": {"weights_path": str(folder)}}
    kind.emptied = False
    with pytest.raises(ModelError, match="kept what older weights had computed"):
        versions.serve(None)
