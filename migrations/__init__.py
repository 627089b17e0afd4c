"""Alembic migrations; a package so that they travel in the wheel."""
