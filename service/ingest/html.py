"""HTML to paragraphs: each block element is one, inline markup is kept beside the plain text."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby, islice
from typing import NamedTuple

from lxml import etree
from lxml.html import HtmlElement

from service.domain.paragraph import Kind, Paragraph, ReadText, Repair, RepairKind
from service.domain.plain_text import check_plain
from service.ingest.errors import EmptyTextError
from service.ingest.inline import InlineRun
from service.ingest.kinds import is_byline
from service.ingest.passages import Offers, check_undo, repair_id
from service.ingest.prose import is_date
from service.untrusted.html import DROPPED, parse_html
from service.untrusted.limits import MAX_LINES, TooManyLinesError

_KINDS = {
    "li": Kind.LIST_ITEM,
    "dt": Kind.LIST_ITEM,
    "dd": Kind.LIST_ITEM,
    "blockquote": Kind.QUOTE,
    "figcaption": Kind.CAPTION,
    "caption": Kind.CAPTION,
    "address": Kind.BYLINE,
    "footer": Kind.FURNITURE,
    "nav": Kind.FURNITURE,
    "aside": Kind.FURNITURE,
}
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_PLAIN_BLOCKS = """
    article body button center details dialog dir div dl fieldset figure form frameset header
    hgroup hr html legend listing main menu ol optgroup option p pre plaintext search section
    select summary table tbody td textarea tfoot th thead tr ul xmp
"""
_BLOCKS = frozenset(_PLAIN_BLOCKS.split()) | {*_KINDS, *_HEADINGS}
_LINE_KEEPERS = frozenset({"pre", "listing", "xmp", "plaintext", "textarea"})
_CLASSES = dict.fromkeys(("byline", "by-line", "author"), Kind.BYLINE) | dict.fromkeys(
    ("date", "dateline", "pubdate", "published"), Kind.DATE
)
_HEAD_PARAGRAPHS = 3
"""Paragraphs after the title among which an unmarked byline or date is looked for."""


class _Step(NamedTuple):
    """One step through a page: an element begins (+1) or ends (-1), or there is text (0)."""

    direction: int
    tag: str
    attributes: Mapping[str, str]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Context:
    """What the enclosing blocks say of a paragraph."""

    kind: Kind = Kind.PARA
    level: int = 0
    keeps_lines: bool = False


def read_html(html: str, *, undo: Collection[str] = (), repair: bool = True) -> ReadText:
    """Return the paragraphs of a page, all of its visible text once and in order.

    What stands in ``nav``, ``aside`` and the page's ``footer`` is set aside: a repair, by the
    number of its first paragraph, from 1.

    Args:
        html: The page.
        undo: Ids of repairs not to make, from an answer before.
        repair: Without it nothing is set aside.

    Raises:
        EmptyTextError: If the page shows no text.
        UnstorableTextError: If there is a NUL or half of a surrogate pair.
        TooLargeError: If the page is too long or nested too deep.
        UnknownRepairError: If ``undo`` names a repair that is none of this page's.
    """
    root = parse_html(check_plain(html))
    paragraphs = [] if root is None else list(islice(_paragraphs(root), MAX_LINES + 1))
    if not paragraphs:
        raise EmptyTextError
    if len(paragraphs) > MAX_LINES:
        raise TooManyLinesError
    offers = Offers(undo)
    repairs = list(_set_aside(paragraphs, offers, repair=repair))
    check_undo(undo, known=list(offers.ids) if repair else [])
    return ReadText(paragraphs=tuple(_mark_head(paragraphs)), repairs=tuple(repairs), format="html")


def _set_aside(paragraphs: list[Paragraph], offers: Offers, *, repair: bool) -> Iterator[Repair]:
    """Yield what was set aside, a repair for each run; what should not be is text again."""
    kind = RepairKind.FURNITURE_SET_ASIDE
    for is_furniture, run in groupby(
        range(len(paragraphs)), lambda i: paragraphs[i].kind is Kind.FURNITURE
    ):
        indexes = list(run)
        if not is_furniture:
            continue
        number = indexes[0] + 1
        if offers.accepts(kind, number) and repair:
            note = f"{len(indexes)} paragraphs in nav, aside or footer"
            yield Repair(id=repair_id(kind, number), kind=kind, paragraph=indexes[0], note=note)
            continue
        for index in indexes:
            paragraphs[index] = replace(paragraphs[index], kind=Kind.PARA)


def _add_inline(run: InlineRun, step: _Step) -> None:
    """Open or close an inline element, or break the line."""
    if step.tag == "br":
        if step.direction > 0:
            run.break_line()
    elif step.direction > 0:
        run.open(step.tag, step.attributes)
    else:
        run.close()


def _walk(root: HtmlElement) -> Iterator[_Step]:
    """Yield the page's elements and text in order, less the elements that show none."""
    inside_dropped = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = str(element.tag)
        if event == "start":
            inside_dropped += tag in DROPPED
            if not inside_dropped:
                yield _Step(1, tag, dict(element.attrib), "")
                if element.text:
                    yield _Step(0, tag, {}, element.text)
            continue
        if not inside_dropped:
            yield _Step(-1, tag, {}, "")
        inside_dropped -= tag in DROPPED
        if element.tail and not inside_dropped:
            yield _Step(0, tag, {}, element.tail)


def _paragraphs(root: HtmlElement) -> Iterator[Paragraph]:
    """Yield a paragraph for each run of text between two block boundaries; the root is one."""
    reader = _Reader()
    for step in _walk(root):
        if paragraph := reader.take(step):
            yield paragraph


@dataclass(slots=True)
class _Reader:
    """Where the reading of a page stands.

    ``inline_kinds`` are those that the open inline elements name; ``seen_kinds`` those that the
    paragraph's text was in, ``None`` for text in no such element.
    """

    run: InlineRun = field(default_factory=InlineRun)
    contexts: list[_Context] = field(default_factory=lambda: [_Context()])
    inline_kinds: list[Kind | None] = field(default_factory=list)
    seen_kinds: set[Kind | None] = field(default_factory=set)
    has_title: bool = False

    def take(self, step: _Step) -> Paragraph | None:
        """Take one step, and return the paragraph that it ends, if it ends one."""
        if step.direction == 0:
            self._add_text(step.text)
            return None
        if step.tag not in _BLOCKS:
            return self._take_inline(step)
        paragraph = self.finish()
        if step.direction > 0:
            self.contexts.append(_within(self.contexts[-1], step))
        else:
            self.contexts.pop()
        return paragraph

    def finish(self) -> Paragraph | None:
        """Return the paragraph so far, if anything is to be seen in it, and begin the next."""
        text, markup = self.run.take()
        seen, self.seen_kinds = self.seen_kinds, set()
        if not text.strip():
            return None
        context = self.contexts[-1]
        kind, level = context.kind, context.level
        if kind is Kind.PARA and len(seen) == 1:
            kind = seen.pop() or kind
        if level == 1 and not self.has_title:
            kind, level, self.has_title = Kind.TITLE, 0, True
        return Paragraph(text=text, kind=kind, level=level, markup=markup)

    def _add_text(self, text: str) -> None:
        if not text.isspace():
            self.seen_kinds.add(next((kind for kind in self.inline_kinds[::-1] if kind), None))
        self.run.add_text(text, keeps_lines=self.contexts[-1].keeps_lines)

    def _take_inline(self, step: _Step) -> Paragraph | None:
        if step.tag == "br":
            # Two line breaks in a row are how old pages divide paragraphs.
            if step.direction > 0 and self.run.is_after_break:
                return self.finish()
            _add_inline(self.run, step)
            return None
        _add_inline(self.run, step)
        if step.direction > 0:
            self.inline_kinds.append(_named_kind(step))
        else:
            self.inline_kinds.pop()
        return None


def _within(outer: _Context, step: _Step) -> _Context:
    """Return the context of a block inside another."""
    context = replace(outer, keeps_lines=outer.keeps_lines or step.tag in _LINE_KEEPERS)
    if outer.kind is Kind.FURNITURE:
        return context
    if level := _HEADINGS.get(step.tag, 0):
        return replace(context, kind=Kind.HEADING, level=level)
    if step.tag == "footer" and outer.kind is Kind.QUOTE:  # whom the quotation is by
        return context
    kind = _KINDS.get(step.tag) or _named_kind(step) or outer.kind
    return replace(context, kind=kind, level=outer.level if kind is Kind.HEADING else 0)


def _named_kind(step: _Step) -> Kind | None:
    """Return the kind that an element's name or classes give it."""
    if step.tag == "time":
        return Kind.DATE
    classes = step.attributes.get("class", "").lower().split()
    return next((_CLASSES[name] for name in classes if name in _CLASSES), None)


def _mark_head(paragraphs: list[Paragraph]) -> list[Paragraph]:
    """Mark an unmarked byline and date that come soon after the title, or first of all."""
    kinds = [paragraph.kind for paragraph in paragraphs]
    start = kinds.index(Kind.TITLE) + 1 if Kind.TITLE in kinds else 0
    for index, paragraph in enumerate(paragraphs[start : start + _HEAD_PARAGRAPHS], start):
        if paragraph.kind is not Kind.PARA:
            continue
        if is_date(paragraph.text):
            paragraphs[index] = replace(paragraph, kind=Kind.DATE)
        elif is_byline(paragraph.text):
            paragraphs[index] = replace(paragraph, kind=Kind.BYLINE)
    return paragraphs
