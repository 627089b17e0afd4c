"""Training of compact Marian models; needs little but torch, numpy and sentencepiece."""
