"""Background work: the procrastinate application and its tasks."""
