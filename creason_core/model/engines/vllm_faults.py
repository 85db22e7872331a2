"""What goes wrong between this program and a vLLM server, told as one ``ModelError``."""

import httpx2
import openai

from creason_core.errors import ModelError
from creason_core.model.engines.limits import AGAIN
from creason_core.model.engines.vllm_reader import short


def in_words(error: Exception, url: str, model: str, any_token: bool) -> ModelError:
    """The ``ModelError`` for whatever the client raised.

    Args:
        error: From the openai client, httpx, or the decoding of the stream (``ValueError``).
        url: The server's address.
        model: The model that was asked for.
        any_token: Whether part of the reply had arrived.
    """
    if isinstance(error, ModelError):
        return error
    if isinstance(error, openai.APIStatusError):
        return _status(error, url, model)
    if isinstance(error, openai.APIConnectionError | httpx2.HTTPError):
        if any_token:
            return ModelError("incomplete", "The connection to the model broke off in mid-reply.", remedy=AGAIN)
        return ModelError(
            "unreachable",
            f"No model answers at {url}.",
            remedy="Your work is saved. Start the server (`make serve`), then run it again.",
        )
    if isinstance(error, openai.APIError):
        return ModelError("failed", f"The model server reported an error: {short(error.message)}", remedy=AGAIN)
    return ModelError("garbage", f"The server at {url} sent something that is not a model's reply.", remedy=AGAIN)


def _status(error: openai.APIStatusError, url: str, model: str) -> ModelError:
    said = short(error.message)
    if error.status_code in {401, 403}:
        return ModelError(
            "rejected",
            f"The server at {url} does not accept our key.",
            remedy="Set CREASON_VLLM_API_KEY to its key.",
            retryable=False,
        )
    if error.status_code == 404:
        return ModelError(
            "rejected",
            f"The server at {url} does not serve the model {model}.",
            remedy="Set CREASON_VLLM_MODEL to one that it serves, or leave it empty.",
            retryable=False,
        )
    if error.status_code == 429:
        after = error.response.headers.get("retry-after", "")
        when = f"in {after} s" if after.isdigit() else "in a moment"
        return ModelError("busy", "The model server has more work than it takes.", remedy=f"Run it again {when}.")
    if error.status_code >= 500:
        return ModelError(
            "failed", f"The model server failed (HTTP {error.status_code}): {said}", remedy="Run it again in a moment."
        )
    if "context length" in said or "max_model_len" in said or "maximum model length" in said:
        return ModelError(
            "rejected",
            f"The prompt and the reply do not fit into what the model can hold: {said}",
            remedy="Shorten the record or allow a shorter reply.",
            retryable=False,
        )
    return ModelError("rejected", f"The model server refused the request: {said}", retryable=False)
