"""Articles for the use cases to work on."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from service.domain.language import Language
from service.usecases.import_article import Imported, import_article
from tests.documents import document

ImportText = Callable[..., Imported]


@pytest.fixture
def import_text(session: Session) -> ImportText:
    """Import paragraphs as an English article in the test's transaction."""

    def run(*texts: str, key: str | None = "story") -> Imported:
        return import_article(session, document(*texts), language=Language.EN, key=key)

    return run
