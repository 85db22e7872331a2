"""The embedded model at work: ONNX Runtime, and the keys and values of the texts that it has read.

A slot holds the keys and values of one text. The first ``n`` slots are written on together; the others remember texts,
so that a new text which begins like one of them is read from where they part.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from creason_core.model.engines.embedded_graph import (
    EMBEDDINGS,
    LlamaConfig,
    Precision,
    cache_names,
    graph,
    read_config,
    rotations,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from onnxruntime import InferenceSession, IOBinding

_TYPES = {"F32": "<f4", "U8": "u1", "U16": "<u2"}
GROWTH = 1024  # the capacity of the slots is a multiple of this, in tokens


@dataclass(frozen=True, slots=True)
class Bound:
    """Some slots as inputs and outputs of the graph, and where it writes its logits (slots × vocabulary)."""

    binding: "IOBinding"
    logits: "NDArray[np.float32]"
    held: list[Any]  # what the binding points to


class Slots:
    """The keys and values of ``count`` texts, and which tokens they are of.

    ``firm`` is how many of a text's tokens were read in pieces: keys of tokens that were written one by one differ by
    rounding, and another reply that began with them would depend on who was served before.
    """

    def __init__(self, session: "InferenceSession", config: LlamaConfig, count: int) -> None:
        self.texts: list[list[int]] = [[] for _ in range(count)]
        self.firm = [0] * count
        self._session = session
        self._config = config
        self._capacity = 0
        self._buffers: dict[str, NDArray[np.float32]] = {}
        self._bindings: dict[tuple[int, int], Bound] = {}
        self.hold(GROWTH)

    def hold(self, tokens: int) -> None:
        """Makes room for texts of ``tokens`` tokens. What a slot does not use takes no memory."""
        import numpy as np

        if tokens <= self._capacity:
            return
        capacity = -(-tokens // GROWTH) * GROWTH
        shape = (len(self.texts), self._config.num_key_value_heads, capacity, self._config.head_dim)
        # Where memory does not suffice, this raises and all is as before.
        grown = {name: np.zeros(shape, np.float32) for name in cache_names(self._config)}
        before, self._buffers, self._capacity = self._buffers, grown, capacity
        self._bindings.clear()
        for name, old in before.items():
            for slot, text in enumerate(self.texts):
                self._buffers[name][slot, :, : len(text)] = old[slot, :, : len(text)]

    def copy(self, source: int, target: int, tokens: int) -> None:
        """Makes ``target`` the first ``tokens`` tokens of ``source``."""
        for buffer in self._buffers.values():
            buffer[target, :, :tokens] = buffer[source, :, :tokens]
        self.texts[target], self.firm[target] = self.texts[source][:tokens], tokens

    def swap(self, one: int, other: int) -> None:
        """Lets two slots change places."""
        if one == other:
            return
        most = max(len(self.texts[one]), len(self.texts[other]))
        for buffer in self._buffers.values():
            kept = buffer[one, :, :most].copy()
            buffer[one, :, :most] = buffer[other, :, :most]
            buffer[other, :, :most] = kept
        self.texts[one], self.texts[other] = self.texts[other], self.texts[one]
        self.firm[one], self.firm[other] = self.firm[other], self.firm[one]

    def shared(self, ids: Sequence[int]) -> tuple[int, int]:
        """How many of the first tokens of ``ids`` some slot has read, and which."""
        found = [min(common(text, ids), firm) for text, firm in zip(self.texts, self.firm, strict=True)]
        most = max(range(len(found)), key=found.__getitem__)
        return found[most], most

    def cut(self, slot: int, tokens: int) -> None:
        """Forgets all but the first ``tokens`` tokens of a slot."""
        del self.texts[slot][tokens:]
        self.firm[slot] = min(self.firm[slot], tokens)

    def bound(self, first: int, last: int) -> "Bound":
        """The slots ``first`` … ``last - 1``, bound so that the graph writes where it reads."""
        import numpy as np
        from onnxruntime import OrtValue

        if (first, last) not in self._bindings:
            binding, logits = self._session.io_binding(), np.empty((last - first, self._config.vocab_size), np.float32)
            held = [OrtValue.ortvalue_from_numpy(logits)]
            binding.bind_ortvalue_output("logits", held[0])
            for name, buffer in self._buffers.items():
                held.append(OrtValue.ortvalue_from_numpy(buffer[first:last]))
                binding.bind_ortvalue_input(f"past.{name}", held[-1])
                binding.bind_ortvalue_output(f"present.{name}", held[-1])
            self._bindings[first, last] = Bound(binding, logits, held)
        return self._bindings[first, last]


def common(one: Sequence[int], other: Sequence[int]) -> int:
    """With how many of the same tokens two texts begin."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


@dataclass(frozen=True, slots=True)
class SlotModel:
    """A model that reads tokens into slots and says what comes next."""

    config: LlamaConfig
    slots: Slots
    session: Any  # onnxruntime.InferenceSession
    embeddings: "NDArray[np.uint16]"  # vocabulary × hidden, the bits of bfloat16
    weights: "dict[str, NDArray[Any]]"  # what the session points to

    def read(self, slot: int, ids: Sequence[int]) -> "NDArray[np.float32]":
        """Reads ``ids`` behind the text of a slot; the logits (vocabulary) after them, until the next call.

        Two tokens or more: one by itself is computed in another order.
        """
        logits: NDArray[np.float32] = self._run((slot, slot + 1), [ids])[0]
        self.slots.firm[slot] = len(self.slots.texts[slot])
        return logits

    def step(self, tokens: Sequence[int]) -> "NDArray[np.float32]":
        """Reads one token behind each of the first slots; the logits (rows × vocabulary) until the next call."""
        return self._run((0, len(tokens)), [[token] for token in tokens])

    def _run(self, where: tuple[int, int], ids: Sequence[Sequence[int]]) -> "NDArray[np.float32]":
        import numpy as np

        texts = self.slots.texts[slice(*where)]
        after = [len(text) + len(new) for text, new in zip(texts, ids, strict=True)]
        self.slots.hold(max(after))
        bound = self.slots.bound(*where)
        bits = self.embeddings[np.asarray(ids)].astype(np.uint32)
        bound.binding.bind_cpu_input("tokens", (bits << 16).view(np.float32))
        bound.binding.bind_cpu_input("before", np.asarray(after, np.int32) - 1)
        bound.binding.bind_cpu_input("longest", np.asarray(max(after), np.int32))
        self.session.run_with_iobinding(bound.binding)
        for text, new in zip(texts, ids, strict=True):
            text.extend(new)
        return bound.logits


def load(folder: Path, precision: Precision, threads: int, slots: int) -> SlotModel:
    """Loads a folder that ``embedded_weights.prepared`` made; ``threads`` 0 is one for each core."""
    import onnxruntime

    config = read_config(folder)
    weights = mapped(folder / "model.safetensors")
    embeddings = weights.pop(EMBEDDINGS)
    weights |= rotations(config)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3  # errors
    # Threads that spin while they wait gain a little on an idle machine and lose much on a busy one (docs/bench.md).
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    values = [onnxruntime.OrtValue.ortvalue_from_numpy(value) for value in weights.values()]
    options.add_external_initializers(list(weights), values)
    session = onnxruntime.InferenceSession(
        graph(config, precision, weights), options, providers=["CPUExecutionProvider"]
    )
    return SlotModel(config, Slots(session, config, slots), session, embeddings, weights)


def mapped(path: Path) -> "dict[str, NDArray[Any]]":
    """The tensors of a safetensors file, left on the disk until they are looked at.

    The file begins with the length of its table (8 bytes, little-endian) and the table as JSON.
    """
    import numpy as np

    whole = np.memmap(path, np.uint8, mode="r")
    start = 8 + int(whole[:8].view("<u8")[0])
    table = json.loads(whole[8:start].tobytes())
    found = {}
    for name, told in table.items():
        if name != "__metadata__":
            first, last = told["data_offsets"]
            found[name] = whole[start + first : start + last].view(_TYPES[told["dtype"]]).reshape(told["shape"])
    return found
