"""Documents as a reader would have made them, for tests that begin after reading."""

from service.domain.paragraph import Kind, Paragraph, ReadText


def document(*texts: str) -> ReadText:
    """Return a document of plain paragraphs; one that begins with ``=`` is furniture."""
    return ReadText(
        paragraphs=tuple(
            Paragraph(text=text, kind=Kind.FURNITURE if text.startswith("=") else Kind.PARA)
            for text in texts
        )
    )
