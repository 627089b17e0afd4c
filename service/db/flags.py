"""Flags of a draft as JSON, as its row has them."""

from collections.abc import Mapping
from typing import Any

from alignment.beads import Span
from service.domain.translation import Flag, FlagCode


def flag_row(flag: Flag) -> dict[str, object]:
    """Return a flag as it is stored."""
    return {
        "code": flag.code.value,
        "note": flag.note,
        "source": [[span.start, span.end] for span in flag.source],
        "target": [[span.start, span.end] for span in flag.target],
    }


def read_flag(row: Mapping[str, Any]) -> Flag:
    """Return a stored flag; those of older versions have no places."""
    return Flag(
        code=FlagCode(row["code"]),
        note=row["note"],
        source=tuple(Span(start, end) for start, end in row.get("source", ())),
        target=tuple(Span(start, end) for start, end in row.get("target", ())),
    )
