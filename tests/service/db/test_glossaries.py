from hypothesis import HealthCheck, given, settings
from sqlalchemy.orm import Session

from service.db.glossaries import GlossaryRepository
from service.domain.glossary import Glossary, Term
from tests.service.exchange.terms import some_terms


@given(some_terms)
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_terms_that_are_stored_are_read_back_in_order(session: Session, terms: list[Term]) -> None:
    glossaries = GlossaryRepository(session)

    stored = glossaries.add(Glossary(name="house", terms=tuple(terms)))

    assert glossaries.terms(stored) == tuple(terms)
    assert stored.terms == len(terms)
    assert set(stored.directions) == {term.direction for term in terms}
    assert stored.version == Glossary(name="house", terms=tuple(terms)).version
    glossaries.delete(stored)
    assert glossaries.find("house") is None
