"""Tables of a registry's size, for drafting a codebook and making a cohort: files, and queries of a database.

Both are read, and their cells understood, by the same code as uploads to the pages (``record.importing``).
"""
