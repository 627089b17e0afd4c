"""What is wrong with the translation of a sentence, found without a model; one module a kind."""
