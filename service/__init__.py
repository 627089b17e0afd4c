"""Triptych, the service: articles in, aligned drafts out, reviewed by people."""
