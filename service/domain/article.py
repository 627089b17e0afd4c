"""Articles, their editions and revisions, as the database returns them."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from service.domain.errors import ConflictError, InvalidInputError, NotFoundError
from service.domain.language import Language
from service.domain.paragraph import Kind, Paragraph, Repair
from service.domain.review import Provenance

KEY_PATTERN: Final = r"[A-Za-z0-9][A-Za-z0-9._~-]{0,119}"
"""What an article may be called: a slug or an external id that stands unescaped in an address."""

# Enough for a readable address; the rest of a long title adds nothing.
_SLUG_CHARACTERS: Final = 60
_CYRILLIC: Final = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        "a b v g d e e zh z i y k l m n o p r s t u f kh ts ch sh shch _ y _ e yu ya".split(),  # noqa: SIM905 - pairs read better so
        strict=True,
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """What editions are editions of."""

    id: UUID
    key: str
    title: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """An article in one language from one kind of hand."""

    id: UUID
    article_id: UUID
    language: Language
    provenance: Provenance
    source_edition_id: UUID | None
    current_revision_id: UUID | None

    @property
    def revision_id(self) -> UUID:
        """The revision it stands at.

        Raises:
            EditionEmptyError: If it has none yet.
        """
        if self.current_revision_id is None:
            raise EditionEmptyError(self.language)
        return self.current_revision_id


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredParagraph(Paragraph):
    """A paragraph as it is kept: ``id`` names this version of its text, ``position`` is from 0."""

    id: UUID
    position: int
    exact_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """An edition's content at one time; ``seq`` counts from 1."""

    id: UUID
    edition_id: UUID
    seq: int
    content_hash: str
    format: str
    encoding: str
    repairs: tuple[Repair, ...]
    paragraphs: tuple[StoredParagraph, ...]


class ArticleNotFoundError(NotFoundError):
    """No article has the key."""

    def __init__(self, key: str) -> None:
        super().__init__(f"there is no article {key[:120]!r}: GET /v1/articles lists them")


class EditionNotFoundError(NotFoundError):
    """The article has no such edition."""

    def __init__(self, key: str, language: Language) -> None:
        super().__init__(
            f"article {key!r} has no {language.english_name} edition: import one with "
            f"`triptych import FILE --lang {language} --article {key}`"
        )


class OtherSourceError(ConflictError):
    """The article's machine edition in a language was made from another language."""

    def __init__(self, target: Language, made_from: Language) -> None:
        super().__init__(
            f"this article's machine translation to {target.english_name} is from "
            f"{made_from.english_name}: ask for it with `{made_from}` as its source"
        )


class EditionEmptyError(ConflictError):
    """The edition is a machine's and its translation is not done."""

    def __init__(self, language: Language) -> None:
        super().__init__(
            f"the {language.english_name} edition has no content yet: wait until its job is done"
        )


class ArticleExistsError(ConflictError):
    """The key is taken by an article with other content."""

    def __init__(self, key: str) -> None:
        super().__init__(
            f"article {key!r} exists with other content: add a revision or an edition to it "
            f"with `--article {key}` (POST /v1/articles/{key}/editions), or choose another key"
        )


class InvalidKeyError(InvalidInputError):
    """The key cannot stand in an address."""

    def __init__(self, key: str) -> None:
        super().__init__(
            f"{key[:40]!r} cannot be an article's key: use up to 120 letters, digits, and . _ ~ -"
        )


def check_key(key: str) -> str:
    """Return the key if it may name an article.

    Raises:
        InvalidKeyError: If it may not.
    """
    if not re.fullmatch(KEY_PATTERN, key):
        raise InvalidKeyError(key)
    return key


def slug(title: str) -> str:
    """Return a key made of a title: ``"Ёлки, 2024 !"`` becomes ``"elki-2024"``.

    Never empty: a title with no letter or digit of ours becomes ``"article"``.
    """
    latin = "".join(_CYRILLIC.get(letter, letter) for letter in title.casefold())
    plain = unicodedata.normalize("NFKD", latin.replace("_", ""))
    words = re.findall(r"[a-z0-9]+", "".join(c for c in plain if not unicodedata.combining(c)))
    return "-".join(words)[:_SLUG_CHARACTERS].strip("-") or "article"


def title_of(paragraphs: tuple[Paragraph, ...]) -> str:
    """Return what to call an article: its title, else its first words."""
    for kind in (Kind.TITLE, Kind.HEADING):
        for paragraph in paragraphs:
            if paragraph.kind is kind:
                return " ".join(paragraph.text.split())[:300]
    body = [p.text for p in paragraphs if p.kind is not Kind.FURNITURE] or [paragraphs[0].text]
    return " ".join(body[0].split()[:12])[:300]
