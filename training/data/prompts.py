"""Messages as the text that a model goes on from: what an engine sends, by the tokenizer's chat template."""

from collections.abc import Sequence
from typing import Any

from creason_core.model.engines.base import Message


def chat_template_text(tokenizer: Any, messages: Sequence[Message]) -> str:
    """``messages`` as text; a final assistant message is left open, else the reply is begun."""
    turns = [{"role": message.role, "content": message.content} for message in messages]
    opened = messages[-1].role == "assistant"
    text: str = tokenizer.apply_chat_template(
        turns, tokenize=False, continue_final_message=opened, add_generation_prompt=not opened
    )
    return text


def once_begun(tokenizer: Any, text: str) -> str:
    """``text`` without its start of text where the trainer, which tokenises it again, puts one before it."""
    if tokenizer.bos_token and tokenizer(text)["input_ids"][:2] == [tokenizer.bos_token_id] * 2:
        return text.removeprefix(str(tokenizer.bos_token))
    return text
