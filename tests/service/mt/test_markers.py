import pytest

from service.mt.markers import leading_marker, speaker_dash, trailing_marker


@pytest.mark.parametrize(
    "marker",
    [
        *(
            "- ",
            "* ",
            "+ ",
            "• ",
            "  - ",
            "1. ",
            "12) ",
            "(3) ",
            "1.2. ",
            "1.2 ",
            "a) ",
            "(b) ",
            "б) ",
        ),
        *("## ", "> ", ">> ", "- [ ] ", "- [x] ", "— ", "—", "– ", "―\u00a0", "> - ", "IV. ", "-"),
    ],
)
def test_markers_stand_before_the_sentence(marker: str) -> None:
    text = f"{marker}Titre et texte"

    assert text[leading_marker(text, 0, len(text)) :] == "Titre et texte"


@pytest.mark.parametrize(
    "text",
    [
        *(
            "Title",
            "3.5 million",
            "2013 was",
            "I. Newton",
            "M. Dupont",
            "#topic",
            "-5 degrees",
            "e.g. x",
        ),
        *(
            "*bold*",
            "(see below) x",
            "5 people",
            "[x] y".replace("[x]", "[xx]"),
            ">>rus<<",
            "J.-P. x",
        ),
    ],
)
def test_what_belongs_to_the_sentence_is_no_marker(text: str) -> None:
    assert leading_marker(text, 0, len(text)) == 0


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Title ##", "Title"),
        ("I thought —", "I thought"),
        ("C#", "C#"),
        ("a-b-", "a-b-"),
        ("x\\", "x"),
    ],
)
def test_signs_at_the_end_stand_behind_the_sentence(text: str, sentence: str) -> None:
    assert text[: trailing_marker(text, 0, len(text))] == sentence


def test_line_of_markers_only_is_left_whole() -> None:
    assert trailing_marker("---", 0, 3) == 3
    assert leading_marker("***", 0, 3) == 0


def test_speaker_has_a_dash() -> None:
    assert speaker_dash("— Oui", 0, 5) == 2
    assert speaker_dash("Oui — non", 0, 9) == 0
