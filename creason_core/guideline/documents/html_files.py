"""Reader of HTML: what a person would read of it, by Python's own parser. Nothing of it is run and nothing fetched."""

import re
from html.parser import HTMLParser

from creason_core.guideline.documents.parts import Parts
from creason_core.guideline.documents.sink import PartSink
from creason_core.guideline.documents.text_files import decoded

# What no browser draws as text, with all that stands in it.
_UNREAD = frozenset("script style template noscript iframe object svg".split())
_BLOCKS = frozenset(
    "address article aside blockquote br dd details div dl dt fieldset figcaption figure footer form header hr li main "
    "ol p pre section summary table tbody tfoot thead tr ul caption body".split()
)
_HEADINGS = frozenset("h1 h2 h3 h4 h5 h6".split())
_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([a-zA-Z0-9_-]{2,30})", re.IGNORECASE)
# Of an element's own style; what a style sheet hides is not known.
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|(?:opacity|font-size)\s*:\s*0(?![.\d])"
    r"|(?<![-\w])color\s*:\s*(?:white|transparent|#fff(?:fff)?)\b",
    re.IGNORECASE,
)
_DAY = re.compile(r"^\d{4}(-\d{2}(-\d{2})?)?")
_DATED = frozenset({"dcterms.issued", "dc.date", "date", "article:published_time", "citation_publication_date"})


def read_html(data: bytes, sink: PartSink) -> None:
    """Reads the text, a part under each heading.

    Raises:
        UploadError: It holds no text, or more than is read.
    """
    named = _CHARSET.search(data[:4096])
    page = _Page(Parts(sink))
    page.feed(decoded(data, sink, named[1].decode("ascii") if named else ""))
    page.close()
    sink.said(page.title, page.organisation, page.published)
    page.finish()
    if page.unread:
        sink.note(f"The document ends within <{page.unread[0]}>, which is not read: text may be missing.")
    if page.hidden:
        sink.note("The document holds text that a browser hides; it was read like the rest.")


class _Page(HTMLParser):
    """Collects text by block; ``title``, ``organisation`` and ``published`` are what the head says.

    ``unread`` are the tags, still open, whose content is not read; ``hidden`` says that some text is not drawn.
    """

    def __init__(self, parts: Parts) -> None:
        super().__init__(convert_charrefs=True)
        self._parts = parts
        self._text: list[str] = []
        self._in_title = False
        self.unread: list[str] = []
        self.hidden = False
        self.title = self.organisation = self.published = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begins a block, or what nobody reads."""
        said = {name: value or "" for name, value in attrs}
        self._in_title = tag == "title" and not self.title
        self.hidden |= "hidden" in said or bool(_HIDING.search(said.get("style", "")))
        if tag in _UNREAD:
            self.unread.append(tag)
        elif self.unread:
            return
        elif tag == "meta":
            self._meta(said)
        elif tag in _HEADINGS or tag in _BLOCKS:
            self._block()
        elif tag in {"td", "th"} and any(self._text):
            self._text.append(" | ")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A tag that ends itself holds nothing."""
        if tag not in _UNREAD:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        """Ends a block, or what nobody reads."""
        self._in_title = False
        if self.unread:
            if tag in self.unread:  # and what within it was never closed
                del self.unread[len(self.unread) - 1 - self.unread[::-1].index(tag) :]
        elif tag in _HEADINGS:
            self._parts.heading("".join(self._text))
            self._text = []
        elif tag in _BLOCKS:
            self._block()

    def handle_data(self, data: str) -> None:
        """Text between tags."""
        if self._in_title:
            self.title += data
        elif not self.unread:
            self._text.append(data.replace("\n", " "))

    def finish(self) -> None:
        """The last part."""
        self._block()
        self._parts.end()

    def _block(self) -> None:
        self._parts.paragraph("".join(self._text))
        self._text = []

    def _meta(self, said: dict[str, str]) -> None:
        name = (said.get("name") or said.get("property") or "").casefold()
        if name in _DATED and (day := _DAY.match(said.get("content", "").strip())):
            self.published = self.published or day[0]
        elif name in {"dc.publisher", "dcterms.publisher", "publisher", "og:site_name"}:
            self.organisation = self.organisation or said.get("content", "")
