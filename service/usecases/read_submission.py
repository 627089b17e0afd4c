"""Bytes or text that somebody sent become paragraphs in a language that is known."""

from collections.abc import Collection
from typing import Literal

from service.domain.errors import InvalidInputError
from service.domain.language import Language
from service.domain.paragraph import ReadText
from service.ingest.html import read_html
from service.ingest.language import check_language as refuse_other_language
from service.ingest.language import detect_language
from service.ingest.read import read_document
from service.ingest.text import read_text


class LanguageUndecidedError(InvalidInputError):
    """Nobody said the language and the text is too short or too mixed to tell."""

    def __init__(self) -> None:
        super().__init__(
            "the language of this text cannot be told: say it with `--lang` (or `language`)"
        )


def read_submission(
    content: bytes | str,
    *,
    format: Literal["text", "html"] | None = None,  # noqa: A002 - the field's word
    language: Language | None = None,
    check_language: bool = True,
    encoding: str | None = None,
    repair: bool = True,
    undo: Collection[str] = (),
) -> tuple[ReadText, Language]:
    """Return the paragraphs of a file or a text, with the language given or recognised.

    Raises:
        InvalidInputError: If the content cannot be read, holds no text, is in another language
            than the one given, or in none that can be told.
        TooLargeError: If there is too much of it.
    """
    if isinstance(content, bytes):
        document = read_document(
            content, format=format, encoding=encoding, undo=undo, repair=repair
        )
    elif format == "html":
        document = read_html(content, undo=undo, repair=repair)
    else:
        document = read_text(content, undo=undo, repair=repair)
    if language is None:
        language = detect_language(document.paragraphs)
        if language is None:
            raise LanguageUndecidedError
    elif check_language:
        refuse_other_language(document.paragraphs, language)
    return document, language
