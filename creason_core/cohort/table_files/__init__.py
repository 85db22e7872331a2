"""Tables of a registry's size, for drafting a codebook and making a cohort: files, and queries of a database.

Files are read, and their cells understood, by the same code as uploads to the pages (``record.importing``).
"""
