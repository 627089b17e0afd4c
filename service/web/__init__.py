"""The HTTP service: API, pages and their errors."""
