"""Prompts as the text that a model goes on from: what an engine sends, through the model's own chat template."""

from typing import Any

from creason_core.model.engines.base import Message
from creason_core.question.prompts import OPENING, system_line
from creason_core.record.codebook import Codebook


def prompt_text(tokenizer: Any, user: str, codebook: Codebook) -> str:
    """What an engine sends for ``user``, as the text that the model goes on from."""
    messages = (Message("system", system_line(codebook)), Message("user", user), Message("assistant", OPENING))
    turns = [{"role": message.role, "content": message.content} for message in messages]
    text: str = tokenizer.apply_chat_template(turns, tokenize=False, continue_final_message=True)
    return text
