"""The service's own API under ``/v1``: one module a resource."""
