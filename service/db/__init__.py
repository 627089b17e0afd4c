"""The only package that speaks SQL: tables, repositories, the embedded server."""
