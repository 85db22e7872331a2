"""The tables of a hospital's own library: its documents, their pages, the passages in them, and who signed what.

They belong to the installation and not to a user. A document never changes; one that was taken out keeps its row, with
when and by whom, and loses its pages. Signatures only grow: triggers in the database hold both. On PostgreSQL the words
by which passages are found stand here too; they are made from the passages, and can be thrown away.
"""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSVECTOR

from creason_core.store.schema.columns import at_most, key_column, reference, text_column, time_column
from creason_core.store.schema.tables import metadata
from creason_core.store.sql.types import CleanText

library_documents = sa.Table(
    "library_documents",
    metadata,
    key_column(),
    sa.Column("sha256", CleanText, nullable=False, index=True),  # of the file's bytes
    text_column("file_name", default=None),
    text_column("format", default=None),
    sa.Column("size", sa.Integer, nullable=False),  # bytes of the file
    text_column("title", default=None),
    text_column("organisation", default=None),
    text_column("published", default=None),  # a year, a month or a day
    text_column("valid_until"),  # the same; empty: without an end
    text_column("population", default=None),
    reference("supersedes", "library_documents.id", nullable=True),
    sa.Column("pages", sa.Integer, nullable=False),
    sa.Column("passages", sa.Integer, nullable=False),
    text_column("added_by", default=None),
    time_column("created"),
    at_most("title", 300),
    at_most("organisation", 200),
    at_most("population", 300),
)

# Beside the document's own row, which never changes.
library_removals = sa.Table(
    "library_removals",
    metadata,
    sa.Column("document_id", CleanText, sa.ForeignKey("library_documents.id"), primary_key=True),
    text_column("removed_by", default=None),
    time_column("created"),
)

# A page of a PDF, or a part of a document that has no pages: then ``label`` is its heading.
library_pages = sa.Table(
    "library_pages",
    metadata,
    sa.Column("document_id", CleanText, sa.ForeignKey("library_documents.id"), primary_key=True),
    sa.Column("page", sa.Integer, primary_key=True, autoincrement=False),
    text_column("label"),
    text_column("text", default=None),
    at_most("text", 1_000_000),
)

# ``start`` and ``stop`` are characters of the page's text; ``sha256`` is that of what stands between them.
library_passages = sa.Table(
    "library_passages",
    metadata,
    sa.Column("document_id", CleanText, primary_key=True),
    sa.Column("n", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("page", sa.Integer, nullable=False),
    sa.Column("start", sa.Integer, nullable=False),
    sa.Column("stop", sa.Integer, nullable=False),
    text_column("sha256", default=None),
    sa.ForeignKeyConstraint(["document_id", "page"], ["library_pages.document_id", "library_pages.page"]),
)

# Of which documents the words are there: ``form`` is how they were read, ``words`` how many there are in all.
library_indexed = sa.Table(
    "library_indexed",
    metadata,
    sa.Column("document_id", CleanText, sa.ForeignKey("library_documents.id"), primary_key=True),
    text_column("form", default=None),
    sa.Column("passages", sa.Integer, nullable=False),
    sa.Column("words", sa.Integer, nullable=False),
)

# The words of each passage: those of its text have the weight A, those of what it stands under D. Empty on SQLite.
library_words = sa.Table(
    "library_words",
    metadata,
    sa.Column("document_id", CleanText, primary_key=True),
    sa.Column("n", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("words", sa.Text().with_variant(TSVECTOR(), "postgresql"), nullable=False),
    sa.ForeignKeyConstraint(["document_id", "n"], ["library_passages.document_id", "library_passages.n"]),
    sa.Index("ix_library_words_words", "words", postgresql_using="gin"),
)

# The newest row of a subject counts; ``content_hash`` is that of what was signed, so that a new wording is unsigned.
library_reviews = sa.Table(
    "library_reviews",
    metadata,
    sa.Column("subject", CleanText, primary_key=True),
    sa.Column("n", sa.Integer, primary_key=True, autoincrement=False),
    text_column("content_hash", default=None),
    sa.Column("signed", sa.Boolean(create_constraint=True, name="signed_bool"), nullable=False),
    text_column("name", default=None),
    text_column("signed_on", default=None),  # a day
    text_column("comment"),
    text_column("noted_by", default=None),
    time_column("created"),
    at_most("name", 200),
    at_most("comment", 2_000),
)
