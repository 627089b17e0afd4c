import re
import string
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.domain.paragraph import Kind, ReadText, RepairKind
from service.ingest.errors import EmptyTextError, UnknownRepairError
from service.ingest.lines import split_lines
from service.ingest.text import read_text

DATA = Path(__file__).parent / "data"
T, B, D, H, P, Q, L, F = (
    Kind.TITLE, Kind.BYLINE, Kind.DATE, Kind.HEADING,
    Kind.PARA, Kind.QUOTE, Kind.LIST_ITEM, Kind.FURNITURE,
)  # fmt: skip
HEXADECIMAL = str.maketrans("0123456789", "ghijklmnop")
LONG = "The ferry had been away for so long that nobody on the quay remembered its colour"


def kinds(read: ReadText) -> list[Kind]:
    return [paragraph.kind for paragraph in read.paragraphs]


def texts(read: ReadText) -> list[str]:
    return [paragraph.text for paragraph in read.paragraphs]


def ids(read: ReadText) -> list[str]:
    return [repair.id for repair in read.repairs]


def fixture(name: str) -> str:
    return (DATA / name).read_text(encoding="utf-8")


# What the fixtures say, paragraph by paragraph.


def test_hard_wrapped_english_becomes_paragraphs_again() -> None:
    read = read_text(fixture("wrapped.en.txt"))

    assert kinds(read) == [T, B, D, P, P, H, P, L, L, L, P, Q, P, P]
    assert ids(read) == [
        "lines_joined@7",
        "hyphen_joined@10",
        "lines_joined@13",
        "lines_joined@17",
        "hyphen_joined@17",
        "lines_joined@20",
        "lines_joined@27",
    ]
    assert "a well-known architect, and began" in texts(read)[3]
    assert "drawn up in the lighthouse itself" in texts(read)[6]
    assert texts(read)[7].endswith("cannot be moved without taking down a wall;")


def test_verse_in_a_hard_wrapped_text_keeps_its_lines() -> None:
    verse = texts(read_text(fixture("wrapped.en.txt")))[12]

    assert verse.split("\n")[1:] == [
        "    lies low at dawn,",
        "    the lamp is out,",
        "    the gulls are gone.",
    ]


def test_running_headers_beside_form_feeds_are_set_aside_in_french() -> None:
    read = read_text(fixture("headers.fr.txt"))

    assert kinds(read) == [F, T, B, D, P, F, H, P, Q, F, P, F]
    assert "à cette heure de la nuit. « Les gens" in texts(read)[4]
    assert [r.id for r in read.repairs if r.paragraph == 4] == [
        "lines_joined@8",
        "page_break_joined@14",
        "lines_joined@14",
    ]
    assert [r.note for r in read.repairs if r.kind is RepairKind.FURNITURE_SET_ASIDE] == [
        "running header",
        "running header",
        "running header",
        "publisher's footer",
    ]


def test_running_headers_between_blank_lines_are_set_aside_in_russian() -> None:
    read = read_text(fixture("headers.ru.txt"))

    assert kinds(read) == [T, B, D, P, F, P, Q, P, F, H, P, L, L, L, P, P, F, F, F, F]
    assert "на три недели раньше срока. Первым" in texts(read)[3]
    assert texts(read)[15] == "— Паром останется, — ответил губернатор и пошёл к машине."


@pytest.mark.parametrize("heading", ["Chapter {}", "Part {}: the sea", "Глава {}"])
def test_chapters_that_begin_pages_are_no_running_headers(heading: str) -> None:
    names = ("Ann", "Bob", "Cleo", "Dan", "Eve")
    pages = [f"{heading.format(n)}\n\nThen {name} left." for n, name in enumerate(names, 1)]

    read = read_text("My Book\n\n" + "\f".join(pages))

    assert F not in kinds(read)


def test_mark_of_byte_order_is_no_text() -> None:
    assert texts(read_text("\ufeffTitle\n\nA text.")) == ["Title", "A text."]


def test_what_stands_on_two_pages_and_cuts_nothing_is_text() -> None:
    read = read_text("Cakes\n\nIngredients\n\nTwo eggs.\fIngredients\n\nOne egg and some flour.")

    assert F not in kinds(read)


def test_paragraphs_that_differ_in_a_word_with_a_digit_are_text() -> None:
    ends = ("It was good.", "Nobody liked it.", "Too slow.", "A success.")
    pages = [f"Model w{n}0x is sold out.\n\n{end}" for n, end in enumerate(ends)]

    assert F not in kinds(read_text("\f".join(pages)))


@pytest.mark.shared
def test_the_article_from_a_pdf_is_mended_where_it_was_cut_and_nowhere_else() -> None:
    path = Path(__file__).parents[4] / "shared/data/articles/mali.en.txt"
    if not path.exists():
        pytest.skip("../shared/data/articles is not beside this checkout")

    read = read_text(path.read_text(encoding="utf-8"))

    assert kinds(read) == [T, B, D, *[P] * 13, Q, P, P, P, F, F]
    assert ids(read) == [
        "page_break_joined@19",
        "page_break_joined@29",
        "page_break_joined@33",
        "page_break_joined@41",
        "furniture_set_aside@53",
        "furniture_set_aside@55",
    ]
    for joint in [
        "The Malian government so far does not",
        "the war in Mali—Operation",
        "Operation Serval sought to prevent",
        "Referring to the Algiers accords",
    ]:
        assert sum(joint in text for text in texts(read)) == 1
    assert "*RIA Novosti*" in texts(read)[3]


# Joins, and what must not be joined.


@pytest.mark.parametrize(
    ("first", "second", "why"),
    [
        (LONG, "or its name.", "goes on in lower case"),
        (LONG, "(or its name).", "goes on in lower case"),
        ("The ferry had been away for so", "long.", "goes on in lower case"),
        (f"{LONG} in", "Brest itself.", "word that wants another"),
        ("Le bac de nuit avait disparu depuis si longtemps que personne ne savait si le",
         "Conquet l'avait vu.", "word that wants another"),
        ("Паром не ходил так долго, что никто на набережной уже не помнил, какого цвета был в",
         "Вологде его борт.", "word that wants another"),
        (f"{LONG},", "Ilse Marrow said.", "comma"),
        (f"{LONG} (once", "Blue) or its name.", "bracket"),
        (f"He said “{LONG}", "Blue it was.” Nobody laughed.", "bracket"),
        (f'He said "{LONG}', 'Blue it was." Nobody laughed.', "bracket"),
    ],
)  # fmt: skip
def test_halves_of_a_sentence_are_joined_with_one_space(first: str, second: str, why: str) -> None:
    read = read_text(f"It began well.\n\n{first}\n\n{second}")

    assert texts(read) == ["It began well.", f"{first} {second}"]
    assert ids(read) == ["page_break_joined@5"]
    assert why in read.repairs[0].note
    assert read.repairs[0].paragraph == 1


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (f"{LONG}.", "it was blue."),  # a full stop
        (f"{LONG}.”", "it was blue."),
        (f"{LONG} :", "it was blue."),
        (f"{LONG};", "it was blue;"),
        (f"{LONG}...", "it was blue."),
        (LONG, "It was blue."),  # a capital, and nothing open
        (LONG, "iPhones were there."),
        (LONG, "- it was blue"),
        (LONG, "— it was blue, he said."),
        (LONG, "> it was blue."),
        ("What We Live For", "Ferries are slow."),
        ("- the ferry that nobody on the quay remembered", "it was blue."),
        ("apples", "oranges"),
        (f"{LONG},", "Noting its colour,"),  # a resolution
        ("The quay\nThe ferry\nThe sea and", "the sky\nthe rope\nthe end"),  # verse
    ],
)
def test_what_is_complete_is_not_joined(first: str, second: str) -> None:
    read = read_text(f"It began well.\n\n{first}\n\n{second}\n\nIt ended.")

    assert len(read.paragraphs) == 4
    assert read.repairs == ()


def test_a_title_is_not_joined_to_its_article() -> None:
    read = read_text(f"The night ferry of\n\n{LONG}.")

    assert kinds(read) == [T, P]


def test_a_text_cut_by_many_form_feeds_is_joined_whole() -> None:
    pieces = [f"the {letter * 2} and" for letter in string.ascii_lowercase]

    read = read_text("\f".join([f"It was {LONG.lower()} and", *pieces, "the end."]))

    assert len(read.paragraphs) == 1
    assert len(read.repairs) == 27


@pytest.mark.parametrize(
    "items",
    [
        ["mend the roof of the lighthouse", "paint the boats", "sell what is left"],
        ["mend the roof of the lighthouse,", "paint the boats,", "sell what is left."],
        ["mend the roof of the lighthouse;", "paint the boats;", "and sell what is left."],
    ],
)
def test_a_list_without_bullets_is_not_joined(items: list[str]) -> None:
    read = read_text("\n\n".join([f"It began.\n\n{LONG}", *items]))

    assert texts(read)[1:] == [LONG, *items]


def test_addresses_are_not_joined() -> None:
    text = f"It began.\n\n{LONG}\n\nhttps://harbour.invalid/news\n\nhttps://littoral.invalid/bac"

    assert len(read_text(f"{text}\n\nIt ended.").paragraphs) == 5


def test_a_hyphen_opens_speech_where_no_list_is() -> None:
    read = read_text(f"{LONG}.\n\n- It was blue.\n\n{LONG}.\n\n- Blue;\n\n- Red.\n\nEnd.")

    assert kinds(read) == [P, P, P, L, L, P]


def test_a_page_break_after_a_full_line_joins_even_before_a_name() -> None:
    text = (
        "The ferry had been away for so long that nobody on the quay\n"
        "remembered its colour, and those who said that they did had\n"
        "asked, one after the other and each on her own, our friend\n"
        "\fIlse Marrow, who keeps the lamp and has never in her life\n"
        "been wrong. It was blue."
    )

    assert len(read_text(text).paragraphs) == 1


@pytest.mark.parametrize(
    ("end", "start", "joined", "note"),
    [
        ("light-", "house stood", "the lighthouse stood", "hyphen dropped"),
        ("light\u00ad", "house stood", "the lighthouse stood", "hyphen dropped"),
        ("re\u00ad", "opened", "the reopened", "hyphen dropped"),
        ("well-", "known tower", "the well-known tower", "hyphen kept"),
        ("short-", "and long-term plan", "the short- and long-term plan", ""),
        ("tower -", "the old one", "the tower - the old one", ""),
        ("1990-", "2000 plan", "the 1990- 2000 plan", ""),
    ],
)
def test_a_hyphen_at_a_line_end_goes_only_when_that_is_sure(
    end: str, start: str, joined: str, note: str
) -> None:
    lead = "the lighthouse is a building that nobody has any use for"
    text = f"{lead} and\n{lead} and the {end}\n{start} for a long, long time and\n{lead}."

    read = read_text(text)

    assert joined in texts(read)[0]
    notes = [r.note for r in read.repairs if r.kind is RepairKind.HYPHEN_JOINED]
    assert notes == [] if not note else notes[0].startswith(note)


# Headers and footers.


def test_page_numbers_that_count_up_and_cut_sentences_are_set_aside() -> None:
    read = read_text("He went to the\n\n7\n\nshop and then to the\n\n8\n\nsea and then home.")

    assert kinds(read) == [P, F, F]
    assert texts(read)[0] == "He went to the shop and then to the sea and then home."


def test_page_numbers_that_say_so_need_no_cut_sentence() -> None:
    read = read_text("One is here.\n\nPage 1 of 2\n\nTwo is here.\n\nPage 2 of 2\n\nEnd.")

    assert kinds(read) == [P, F, P, F, P]


def test_a_header_glued_into_wrapped_lines_is_found_by_repetition() -> None:
    lines = [f"the {word} had been away for so long that nobody on the quay" for word in "abcdefgh"]
    for place in (6, 4, 2):
        lines.insert(place, "Harbour News")

    read = read_text("\n".join(lines) + ".")

    assert kinds(read) == [P, F, F, F]
    assert texts(read)[0].count("nobody on the quay the") == 7


@pytest.mark.parametrize(
    "text",
    [
        "One ended.\n\n1\n\nTwo ended.\n\n2\n\nThree ended.\n\n3\n\nEnd.",  # chapters
        "It was so.\n\nSo it goes\n\nIt was not.\n\nSo it goes\n\nIt was.\n\nSo it goes\n\nEnd.",
        "He went to the\n\n* * *\n\nshop and to the\n\n* * *\n\nsea.",
        "He went to the\n\n4\n\nshop and to the\n\n9\n\nsea.",  # do not count up
    ],
)
def test_lines_that_come_again_for_another_reason_stay(text: str) -> None:
    assert F not in kinds(read_text(text))


def test_a_title_that_is_also_the_running_header_stays_the_title_once() -> None:
    page = "Harbour News\n\n{}"
    text = "\n\f".join(page.format(f"{LONG} {n}.") for n in ["one", "two", "three"])

    assert kinds(read_text(text)) == [T, P, F, P, F, P]


@pytest.mark.parametrize(
    "footer",
    [
        "To contact the Harbour News visit:\n\nharbour.invalid/contact",
        "To contact the Harbour News visit:\nharbour.invalid/contact",
        "© 2024 Harbour News",
        "All rights reserved.",
        "Tous droits réservés",
        "Все права защищены.",
        "Contactez-nous : bac@littoral.invalid",
        "Подписывайтесь: https://vestnik.invalid",
        "Tel.: +33 1 23 45 67 89\n\nwww.littoral.invalid",
        "You can write to the editors here:\n\nnews@harbour.invalid\n\n+44 20 7946 0000",
    ],
)
def test_a_trailing_contact_block_is_furniture(footer: str) -> None:
    read = read_text(f"It began.\n\n{LONG}.\n\n{footer}")

    assert kinds(read)[:2] == [P, P]
    assert set(kinds(read)[2:]) == {F}


@pytest.mark.parametrize(
    "last",
    [
        "Contact with the ferry was lost at night.",
        "Follow the money, she said.",
        "Copyrighted works were among them.",
        "2021-10-14",
        "He gave her his address, ilse@harbour.invalid, and went home.",
        f"Visit harbour.invalid. {LONG * 4}",
    ],
)
def test_a_last_paragraph_that_only_sounds_like_a_footer_stays(last: str) -> None:
    assert F not in kinds(read_text(f"It began.\n\n{last}"))


def test_a_page_number_after_the_footer_does_not_hide_it() -> None:
    read = read_text(f"{LONG}.\n\nPage 1\n\n{LONG}.\n\n© 2024 Harbour News\n\nPage 2")

    assert kinds(read) == [P, F, P, F, F]


def test_only_the_lines_nearest_to_the_page_break_are_its_header() -> None:
    page = "\n".join(f"Harbour {letter}" for letter in "abcdef") + "\n\n{} ended.\n\n{}."
    text = "\f".join(page.format(word, LONG) for word in ["One", "Two", "Three"])

    furniture = Counter(p.text for p in read_text(text).paragraphs if p.kind is F)

    assert set(furniture) <= {f"Harbour {letter}" for letter in "abcd"}
    assert furniture["Harbour a"] >= 2


def test_a_text_that_is_nothing_but_an_address_stays_text() -> None:
    assert kinds(read_text("wsws.org/contact")) == [P]


# Kinds.


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("By Ilse Marrow", B),
        ("By Ilse Marrow and Jean-Paul Le Goff", B),
        ("Par Odile Kerven, envoyée spéciale", B),
        ("Автор: Вера Лузина", B),
        ("Ilse van Marrow", B),
        ("14 October 2021", D),
        ("October 14, 2021", D),
        ("Published on Thursday, 14 October 2021 at 10:30 a.m.", D),
        ("le jeudi 14 octobre 2021 à 10h30", D),
        ("Publié le 1er mai 2021", D),
        ("14 октября 2021 г.", D),
        ("Опубликовано: 14 октября 2021 года, 10:30", D),
        ("Paris, le 14 octobre 2021", D),
        ("14.10.2021", D),
        ("2021-10-14", D),
    ],
)
def test_byline_and_date_are_known_by_their_form(line: str, kind: Kind) -> None:
    date = [] if kind is D else ["3 March 2024"]
    read = read_text("\n\n".join(["The night ferry", line, *date, f"{LONG}."]))

    assert kinds(read)[:2] == [T, kind]


def test_title_byline_and_date_in_one_block_are_told_apart() -> None:
    read = read_text(f"The night ferry\nIlse Marrow\n3 March 2024\n\n{LONG}.")

    assert kinds(read) == [T, B, D, P]


@pytest.mark.parametrize(
    "text",
    [
        "Hello world",
        "apples\n\noranges",
        f"{LONG}.\n\nIt was blue.",
        "By Monday the army had left the harbour and the town.\n\nIt was blue.",
    ],
)
def test_a_text_without_a_title_gets_none(text: str) -> None:
    assert set(kinds(read_text(text))) == {P}


def test_a_question_may_be_a_title() -> None:
    assert kinds(read_text(f"Who sold the ferry?\n\n{LONG}.")) == [T, P]
    assert kinds(read_text("Who sold it?\n\nIlse did.")) == [P, P]


def test_headings_and_list_items_are_told_apart() -> None:
    read = read_text(
        f"{LONG}.\n\nThe plan\n\nIt says:\n\n1. mend\n\n2. paint\n\n• sail\n\n3. Conclusion\n\n"
        "End.\n\n1. Later\n\nIt sailed.\n\n— и якорь;\n\nRest"
    )

    assert kinds(read) == [P, H, P, L, L, L, L, P, H, P, L, P]
    assert [p.level for p in read.paragraphs if p.kind is H] == [2, 2]


@pytest.mark.parametrize(
    ("before", "text", "kind"),
    [
        ("Ilse Marrow said:", "It is a good lamp. It works.", Q),
        ("Le préfet a déclaré :", "Nous verrons. Peut-être.", Q),
        ("Губернатор сказал журналистам:", "Посмотрим. Может быть.", Q),
        ("The plan is this:", "It is a good lamp. It works.", P),
        ("Губернатор сказал:", "— Посмотрим. Может быть.", P),
        ("Nothing.", "“It is a good lamp.”", Q),
        ("Nothing.", '"It is a good lamp."', Q),
        ("Nothing.", "« C'est une bonne lampe. »", Q),
        ("Nothing.", "“It is good,” she said, “and works.”", P),
        ("Nothing.", '"It is good," she said, "and works."', P),
        ("Nothing.", "> It is a good lamp.", Q),
    ],
)
def test_quotations_are_known_by_marks_or_by_who_speaks_before(
    before: str, text: str, kind: Kind
) -> None:
    assert kinds(read_text(f"It began.\n\n{before}\n\n{text}"))[2] == kind


# Line breaks that are meant.


def test_without_blank_lines_each_line_is_a_paragraph() -> None:
    assert texts(read_text("One is here.\nTwo is here.\nThree is here.")) == [
        "One is here.",
        "Two is here.",
        "Three is here.",
    ]


def test_an_address_and_a_poem_keep_their_line_breaks() -> None:
    read = read_text("It began.\n\nHarbour News\r\n1 Quay Street\r\nGannet Point\n\nEnd.")

    assert texts(read)[1] == "Harbour News\n1 Quay Street\nGannet Point"


def test_long_lines_and_items_in_a_block_are_paragraphs_each() -> None:
    read = read_text(f"It began.\n\n{LONG * 2}.\n{LONG * 2}.\n\n- a\n- b\n\nEnd.")

    assert len(read.paragraphs) == 6


def test_white_space_inside_a_paragraph_stays_as_it_is() -> None:
    text = "a\tb  c\u00a0d\u202fe \u2003f *g* \x0bh\x85i"

    assert texts(read_text(f"{text}\n\nEnd.")) == [text, "End."]


# Undo, and reading as it stands.


def test_an_undone_join_leaves_two_paragraphs() -> None:
    text = f"It began well.\n\n{LONG}\n\nor its name."

    read = read_text(text, undo=["page_break_joined@5"])

    assert texts(read) == ["It began well.", LONG, "or its name."]
    assert read.repairs == ()


def test_undone_furniture_is_a_plain_paragraph() -> None:
    text = f"It began.\n\n{LONG}.\n\n© 2024 Harbour News"

    read = read_text(text, undo=["furniture_set_aside@5"])

    assert kinds(read) == [P, P, P]


def test_undone_line_joins_and_hyphens_leave_what_was_there() -> None:
    text = fixture("wrapped.en.txt")

    read = read_text(text, undo=["lines_joined@7", "hyphen_joined@17"])

    assert texts(read)[3].startswith("For forty years the lighthouse on Gannet Point has stood "
                                     "empty, and for\nforty")  # fmt: skip
    assert "drawn up in the light- house itself" in texts(read)[6]


def test_every_repair_can_be_undone_at_once() -> None:
    for name in ["wrapped.en.txt", "headers.fr.txt", "headers.ru.txt"]:
        undo: list[str] = []
        while repairs := read_text(fixture(name), undo=undo).repairs:
            undo += [repair.id for repair in repairs]

        # Ids that only exist while another repair is made are still known.
        assert read_text(fixture(name), undo=undo).repairs == ()


def test_an_unknown_repair_is_refused_with_those_there_are() -> None:
    text = f"It began well.\n\n{LONG}\n\nor its name."

    with pytest.raises(UnknownRepairError, match="repairs of this text are page_break_joined@5"):
        read_text(text, undo=["page_break_joined@6"])
    with pytest.raises(UnknownRepairError, match="are none"):
        read_text(text, undo=["page_break_joined@5"], repair=False)


def test_a_long_list_of_repairs_is_cut_in_the_error() -> None:
    text = "\n\n".join([f"{LONG}\n\nor its name."] * 30)

    with pytest.raises(UnknownRepairError, match="and 10 more"):
        read_text(text, undo=["x"])


def test_as_is_nothing_is_joined_or_set_aside() -> None:
    text = fixture("headers.fr.txt")

    read = read_text(text, repair=False)

    assert read.repairs == ()
    assert F not in kinds(read)
    assert [line for text in texts(read) for line in text.split("\n")] == [
        line.text for line in split_lines(text)
    ]


def test_an_empty_text_is_refused() -> None:
    with pytest.raises(EmptyTextError):
        read_text(" \n\u2029")


# Nothing is lost, nothing doubled.

PIECES = st.sampled_from(
    ["the ferry", "Brest", " in", ".", ",", "-", "(", "“", '"', "\n", "\n\n", "\f", "\r\n",
     "\u2028", "7", "Page 2", "© me", "a.com", "- x", "— y", "said:", "\t", "\u00a0", LONG,
     "light-\nhouse", "3 March 2024", "By Ilse", "news\n\n", "то", "soft\u00ad\n"]
)  # fmt: skip
TEXTS = st.lists(PIECES, min_size=1, max_size=60).map("".join) | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1
)
LINE_BREAK = re.compile("\r\n|[\n\r\f\u2028\u2029]")


@settings(deadline=None)  # the machine may be busy
@given(TEXTS.filter(lambda text: text.strip()))
def test_no_character_is_lost_doubled_or_moved_but_what_a_repair_names(text: str) -> None:
    read = read_text(text)

    joined = "".join(texts(read))
    dropped = sum(repair.note == "hyphen dropped" for repair in read.repairs)
    written, kept = Counter("".join(text.split())), Counter("".join(joined.split()))
    assert (written - kept).total() == dropped
    assert not kept - written
    if not read.repairs:
        assert "".join(text.split()) == "".join(joined.split())
    assert all(paragraph.text.strip() for paragraph in read.paragraphs)
    assert len(set(ids(read))) == len(read.repairs)
    assert all(repair.paragraph < len(read.paragraphs) for repair in read.repairs)


@settings(deadline=None)  # the machine may be busy
@given(TEXTS.filter(lambda text: text.strip()))
def test_as_is_the_lines_are_those_of_the_text(text: str) -> None:
    read = read_text(text, repair=False)

    lines = [line for line in LINE_BREAK.split(text) if line.strip()]
    assert [line for text in texts(read) for line in text.split("\n")] == lines


@settings(deadline=None)  # the machine may be busy
@given(TEXTS.filter(lambda text: text.strip()))
def test_undoing_what_was_made_leaves_it_unmade(text: str) -> None:
    undo = ids(read_text(text))

    read = read_text(text, undo=undo)

    assert not set(ids(read)) & set(undo)


@settings(deadline=None)  # the machine may be busy
@given(TEXTS.filter(lambda text: text.strip()))
def test_reading_again_gives_the_same(text: str) -> None:
    assert read_text(text) == read_text(text)


# Hostile sizes: the time is linear. (The figures are many times what it takes.)


@pytest.mark.parametrize(
    "character", ["a", "(", '"', "“", ".", "-", " ", "\n", "\f", "\t", "é", "1"]
)
def test_a_megabyte_of_one_character_is_read_quickly(character: str) -> None:
    assert len(read_text(f"{character * 1_000_000}a").paragraphs) == 1


def test_a_paragraph_of_five_megabytes_is_read_whole() -> None:
    text = f"{LONG}, and " * 60_000

    assert texts(read_text(text)) == [text]


def test_twenty_thousand_paragraphs_are_read() -> None:
    assert len(read_text("\n\n".join([f"{LONG}."] * 20_000)).paragraphs) == 20_000


def test_twenty_thousand_pieces_of_one_sentence_are_joined() -> None:
    pieces = [f"the sea that bore {f'{n:x}'.translate(HEXADECIMAL)} to" for n in range(20_000)]

    assert len(read_text("\f".join(pieces)).paragraphs) == 1
