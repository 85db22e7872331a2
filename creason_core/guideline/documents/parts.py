"""Parts of a document that has no pages: what stands under one heading, up to the next. Runs in the reading process."""

from creason_core.errors import UploadError
from creason_core.guideline.documents.sink import PartSink, plain

_LONGEST = 20_000  # characters under one heading; what follows is another part under the same


class Parts:
    """Collects paragraphs and passes a part on at each heading."""

    def __init__(self, sink: PartSink) -> None:
        self._sink = sink
        self._label = ""
        self._paragraphs: list[str] = []
        self._length = 0

    def heading(self, text: str) -> None:
        """Begins a part."""
        self._pass_on()
        self._label = " ".join(text.split())

    def paragraph(self, text: str) -> None:
        """Goes on with the present one."""
        if not (text := plain(text)):
            return
        if self._length and self._length + len(text) > _LONGEST:
            self._pass_on()
        self._paragraphs.append(text)
        self._length += len(text)

    def end(self) -> None:
        """The last part.

        Raises:
            UploadError: There was no text at all.
        """
        self._pass_on()
        if not self._sink.parts:
            raise UploadError("The document holds no text.", remedy="Choose another one.")

    def _pass_on(self) -> None:
        if self._paragraphs:
            heading = [self._label] if self._label else []
            self._sink.part("\n\n".join([*heading, *self._paragraphs]), self._label)
        self._paragraphs, self._length = [], 0
