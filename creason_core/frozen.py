"""The base of every model that crosses a boundary."""

from collections.abc import Mapping
from typing import Any, Self

from pydantic import BaseModel, ConfigDict


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
