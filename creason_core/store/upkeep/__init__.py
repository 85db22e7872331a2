"""The database as a whole: opened, held to what may never change, looked at, backed up, restored."""
