"""Text to tokens and back for the embedded model: chat template, tokenizer, and replies without broken characters."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from creason_core.model.engines.base import Message

if TYPE_CHECKING:
    from jinja2 import Template

_HERE = "\ue000the reply goes on here\ue000"  # in no text of ours: characters for private use
_CONTEXT_TAIL = 6  # prompt tokens that give the first new token its spacing


@dataclass(frozen=True, slots=True)
class ChatTokenizer:
    """A tokenizer and the chat template that its model was trained with."""

    tokenizer: Any  # tokenizers.Tokenizer
    template: "Template"
    specials: dict[str, str]  # the template's names of special tokens

    def prompt(self, messages: Sequence[Message]) -> str:
        """The conversation in the chat template, ending where the reply begins or, after a prefill, goes on."""
        turns = [{"role": message.role, "content": message.content} for message in messages]
        prefilled = messages[-1].role == "assistant"
        if prefilled:
            turns[-1]["content"] += _HERE
        text = self.template.render(messages=turns, add_generation_prompt=not prefilled, **self.specials)
        return text.partition(_HERE)[0] if prefilled else text

    def ids(self, text: str) -> list[int]:
        """The token ids of a text in which special tokens are written out."""
        return list(self.tokenizer.encode(text, add_special_tokens=False).ids)

    def decoded(self, ids: Sequence[int]) -> str:
        """The text of token ids, special tokens left out."""
        return str(self.tokenizer.decode(list(ids), skip_special_tokens=True))


def read_words(folder: Path) -> ChatTokenizer:
    """Tokenizer and chat template of a checked folder. Templates run in a sandbox that changes nothing."""
    from jinja2.sandbox import ImmutableSandboxedEnvironment
    from tokenizers import Tokenizer

    told = json.loads((folder / "tokenizer_config.json").read_bytes())
    beside = folder / "chat_template.jinja"
    source = beside.read_text(encoding="utf-8") if beside.exists() else str(told["chat_template"])
    specials = {name: value for name, value in told.items() if name.endswith("_token") and isinstance(value, str)}
    template = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True).from_string(source)
    return ChatTokenizer(Tokenizer.from_file(str(folder / "tokenizer.json")), template, specials)


class Unfolding:
    """The text of one reply, token by token. Bytes of an unfinished character are held back until it is whole."""

    def __init__(self, words: ChatTokenizer, prompt: Sequence[int]) -> None:
        self._words = words
        self._ids = list(prompt[-_CONTEXT_TAIL:])
        self._shown = len(self._ids)  # ids whose text has been handed out
        self._from = 0  # ids decoded again, for their spacing

    def add(self, token: int) -> None:
        """Takes up the next token."""
        self._ids.append(token)

    def new(self, *, last: bool) -> str:
        """The text that is whole and has not been handed out; ``last``: what is unfinished is left out for good."""
        shown = self._words.decoded(self._ids[self._from : self._shown])
        whole = self._words.decoded(self._ids[self._from :])
        if whole.endswith("\ufffd"):
            if not last:
                return ""
            whole = whole.rstrip("\ufffd")
        self._from, self._shown = self._shown, len(self._ids)
        return whole[len(shown) :]
