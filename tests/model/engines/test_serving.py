"""Which engine is used, and how a vLLM server is started."""

import importlib.metadata
import sys
from pathlib import Path

import pytest

from creason_core.errors import CReasonError, ModelError
from creason_core.model.engines import serve
from creason_core.model.engines.base import Capabilities, ReadsAhead
from creason_core.model.engines.breaker import Breaker
from creason_core.model.engines.choose import choose_engine
from creason_core.model.engines.embedded import Embedded
from creason_core.model.engines.limits import Limits
from creason_core.model.engines.precision_header import asked
from creason_core.model.engines.processor import processor
from creason_core.model.engines.replay import Replay
from creason_core.model.engines.vllm_server import VllmServer
from creason_core.settings import HeldTo, Settings, settings
from tests.model.engines.fault_server import FaultServer

NOBODY = "http://127.0.0.1:9/v1"


def test_auto_takes_the_server_that_answers_else_the_embedded_model() -> None:
    with FaultServer().running() as server:
        found = choose_engine(Settings(vllm_url=server.url))
        assert isinstance(found, VllmServer)
        assert found.identity.model == "ok"
        found.close()
    assert isinstance(choose_engine(Settings(vllm_url=NOBODY)), Embedded)


def test_a_server_that_hangs_is_not_taken() -> None:
    with FaultServer().running() as server:
        found = choose_engine(Settings(vllm_url=server.url, vllm_model="hang", connect_seconds=0.5))
        assert isinstance(found, Embedded)


def test_each_engine_can_be_asked_for() -> None:
    asked = choose_engine(Settings(engine="vllm", vllm_url=NOBODY))
    assert isinstance(asked, VllmServer)
    assert not asked.health().ready
    asked.close()
    assert isinstance(choose_engine(Settings(engine="embedded")), Embedded)
    assert isinstance(choose_engine(Settings(engine="replay")), Replay)


def test_what_an_engine_says_that_it_can_is_what_it_has(tmp_path: Path) -> None:
    server = VllmServer(NOBODY)
    for engine in (server, Embedded(tmp_path), Replay()):
        able = engine.capabilities
        assert able.reads_ahead == isinstance(engine, ReadsAhead)
        assert able.interleaves == (able.slots > 1)
    server.close()
    with pytest.raises(ValueError, match="at least one reply"):
        Capabilities(0, logprobs=False, reads_ahead=False, repeats=False, interleaves=False)


def test_a_missing_model_is_told_before_anything_is_run(tmp_path: Path) -> None:
    engine = Embedded(tmp_path / "SmolLM2-135M-Instruct")
    assert not engine.health().ready
    assert "creason model pull" in engine.health().note
    assert engine.identity.model == "SmolLM2-135M-Instruct"


def test_the_server_listens_on_this_computer_only_and_samples_as_asked() -> None:
    line = serve.command("/models/m", "m", 8000, "vllm-cpu", ["--max-num-seqs", "8"])
    assert line[:3] == [sys.executable, "-m", "vllm.entrypoints.openai.api_server"]
    said = " ".join(line)
    assert "--host 127.0.0.1 --port 8000 --max-model-len 4096 --dtype bfloat16" in said
    assert "--generation-config vllm" in said
    assert said.endswith("--block-size 32 --no-enable-chunked-prefill --max-num-batched-tokens 4096 --max-num-seqs 8")
    assert "--block-size" not in serve.command("/models/m", "m", 8000, "vllm", [])


def test_the_server_is_offline_and_reports_nothing_to_anybody() -> None:
    given = serve.environment("vllm-cpu")
    assert (given["HF_HUB_OFFLINE"], given["VLLM_NO_USAGE_STATS"], given["DO_NOT_TRACK"]) == ("1", "1", "1")
    assert given["VLLM_CPU_KVCACHE_SPACE"] == "2"
    assert given["VLLM_CPU_OMP_THREADS_BIND"].startswith("0-")


@pytest.mark.parametrize(("package", "held_to", "options", "precision"), [
    ("vllm-cpu", "", [], processor().precision),
    ("vllm-cpu", "avx2", [], "float32"),
    ("vllm-cpu", "avx2", ["--", "--dtype", "bfloat16"], "bfloat16"),
    ("vllm-cpu", "", ["--", "--dtype=float16"], "float16"),
    ("vllm", "avx2", [], "bfloat16"),  # a GPU does the work
])  # fmt: skip
def test_the_data_type_is_what_the_processor_multiplies_unless_another_is_asked_for(
    package: str, held_to: HeldTo, options: list[str], precision: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[tuple[list[str], dict[str, str]]] = []
    monkeypatch.setattr(serve, "build", lambda: package)
    monkeypatch.setattr("os.execve", lambda _, line, environment: started.append((line, environment)))
    serve.main(["/models/m", *options], Settings(processor=held_to))
    (line, environment), *others = started
    assert asked(line) == precision
    assert (environment.get("ONEDNN_MAX_CPU_ISA") == "AVX2") == (package == "vllm-cpu" and held_to == "avx2")
    assert others == []


def test_a_missing_vllm_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> str:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "version", missing)
    with pytest.raises(CReasonError, match=r"vLLM is not installed\. Run `make setup-serve`"):
        serve.main([], settings())


def test_the_breaker_opens_after_three_failures_and_closes_after_fifteen_seconds() -> None:
    now = [100.0]
    breaker = Breaker(lambda: now[0])
    down = ModelError("unreachable", "down")
    for _ in range(3):
        breaker.check()
        breaker.failed(down)
    with pytest.raises(ModelError, match="left alone for 15 s"):
        breaker.check()
    now[0] += 15.0
    breaker.check()
    breaker.answered()
    breaker.failed(down)
    breaker.check()


def test_other_faults_do_not_open_the_breaker() -> None:
    breaker = Breaker()
    for _ in range(5):
        breaker.failed(ModelError("rejected", "too long"))
    breaker.check()


def test_deadlines_count_from_the_start_and_from_the_latest_token() -> None:
    limits = Limits(first_token=30.0, idle=15.0, total=180.0)
    assert limits.next_deadline(started=0.0, latest=0.0, any_token=False) == 30.0
    assert limits.next_deadline(started=0.0, latest=100.0, any_token=True) == 115.0
    assert limits.next_deadline(started=0.0, latest=170.0, any_token=True) == 180.0
    assert "180 s" in str(limits.late(0.0, 180.0, True))
