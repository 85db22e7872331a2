"""What the process that reads a document says, line by line: it handles strangers' files and is believed like one."""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from creason_core.frozen import Frozen


class DocumentSaid(Frozen):
    """What the document says of itself, which a person may take over; comes once, any of it may be empty."""

    kind: Literal["said"]
    title: str = ""
    organisation: str = ""
    published: str = ""


class DocumentPart(Frozen):
    """A page of a PDF, or a part of another document under its heading ``label``; ``page`` counts from 1."""

    kind: Literal["part"]
    page: int = Field(ge=1)
    label: str = ""
    text: str


class DocumentNote(Frozen):
    """Something about the whole document that its owner should know."""

    kind: Literal["note"]
    message: str


class DocumentEnd(Frozen):
    """The last line when all went well; ``peak`` is the most memory held, in bytes."""

    kind: Literal["end"]
    peak: int


class DocumentFault(Frozen):
    """The last line when the document cannot be read."""

    kind: Literal["fault"]
    message: str
    remedy: str


class DocumentMemory(Frozen):
    """The last line when it needs more memory than there is."""

    kind: Literal["memory"]


Line = DocumentSaid | DocumentPart | DocumentNote | DocumentEnd | DocumentFault | DocumentMemory
LINES: TypeAdapter[Line] = TypeAdapter(Annotated[Line, Field(discriminator="kind")])
