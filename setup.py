"""What a package index shows of README. All else about the package stands in pyproject.toml.

A package index keeps a project's text without its files, so what README shows or links to by a path would lead nowhere
there. Pictures are left out, and of a link the path stays, which is found in the source; docs/decisions.md says why.
"""

import re
from pathlib import Path

from setuptools import setup

_PATH = r"\((?!https?://)(?P<path>[^)\s#]+)[^)\s]*\)"
_PICTURE = re.compile(rf"^!\[[^\]]*\]{_PATH}\n\n(?:\*.+\*\n\n)?", re.MULTILINE)  # and its caption, a paragraph each
_LINK = re.compile(rf"(?<!!)\[[^\]]+\]{_PATH}")


def without_links_to_files(text: str) -> str:
    """Markdown without pictures that lie in the project's folder, and with the path in place of a link to a file."""
    return _LINK.sub(r"`\g<path>`", _PICTURE.sub("", text))


if __name__ == "__main__":
    readme = Path(__file__).with_name("README.md").read_text(encoding="utf-8")
    setup(long_description=without_links_to_files(readme), long_description_content_type="text/markdown")
