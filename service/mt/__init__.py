"""The only package that knows that a model exists: text in, drafts out."""
