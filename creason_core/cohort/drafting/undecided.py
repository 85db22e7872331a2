"""What a codebook must say before a cohort is made, or its table: each as a note of the draft."""

from creason_core.cohort.drafting.columns import Column, unread
from creason_core.record.importing.cells.values import plain_number
from creason_core.record.importing.contents.decimals import two_readings


def unread_said(column: Column) -> list[str]:
    """What no cohort is made with: values in another unit than most, without one, or with a sign of a legend."""
    texts = unread(column)
    if not texts:
        return []
    told = ", ".join(f"'{text[:30]}'" for text in texts[:3])
    return [f"{len(texts):,} values such as {told} have another unit, none where others have one, or a sign that a "
            "legend explains: correct them, or name them under 'missing'; no cohort is made before"]  # fmt: skip


def undecided(column: Column) -> list[str]:
    """What the codebook must say before a cohort is made: codes for missing, and the decimal sign."""
    notes = []
    if column.codes:
        told = ", ".join(f'"{code:.10g}"' for code in column.codes)
        rows = sum(column.different[text] for text in column.different
                   if plain_number(text, column.decimal or "point") in column.codes)  # fmt: skip
        notes.append(
            f'missing: {told} ({rows:,} rows) far from all other values, as codes for "not recorded" are. Write '
            f"'missing: [{told}]', or 'recorded: [{told}]' where they are values; no cohort is made before"
        )
    if column.decimal is None:
        number, point, comma = two_readings(column.different)
        notes.append(
            f"decimal: {number} can be {point} or {comma}. Write 'decimal: point' for the first, 'decimal: comma' for "
            "the second; no cohort is made before"
        )
    return notes
