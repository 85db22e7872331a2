"""How the schema came to be: Alembic's environment and its revisions."""
