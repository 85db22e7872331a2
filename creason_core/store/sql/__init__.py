"""How SQLite and PostgreSQL are spoken to: connections, transactions, faults, column types, inserts."""
