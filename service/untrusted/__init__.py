"""Guards for what comes from outside."""
