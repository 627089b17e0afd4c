from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from alignment.beads import Span
from service.domain.language import Language
from service.domain.paragraph import Kind
from service.domain.review import JobStatus, Provenance, State
from service.domain.review_page import ArticleSummary, ReviewRow
from service.domain.translation import Flag, FlagCode
from service.web.pages.rendering import (
    render_article_list,
    render_cell,
    render_column_head,
    render_message,
    render_reload,
    render_review_page,
)
from tests.service.web.pages.values import (
    ALIGNMENT,
    CELL,
    COLUMN,
    JOB,
    SOURCE,
    job,
    page,
    paragraph,
    row,
)

HOSTILE = (
    "<script>alert(1)</script>",
    "</textarea></p><img src=x onerror=alert(1)>",
    "\"quotes\" and 'quotes' & &amp; &lt;",
    "{{ 7 * 7 }} {% raw %}",
    "\u202eright to left\u202c \u2066isolated\u2069",
    "-->]]></template></dialog>",
    "  spaces   and\nlines\n\n",
)


def tree_of(*rows: ReviewRow) -> html.HtmlElement:
    """Return the page of these rows, parsed."""
    return html.document_fromstring(render_review_page(page(*rows), reviewer="ann"))


def markup_of(text: str) -> tuple[html.HtmlElement, str]:
    """Return a page that holds the text everywhere, parsed and as written."""
    flag = Flag(code=FlagCode.NUMBERS, note=text, target=(Span(0, len(text)),))
    cell = replace(CELL, text=text, working_copy=text, working_copy_base=1, flags=(flag,))
    written = render_review_page(
        page(row(replace(cell, model=text), source=(paragraph(text),)), title=text), reviewer="ann"
    )
    return html.document_fromstring(written), written


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(text: str) -> None:
    tree, written = markup_of(text)
    harmless, _ = markup_of("harmless")

    assert [node.tag for node in tree.iter()] == [node.tag for node in harmless.iter()]
    assert tree.cssselect(".source .text")[0].text == text
    assert tree.cssselect(".cell > .text")[0].text == text
    assert tree.cssselect(".cell")[0].get("data-working-copy") == text
    assert tree.cssselect(".flags li")[0].text == f"{text} "
    assert tree.cssselect(".flags q")[0].text == text
    assert "<script>alert" not in written


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60))
def test_any_text_comes_back_as_it_was(text: str) -> None:
    cell = render_cell(replace(CELL, text=text), page=page(row(CELL)), row=0, column=0)

    assert html.fragment_fromstring(str(cell)).cssselect(".text")[0].text == text


def test_page_has_no_inline_script_style_or_handler() -> None:
    tree = tree_of(row(CELL))

    assert [script.text for script in tree.iter("script")] == [None]
    assert tree.cssselect("style, [style]") == []
    names = {name for node in tree.iter() for name in node.attrib}
    assert not [name for name in names if name.startswith("on")]
    addresses = tree.xpath("//@src | //link/@href")
    assert all(str(address).startswith("/static/") for address in addresses)


def test_every_text_says_its_language() -> None:
    tree = tree_of(row(CELL))

    assert [node.get("lang") for node in tree.cssselect("#rows .text")] == ["en", "fr"]
    assert {node.get("dir") for node in tree.cssselect("#rows .text")} == {"auto"}
    assert tree.get("lang") == "en"


def test_titles_headings_and_list_items_look_like_themselves() -> None:
    kinds = (Kind.TITLE, Kind.HEADING, Kind.QUOTE, Kind.LIST_ITEM)
    rows = [row(CELL, source=(paragraph("Text", kind=kind),)) for kind in kinds]

    tree = tree_of(*rows)

    texts = tree.cssselect(".source .text")
    assert [(node.tag, node.get("class")) for node in texts] == [
        ("h2", "text title"),
        ("h2", "text heading"),
        ("p", "text quote"),
        ("p", "text list_item"),
    ]
    cells = tree.cssselect(".cell > .text")
    assert [node.get("class") for node in cells] == [node.get("class") for node in texts]


def test_furniture_is_set_aside_and_nothing_to_activate() -> None:
    source = (paragraph("The Courier, page 3", kind=Kind.FURNITURE),)
    aside = replace(CELL, set_aside=True, text="", state=State.UNTRANSLATED)

    for cells in ((), (aside,), (replace(aside, text="Le Courrier, page 3"),)):
        tree = html.document_fromstring(
            render_review_page(page(row(*cells, source=source)), reviewer="ann")
        )

        assert tree.cssselect(".source .aside")[0].text == "set aside, not translated"
        assert tree.cssselect("#rows [tabindex]") == []
        assert "nothing in the French" not in tree.text_content()


def test_what_one_side_lacks_is_said() -> None:
    alone = replace(CELL, source_indexes=(), confidence=0.9)

    tree = html.document_fromstring(
        render_review_page(page(row(alone, source=()), row()), reviewer="ann")
    )

    assert tree.cssselect("#row-1 .source .aside")[0].text == "nothing in the English"
    assert tree.cssselect("#row-2 .target .aside")[0].text == "nothing in the French"


def test_a_mark_says_why_to_eyes_and_ears() -> None:
    aligned = replace(CELL, confidence=0.31, reason="<b> and 1,250", moved=True)

    tree = tree_of(row(aligned))

    mark = tree.cssselect(".confidence")[0]
    why = "<b> and 1,250, moved from another place"
    assert mark.get("title") == why
    assert mark.text_content() == f"doubtful: match 31 %: {why}"
    cell = tree.cssselect(".cell")[0]
    assert cell.get("aria-describedby") == mark.get("id")
    assert (cell.get("data-source"), cell.get("data-target")) == (str(SOURCE), "")


def test_a_machines_draft_has_no_link_to_correct() -> None:
    cell = tree_of(row(CELL)).cssselect(".cell")[0]

    assert cell.get("data-source") is None
    assert cell.get("aria-describedby") is None
    assert cell.get("aria-keyshortcuts") == "Enter F2"


def test_a_row_says_where_else_its_links_stand() -> None:
    tree = tree_of(replace(row(), elsewhere=((2, 7),)))

    aside = tree.cssselect(".target .aside")[0]
    assert aside.text_content() == "French: see 2, 7"
    assert [link.get("href") for link in aside.iter("a")] == ["#row-2", "#row-7"]
    assert tree.cssselect(".source .text")[0].get("data-number") == "1"
    assert "nothing in the French" not in tree.text_content()


def test_rows_come_in_chunks_of_twenty() -> None:
    tree = tree_of(*[row(CELL)] * 45)

    chunks = tree.cssselect("ol.chunk")
    assert [len(chunk) for chunk in chunks] == [20, 20, 5]
    assert [chunk.get("start") for chunk in chunks] == ["1", "21", "41"]
    assert chunks[2].get("aria-label") == "Paragraphs 41 to 45"


def test_column_head_says_edition_progress_model_and_job() -> None:
    running = replace(COLUMN, total=7, counts={State.APPROVED: 3}, job=job(JobStatus.RUNNING))

    head = html.fragment_fromstring(str(render_column_head(running)), create_parent="div")

    said = " ".join(head.text_content().split())
    assert said.startswith("French, machine draft 3 of 7 approved drafted by compact")
    assert said.endswith("in progress: 2 of 7")
    assert head.cssselect(".job")[0].get("data-job") == "running"
    assert [bar.get("value") for bar in head.iter("progress")] == ["3", "2"]


def test_finished_job_is_not_spoken_of() -> None:
    done = replace(COLUMN, job=job(JobStatus.SUCCEEDED))

    assert "job" not in render_column_head(done)


def test_page_without_another_edition_says_how_to_get_one() -> None:
    alone = replace(
        page(), columns=(), available=(), rows=(replace(row(), cells=(), elsewhere=()),)
    )

    written = render_review_page(alone, reviewer="ann")

    assert "POST /v1/articles/ferry/translations" in written
    assert "The ferry is back." in written
    assert "<fieldset>" not in written


def test_article_without_a_title_is_called_by_its_key() -> None:
    written = render_review_page(page(row(CELL), title=""), reviewer="ann")

    assert "<title>ferry · Triptych</title>" in written


def test_list_shows_each_article_with_its_columns() -> None:
    human = replace(COLUMN, provenance=Provenance.HUMAN, total=0, job=job(JobStatus.QUEUED))
    article = ArticleSummary(
        id=JOB,
        key="ferry",
        title="The <ferry>",
        language=Language.EN,
        created_at=datetime(2026, 11, 25, 14, 30, tzinfo=UTC),
        columns=(replace(COLUMN, total=7, counts={State.PUBLISHED: 2}), human),
    )

    written = render_article_list([article, replace(article, columns=())], more=True)

    tree = html.document_fromstring(written)
    first, second = tree.cssselect(".article")
    assert first.cssselect("h2 a")[0].get("href") == "/review/ferry"
    assert first.cssselect("h2")[0].text_content() == "The <ferry>"
    assert first.cssselect("h2 [lang]")[0].get("lang") == "en"
    said = " ".join(first.text_content().split())
    assert "2026-11-25 14:30" in said
    assert "French, machine draft 2 of 7 approved" in said
    assert "French, human edition waiting for a worker" in said
    assert first.cssselect(".editions a")[0].get("href") == f"/review/ferry?column={ALIGNMENT}"
    assert "triptych import FILE --article ferry" in " ".join(second.text_content().split())
    assert tree.cssselect("a[rel=next]")[0].get("href") == f"/review?after={JOB}"


def test_empty_list_says_how_to_begin() -> None:
    assert "triptych import FILE" in render_article_list([], more=False)


def test_message_is_escaped() -> None:
    assert "&lt;b&gt;" in render_message(title="<b>", detail="")


def test_reload_asks_for_its_own_address() -> None:
    assert '<meta http-equiv="refresh" content="0">' in render_reload()
