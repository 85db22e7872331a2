"""The store: everything a person made or was shown, in one database.

The rooms, lowest first (``tests/test_architecture.py`` holds the order): ``sql`` speaks to SQLite and PostgreSQL,
``schema`` says what is kept, ``migrations`` makes it; then one room a subject: ``patients``, ``hospital``, ``runs``,
``people``; ``history`` and ``records`` read what they hold together, ``training_rows`` and ``exporting`` let it leave.
``upkeep`` opens the database, looks at it and copies it. Every function of a subject takes the database and the user
it works for, and finds only that user's rows; each change is an entry in ``audit``.
"""
