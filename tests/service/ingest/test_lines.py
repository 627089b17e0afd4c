import pytest

from service.domain.plain_text import UnstorableTextError
from service.ingest import lines as lines_module
from service.ingest.errors import EmptyTextError
from service.ingest.lines import Gap, Line, check_text, split_lines
from service.untrusted.limits import TooManyLinesError


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\u2028"])
def test_every_line_end_counts_once(end: str) -> None:
    assert split_lines(f"a{end}b{end}{end}c") == [
        Line("a", 1, Gap.LINE),
        Line("b", 2, Gap.LINE),
        Line("c", 4, Gap.BLANK),
    ]


def test_a_form_feed_is_a_page_break_that_an_editor_counts_with_its_line() -> None:
    assert split_lines("a\n\fb\fc\r\n\r\n\fd") == [
        Line("a", 1, Gap.LINE),
        Line("b", 2, Gap.PAGE),
        Line("c", 3, Gap.PAGE),
        Line("d", 5, Gap.PAGE),
    ]


def test_a_paragraph_separator_and_a_line_of_spaces_are_blank_lines() -> None:
    assert [line.gap for line in split_lines("a\u2029b\n \u00a0\t\nc\n\f \nd")] == [
        Gap.LINE,
        Gap.BLANK,
        Gap.BLANK,
        Gap.PAGE,
    ]


@pytest.mark.parametrize("text", ["", " ", "\n\r\f\u2028\u2029", "\u00a0\t"])
def test_white_space_alone_is_no_text(text: str) -> None:
    with pytest.raises(EmptyTextError):
        check_text(text)


@pytest.mark.parametrize("bad", ["\0", chr(0xD800), chr(0xDFFF)])
def test_what_no_database_holds_is_refused_with_its_line(bad: str) -> None:
    with pytest.raises(UnstorableTextError, match="line 2"):
        check_text(f"a\nb{bad}")


def test_more_lines_than_anybody_reviews_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines_module, "MAX_LINES", 3)

    assert len(split_lines("a\nb\n\n\nc")) == 3
    with pytest.raises(TooManyLinesError):
        split_lines("a\nb\n\n\nc\nd")
