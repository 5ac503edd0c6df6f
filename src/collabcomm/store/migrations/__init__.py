"""The database's versions, run by Alembic when a store is opened."""
