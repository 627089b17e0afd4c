"""The example article in three languages, with its gold alignment."""
