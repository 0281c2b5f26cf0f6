"""The database and nothing else: tables, transactions, claims, queries, migrations."""
