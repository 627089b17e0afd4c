import tomllib

import pytest

from alignment.sentence_tables import SentenceTablesError, normalise, parse_tables, tables_for


@pytest.mark.parametrize("language", ["en", "fr", "ru", "xx"])
def test_abbreviations_are_written_with_their_full_stop(language: str) -> None:
    tables = tables_for(language)

    for entry in tables.inside | tables.before_number | tables.either | tables.end:
        assert entry.endswith("."), entry


@pytest.mark.parametrize("language", ["en", "fr", "ru", "xx"])
def test_an_abbreviation_is_not_both_inside_and_at_the_end(language: str) -> None:
    tables = tables_for(language)

    assert not tables.inside & (tables.before_number | tables.either | tables.end)
    assert not tables.either & tables.end


@pytest.mark.parametrize("language", ["en", "fr", "ru"])
def test_words_that_are_compared_in_small_letters_are_written_so(language: str) -> None:
    tables = tables_for(language)

    words = tables.starters | tables.starter_suffixes | tables.particles | tables.headings
    assert all(word == word.lower() for word in words | tables.reporting)


def test_a_language_without_a_table_gets_the_neutral_one() -> None:
    assert tables_for("de") is tables_for("sv")
    assert tables_for("de").ordinals
    assert not tables_for("en").ordinals


def test_words_are_parted_by_white_space_and_an_underscore_is_a_space() -> None:
    tables = parse_tables('end = """\nи_др. ещё.\n"""', language="ru")

    assert tables.end == {"и др.", "еще."}


def test_apostrophes_and_yo_are_read_alike() -> None:
    assert normalise("aujourd’hui Ёлка ёж") == "aujourd'hui Елка еж"


def test_refuses_a_table_it_does_not_know() -> None:
    with pytest.raises(SentenceTablesError, match=r"sentences\.en\.toml: unknown insides; known: "):
        parse_tables('insides = "Mr."', language="en")


def test_refuses_what_is_not_toml() -> None:
    with pytest.raises(tomllib.TOMLDecodeError):
        parse_tables("Mr. Mrs.", language="en")
