"""Column types that behave alike on SQLite and PostgreSQL, and the one place where text is made storable.

JSON is stored as text, not as the database's own JSON type: the bytes that come back are those that went in,
on both databases, which is what "exactly this question" needs. Nothing here queries inside a document.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime

import sqlalchemy as sa
from pydantic import JsonValue
from sqlalchemy.engine import Dialect

from creason_core.errors import StoreError


def clean(text: str) -> str:
    """``text`` as both databases take it: without NUL, with U+FFFD for each lone surrogate."""
    if text.isascii():
        return text.replace("\0", "")
    return text.replace("\0", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _clean(text: str | None) -> str | None:
    return None if text is None else clean(text)


def cleaned(value: JsonValue) -> JsonValue:
    """``value`` with every text in it cleaned, keys included."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {clean(key): cleaned(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [cleaned(item) for item in value]
    return value


def to_json(value: JsonValue) -> str:
    """``value`` as JSON text.

    Raises:
        StoreError: It holds a number that is not finite, or something JSON does not have.
    """
    try:
        return json.dumps(cleaned(value), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except (ValueError, TypeError) as error:
        raise StoreError(
            "invalid", f"A value cannot be stored: {error}.", remedy="Correct it and save again."
        ) from error


def within(name: str, text: str, most: int) -> str:
    """``text``, cleaned, where it has at most ``most`` characters.

    Raises:
        StoreError: It is longer.
    """
    text = clean(text)
    if len(text) > most:
        raise StoreError(
            "invalid",
            f"{name} has {len(text):,} characters; at most {most:,} are stored.",
            remedy="Shorten it and save again; nothing was lost.",
        )
    return text


class CleanText(sa.types.TypeDecorator[str]):
    """Text that went through ``clean``."""

    impl = sa.Text
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[str | None], str | None]:  # noqa: ARG002, D102
        return _clean  # without a wrapper around it: a save binds more than twenty texts

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002, D102
        return _clean(value)


class JsonText(sa.types.TypeDecorator[JsonValue]):
    """A JSON document, kept as text."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: JsonValue, dialect: Dialect) -> str | None:  # noqa: ARG002, D102
        return None if value is None else to_json(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> JsonValue:  # noqa: ARG002, D102
        return None if value is None else json.loads(value)


class UTCDateTime(sa.types.TypeDecorator[datetime]):
    """A moment in UTC, microseconds kept; a naive datetime is refused."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002, D102
        if value is not None and value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002, D102
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)
