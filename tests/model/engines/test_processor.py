"""Which data type a processor answers soonest in: asked of it, and held to less where a test asks for that."""

import sys
from typing import get_args

import pytest

from creason_core.model.engines.processor import HELD_TO, KNOWN, of_cpuinfo, of_sysctl, processor
from creason_core.settings import HeldTo

ZEN_4 = "flags\t\t: fpu sse2 fma f16c avx avx2 avx512f avx512_bf16 avx512_vnni\n"
HASWELL = "flags\t\t: fpu sse2 fma f16c avx avx2 bmi2\n"
GRAVITON_3 = "processor\t: 0\nFeatures\t: fp asimd asimddp sve svebf16 i8mm bf16\nCPU part\t: 0xd40\n"


@pytest.mark.parametrize(("text", "features"), [
    (ZEN_4, "fma f16c avx2 avx512f avx512_bf16 avx512_vnni"),
    (HASWELL, "fma f16c avx2"),
    (GRAVITON_3, "asimd asimddp i8mm bf16"),
    (ZEN_4 + HASWELL, "fma f16c avx2"),  # threads move between cores: what all of them have
    ("processor\t: 0\nhart\t: 1\nisa\t: rv64imafdc\n", ""),
])  # fmt: skip
def test_linux_says_what_every_core_has(text: str, features: str) -> None:
    assert of_cpuinfo(text) == frozenset(features.split())


@pytest.mark.parametrize(("text", "features"), [
    ("hw.optional.arm.FEAT_BF16: 1\nhw.optional.arm.FEAT_I8MM: 1\nhw.optional.AdvSIMD: 1\n", "bf16 i8mm asimd"),
    ("hw.optional.arm.FEAT_BF16: 0\nhw.optional.arm.FEAT_DotProd: 1\nhw.optional.neon: 1\n", "asimddp asimd"),
    ("machdep.cpu.features: FPU SSE2 FMA F16C\nmachdep.cpu.leaf7_features: RDWRFSGS AVX2 BMI2\n", "fma f16c avx2"),
])  # fmt: skip
def test_macos_says_what_it_has(text: str, features: str) -> None:
    assert of_sysctl(text) == frozenset(features.split())


@pytest.mark.parametrize("held_to", list(HELD_TO))
def test_a_processor_held_to_less_has_no_bfloat16(held_to: str) -> None:
    held = processor(held_to)
    assert held.precision == "float32"
    assert held.features <= processor().features
    assert held.environment
    assert not processor().environment


def test_the_settings_name_what_a_processor_can_be_held_to() -> None:
    assert set(get_args(HeldTo)) == {"", *HELD_TO}


@pytest.mark.skipif(sys.platform != "linux", reason="compares with what Linux says")
def test_what_pytorch_finds_is_what_we_find() -> None:
    torch = pytest.importorskip("torch")
    for name in ("avx2", "avx512_bf16", "amx_tile"):
        assert processor().has(name) == getattr(torch.cpu, f"_is_{name}_supported")(), name


def test_a_feature_that_nobody_looks_for_is_refused() -> None:
    with pytest.raises(KeyError):
        processor().has("avx-512")
    assert all(processor().has(name) in {True, False} for name in KNOWN)
