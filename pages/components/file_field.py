"""The field for a file of one's own: it says, and holds to, what a page reads."""

from collections.abc import Collection

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from creason_core.record.importing.files.limits import FILE_BYTES, MB


def file_field(label: str, endings: Collection[str], *, key: str) -> UploadedFile | None:
    """Draws the field for one file with one of ``endings`` and at most the size that an import reads."""
    return st.file_uploader(label, type=list(endings), key=key, max_upload_size=FILE_BYTES // MB)
