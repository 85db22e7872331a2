"""The store: everything a person made or was shown, in one database.

Tables and operations are apart: ``tables`` says what is kept, ``migrations`` makes it, ``database`` opens it,
``transactions`` changes it, and one module a subject (``cases``, ``run_rows``, ``feedback``, ``preferences``,
``audit``) reads and writes. Every function takes the database and the user it works for, and finds only that
user's rows.
"""
