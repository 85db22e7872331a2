"""What the engines are asked for when their speed is measured: a prompt of the usual length and a long reply."""

from creason_core.model.engines.base import GenerationRequest, Message

TEMPERATURE = 0.8
TOKENS = 96
_RECORD = "\n".join(f"- finding {k}: {k * 7 % 90 + 10}.{k % 10} mmol/L" for k in range(30))
MESSAGES = (
    Message("system", "You reason over one record of a registry."),
    Message("user", f"{_RECORD}\n\nTell at great length, finding by finding, what this record may mean."),
    Message("assistant", "Let's think step by step."),
)
REQUEST = GenerationRequest(MESSAGES, max_tokens=TOKENS, temperature=TEMPERATURE, seed=1)
