"""The base of every model that crosses a boundary."""

from collections.abc import Mapping
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, ValidationError


class Frozen(BaseModel):
    """Immutable, and strict about unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy with ``update``; what was worked out from the fields before (a hash, a table) is left behind."""
        copied = super().model_copy(update=update, deep=deep)
        if update and len(copied.__dict__) > len(type(self).model_fields):
            for name in copied.__dict__.keys() - type(self).model_fields.keys():
                del copied.__dict__[name]
        return copied


def wrong_in(error: ValidationError) -> str:
    """What is wrong with a stored file, as a clause without its values: at most three places, each with its rule."""
    found = error.errors(include_url=False, include_input=False)
    said = "; ".join(f"{'.'.join(map(str, one['loc'])) or 'file'}: {one['msg']}" for one in found[:3])
    return f"{said}; and {len(found) - 3} more" if len(found) > 3 else said
