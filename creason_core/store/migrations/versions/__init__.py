"""Schema revisions, oldest to newest, each frozen once released."""
