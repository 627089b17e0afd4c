"""The web application on a database of the test's own, called in process."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session, sessionmaker

from alignment import SentenceEncoder
from service.mt.translator import Translator
from service.web.app import create_app


@pytest.fixture
def client(
    sessions: sessionmaker[Session], translator: Translator, encoder: SentenceEncoder
) -> Iterator[TestClient]:
    """Return a client of the application, as a program on the same machine would be."""
    app = create_app(sessions=sessions, translator=translator, encoder=encoder)
    with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
        yield client
