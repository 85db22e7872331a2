"""Tables of a registry's size, as text: CSV, Parquet and SQL, for drafting a codebook and making a cohort.

Uploads to the pages are another matter: strangers' files, read in a process with limits (``importing``).
"""
