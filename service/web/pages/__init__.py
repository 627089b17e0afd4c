"""The pages that people see: routers, and how values become HTML."""
