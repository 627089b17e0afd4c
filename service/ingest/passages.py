"""A paragraph in the making: its parts, what has been repaired, and what may still be."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from service.domain.paragraph import Kind, Paragraph, ReadText, Repair, RepairKind
from service.ingest.errors import UnknownRepairError
from service.ingest.lines import Gap


@dataclass(frozen=True, slots=True)
class Made:
    """A repair that was made: its kind, its line, and why."""

    kind: RepairKind
    line: int
    note: str


def repair_id(kind: RepairKind, line: int) -> str:
    """Return the id that ``--undo`` takes."""
    return f"{kind}@{line}"


class Offers:
    """The repairs that the reader offers, less those that a person does not want."""

    def __init__(self, undo: Collection[str]) -> None:
        self._undo = frozenset(undo)
        self.ids: dict[str, None] = {}

    def accepts(self, kind: RepairKind, line: int) -> bool:
        """Note that the repair is possible, and tell whether to make it."""
        offered = repair_id(kind, line)
        self.ids[offered] = None
        return offered not in self._undo


def check_undo(undo: Collection[str], *, known: Sequence[str]) -> None:
    """Let through what can be undone.

    Raises:
        UnknownRepairError: If ``undo`` names a repair that is none of ``known``.
    """
    if unknown := set(undo) - set(known):
        raise UnknownRepairError(unknown, known)


@dataclass(slots=True)
class Passage:
    """What becomes one paragraph.

    ``parts`` alternates stretches of text and what joins them; ``chars`` is its length so far;
    ``last`` is the stretch since the last page break; ``wrapped`` tells that ``last`` was
    several lines; ``line`` and ``end_line`` are those that it begins and ends on.
    """

    parts: list[str]
    last: str
    line: int
    end_line: int
    gap: Gap
    chars: int
    wrapped: bool = False
    kind: Kind | None = None
    level: int = 0
    made: list[Made] = field(default_factory=list)

    @property
    def first(self) -> str:
        """The first stretch, which tells how the passage begins."""
        return self.parts[0]

    @property
    def text(self) -> str:
        """The whole text."""
        return "".join(self.parts)

    @property
    def is_verse(self) -> bool:
        """Whether it keeps line breaks, as verse and addresses do."""
        return "\n" in self.last

    def set_aside(self, offers: Offers, note: str) -> None:
        """Mark as furniture, unless a person does not want that."""
        kind = RepairKind.FURNITURE_SET_ASIDE
        if offers.accepts(kind, self.line):
            self.kind = Kind.FURNITURE
            self.made.append(Made(kind, self.line, note))


def to_read_text(passages: Iterable[Passage]) -> ReadText:
    """Return the finished paragraphs with the repairs that point to them."""
    paragraphs: list[Paragraph] = []
    repairs: list[Repair] = []
    for index, passage in enumerate(passages):
        paragraphs.append(
            Paragraph(text=passage.text, kind=passage.kind or Kind.PARA, level=passage.level)
        )
        repairs.extend(
            Repair(
                id=repair_id(made.kind, made.line),
                kind=made.kind,
                paragraph=index,
                note=made.note,
            )
            for made in passage.made
        )
    return ReadText(paragraphs=tuple(paragraphs), repairs=tuple(repairs))
