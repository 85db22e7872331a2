"""Rollouts by a vLLM server that gets every version of the adapter: for machines on which TRL's own ways do not run.

TRL's two ways of vLLM move weights between GPUs. This one works on a CPU as well, through TRL's ``rollout_func``. A
new version is served before anything is sampled from it, in one of two ways:

    lora    the adapter is saved under a new path and loaded beside the base. The path must be new: vLLM's prefix
            cache is keyed by it, and would give what an older version had computed
    merged  base and adapter are summed and written as weights, which the server loads in place of those it has;
            then its prefix cache is emptied

Every different prompt is sent once, for as many completions as the group needs, and read once by the server. The
log-probabilities that come back are those of the sampling: TRL drops a completion that its own disagree with too far
(``off_policy_mask_threshold``).
"""

import shutil
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from itertools import groupby
from pathlib import Path
from typing import Any

import httpx
from pydantic import JsonValue

from creason_core.errors import ModelError
from creason_core.files import whole_file
from creason_core.private import private_folder
from training.rl.grpo_args import by_adapter
from training.rl.vllm_server import rollout_server
from training.trainer.settings import Grpo
from training.trainer.weights import base_folder

REPLY_SECONDS = 1800.0


@contextmanager
def rollout_function(config: Grpo, trl_args: Any) -> Iterator["Rollouts | None"]:
    """What TRL samples with; None where TRL samples itself. A server that was started here ends here.

    Raises:
        SettingsError: The server does not start.
    """
    engine = config.rollouts.engine
    if not by_adapter(config) or config.lora is None:
        yield None
        return
    with ExitStack() as stack:
        url = config.rollouts.url or stack.enter_context(
            rollout_server(base_folder(config.model), engine, config.lora.r, config.out / "vllm.log")
        )
        versions = config.out / "versions"
        try:
            served = LoraVersions(url, versions) if engine == "lora" else MergedVersions(url, versions, config.model)
            yield Rollouts(url, served, trl_args)
        finally:
            shutil.rmtree(versions, ignore_errors=True)


class LoraVersions:
    """Versions of the adapter beside the base."""

    def __init__(self, url: str, folder: Path) -> None:
        self._url, self._folder = url, folder
        self._served: Path | None = None

    def serve(self, model: Any) -> str:
        """Serves the adapter of ``model`` as it is now; its name in requests."""
        new = self._folder.resolve() / f"version-{time.time_ns()}"
        model.save_pretrained(str(new), save_embedding_layers=False)
        _post(self._url, "/v1/load_lora_adapter", {"lora_name": new.name, "lora_path": str(new)})
        if self._served is not None:
            _post(self._url, "/v1/unload_lora_adapter", {"lora_name": self._served.name})
            shutil.rmtree(self._served)
        self._served = new
        return new.name


class MergedVersions:
    """Versions of the whole weights, with the adapter in them."""

    def __init__(self, url: str, folder: Path, model: str) -> None:
        self._url, self._folder = url, folder.resolve() / "merged"
        private_folder(self._folder)
        for path in base_folder(model).glob("*.json"):
            if not path.name.endswith(".index.json"):  # of weights in several files; here it is one
                shutil.copy(path, self._folder)

    def serve(self, model: Any) -> str:
        """Serves base and adapter of ``model`` as they are now; their name in requests."""
        from safetensors.torch import save_file

        with whole_file(self._folder / "model.safetensors") as partial:
            save_file(merged_weights(model), partial, metadata={"format": "pt"})
        body: JsonValue = {"method": "reload_weights", "kwargs": {"weights_path": str(self._folder)}}
        _post(self._url, "/collective_rpc", body)
        if not _post(self._url, "/reset_prefix_cache", {}).json()["success"]:
            raise ModelError(
                "failed",
                "The vLLM server kept what older weights had computed.",
                remedy="Let nothing else use it, and go on from the last checkpoint with the same command.",
            )
        return "base"


class Rollouts:
    """TRL's ``rollout_func``: one completion for each prompt in the list, which holds every prompt G times in a row.

    ``publishing`` is the seconds that the versions took so far.
    """

    def __init__(self, url: str, versions: LoraVersions | MergedVersions, trl_args: Any) -> None:
        self._url, self._versions, self._trl_args = url, versions, trl_args
        self._step: int | None = None
        self._name = ""
        self.publishing = 0.0

    def __call__(self, prompts: Sequence[str], trainer: Any) -> dict[str, list[Any]]:
        """Prompt tokens, completion tokens and their log-probabilities, in the order of ``prompts``.

        Raises:
            ModelError: The server does not answer, or refuses.
        """
        if trainer.state.global_step != self._step:
            started = time.monotonic()
            self._name = self._versions.serve(trainer.accelerator.unwrap_model(trainer.model))
            self._step, self.publishing = trainer.state.global_step, self.publishing + time.monotonic() - started
        groups = [(prompt, len(list(same))) for prompt, same in groupby(prompts)]
        tokens: list[list[int]] = trainer.processing_class(text=[prompt for prompt, _ in groups])["input_ids"]
        with ThreadPoolExecutor(len(groups)) as pool:
            replies = list(pool.map(self._complete, tokens, [count for _, count in groups]))
        return {
            "prompt_ids": [ids for ids, (_, count) in zip(tokens, groups, strict=True) for _ in range(count)],
            "completion_ids": [choice["token_ids"] for reply in replies for choice in reply],
            "logprobs": [choice["logprobs"]["token_logprobs"] for reply in replies for choice in reply],
        }

    def _complete(self, ids: list[int], count: int) -> list[Any]:
        trl_args = self._trl_args
        body: dict[str, Any] = {
            "model": self._name,
            "prompt": ids,
            "n": count,
            "max_tokens": trl_args.max_completion_length,
            "temperature": trl_args.temperature,
            "top_p": trl_args.top_p,
            "top_k": trl_args.top_k,
            "min_p": trl_args.min_p or 0.0,
            "repetition_penalty": trl_args.repetition_penalty,
            "logprobs": 0,
            "return_token_ids": True,
        }
        choices: list[Any] = sorted(_post(self._url, "/v1/completions", body).json()["choices"], key=_index)
        return choices


def _index(choice: Any) -> int:
    return int(choice["index"])


def _post(url: str, path: str, body: JsonValue) -> httpx.Response:
    """Posts, and raises where the answer is no success; the message holds nothing of what was sent."""
    try:
        return httpx.post(f"{url}{path}", json=body, timeout=REPLY_SECONDS).raise_for_status()
    except httpx.HTTPError as error:
        status = error.response.status_code if isinstance(error, httpx.HTTPStatusError) else type(error).__name__
        raise ModelError(
            "failed",
            f"The vLLM server for rollouts did not do {path}: {status}.",
            remedy="Look into its log; the same command goes on from the last checkpoint.",
        ) from error


def merged_weights(model: Any) -> dict[str, Any]:
    """The weights of a PeftModel with its adapter in them, by their names in the base; the model stays as it is.

    The sum is made in float32 and rounded once to the base's own type, so that nothing builds up from version to
    version, as it would by merging and taking out again. Tied weights are given once.
    """
    from peft.tuners.lora import LoraLayer

    base = model.get_base_model()
    tied = set(getattr(base, "_tied_weights_keys", None) or ()) if base.config.tie_word_embeddings else set()
    changes = {
        name: module.get_delta_weight(adapter)
        for name, module in base.named_modules()
        if isinstance(module, LoraLayer)
        for adapter in module.active_adapters
    }
    weights = {}
    for name, tensor in base.state_dict().items():
        if "lora_" in name or name in tied:
            continue
        plain = name.replace(".base_layer.", ".")
        change = changes.get(plain.removesuffix(".weight"))
        summed = tensor if change is None else (tensor.float() + change.float()).to(tensor.dtype)
        weights[plain] = summed.detach().cpu().contiguous()
    return weights
