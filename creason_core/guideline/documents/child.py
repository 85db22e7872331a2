"""The process that reads a document: ``python -I -m creason_core.guideline.documents.child FORMAT``.

Bytes come on stdin, JSON lines (see ``protocol``) go to stdout. It opens no file, knows no patient and no setting, and
ends with its input.
"""

import json
import sys

from creason_core.errors import UploadError
from creason_core.guideline.documents import limits
from creason_core.guideline.documents.html_files import read_html
from creason_core.guideline.documents.pdf_files import read_pdf
from creason_core.guideline.documents.sink import PartSink
from creason_core.guideline.documents.text_files import read_markdown, read_text
from creason_core.guideline.documents.word_files import read_word

READERS = {"pdf": read_pdf, "docx": read_word, "html": read_html, "markdown": read_markdown, "text": read_text}


def main() -> None:
    """Reads stdin, and says how that went in the last line."""
    limits.confine_this_process()
    out = sys.stdout

    def write(line: str) -> None:
        out.write(line + "\n")

    try:
        sink = PartSink(write)
        READERS[sys.argv[1]](sys.stdin.buffer.read(limits.FILE_BYTES + 1), sink)
        sink.end()
    except UploadError as error:
        write(json.dumps({"kind": "fault", "message": error.message, "remedy": error.remedy}, ensure_ascii=True))
    except MemoryError:
        write(json.dumps({"kind": "memory"}))
    except Exception as error:  # noqa: BLE001 — a stranger's file may find what nobody thought of
        said = f"The document cannot be read ({type(error).__name__})."
        write(json.dumps({"kind": "fault", "message": said, "remedy": "Save it in another format."}))
    out.flush()


if __name__ == "__main__":
    main()
