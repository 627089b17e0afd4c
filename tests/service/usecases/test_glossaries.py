import threading
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session, sessionmaker

from service.domain.glossary import (
    EmptyGlossaryError,
    GlossaryExistsError,
    GlossaryNotFoundError,
    PlacedTerm,
    Term,
)
from service.domain.language import Language
from service.usecases.delete_glossary import delete_glossary
from service.usecases.import_glossary import import_glossary
from service.usecases.list_glossaries import list_glossaries
from service.usecases.read_glossary import SHELVED, GlossaryShelf, read_glossary


def placed(*pairs: tuple[str, str]) -> list[PlacedTerm]:
    return [
        PlacedTerm(
            place=f"line {line}",
            term=Term(
                source_language=Language.EN,
                target_language=Language.FR,
                source=source,
                target=target,
            ),
        )
        for line, (source, target) in enumerate(pairs, 1)
    ]


BANK = placed(("bank", "banque"))
LAW = placed(("law", "loi"))


def test_same_terms_again_change_nothing(session: Session) -> None:
    first, created = import_glossary(session, BANK, name="house")
    again, created_again = import_glossary(session, BANK, name="house")

    assert (created, created_again) == (True, False)
    assert first == again


def test_other_terms_take_a_name_only_if_that_is_asked_for(session: Session) -> None:
    import_glossary(session, BANK, name="house")

    with pytest.raises(GlossaryExistsError, match="'house'"):
        import_glossary(session, LAW, name="house")
    stored, created = import_glossary(session, LAW, name="house", replace=True)

    assert created
    assert [one.version for one in list_glossaries(session)] == [stored.version]
    assert read_glossary(session, "house").glossary.terms == (LAW[0].term,)


def test_no_terms_are_no_glossary(session: Session) -> None:
    with pytest.raises(EmptyGlossaryError, match="--from and --to"):
        import_glossary(session, [], name="house")


def test_glossary_is_found_by_name_and_by_id_until_it_is_deleted(session: Session) -> None:
    stored, _ = import_glossary(session, BANK, name="house")
    assert read_glossary(session, str(stored.id)).stored == stored

    delete_glossary(session, str(stored.id))

    for name in ("house", str(stored.id), str(uuid4()), "nul\0"):
        with pytest.raises(GlossaryNotFoundError):
            read_glossary(session, name)


def test_shelf_has_the_present_terms_and_only_so_many_glossaries(session: Session) -> None:
    shelf = GlossaryShelf()
    import_glossary(session, BANK, name="house")
    first = read_glossary(session, "house", shelf).glossary
    assert read_glossary(session, "house", shelf).glossary is first

    import_glossary(session, LAW, name="house", replace=True)
    assert read_glossary(session, "house", shelf).glossary.terms == (LAW[0].term,)

    for number in range(SHELVED):
        import_glossary(session, BANK, name=f"other-{number}")
        read_glossary(session, f"other-{number}", shelf)
    assert shelf.get(read_glossary(session, "house").stored) is None


def test_of_several_who_store_the_same_name_at_once_one_writes(
    sessions: sessionmaker[Session],
) -> None:
    written: list[bool] = []

    def store() -> None:
        with sessions.begin() as session:
            written.append(import_glossary(session, BANK, name="house")[1])

    threads = [threading.Thread(target=store) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(written) == [False] * 5 + [True]
