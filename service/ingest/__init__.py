"""Files and requests become paragraphs: encodings, plain text, HTML, repair of text from PDFs."""
