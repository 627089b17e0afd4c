"""``triptych align``: editions in, beads out, no database."""

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from service.bootstrap import make_encoder
from service.cli.options import (
    AsIsOption,
    EncodingOption,
    check_writable,
    format_of,
    read_bytes,
    write_text,
)
from service.domain.errors import InvalidInputError
from service.domain.language import Language, parse_language
from service.settings import Settings
from service.usecases.align_documents import AlignedPair, align_documents
from service.usecases.align_paragraphs import MARKED_UP, EditionText
from service.usecases.draw_documents import draw_documents
from service.usecases.read_submission import read_submission


class Format(StrEnum):
    """What the beads are written as."""

    TSV = "tsv"
    JSONL = "jsonl"


class LanguagesMismatchError(InvalidInputError):
    """``--langs`` does not name one language for each file."""

    def __init__(self, languages: int, files: int) -> None:
        super().__init__(
            f"--langs names {languages} languages for {files} files: name one for each, "
            "for instance --langs en,fr"
        )


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("align", epilog="Example: triptych align story.en.txt story.fr.txt")(align)


def align(
    files: Annotated[list[Path], typer.Argument(help="Two or three editions, text or HTML.")],
    *,
    langs: Annotated[
        str | None, typer.Option(metavar="en,fr", help="Their languages; else recognised.")
    ] = None,
    output_format: Annotated[Format, typer.Option("--format")] = Format.TSV,
    plot: Annotated[
        Path | None, typer.Option(metavar="FILE.svg", help="Draw the alignment there, as SVG.")
    ] = None,
    as_is: AsIsOption = False,
    encoding: EncodingOption = None,
) -> None:
    """Align the paragraphs of two or three editions, each pair of them on its own.

    TSV has: languages, source indexes, target indexes, confidence, source text, target text.
    Indexes count from 0 over the repaired paragraphs, furniture included.
    """
    if not 2 <= len(files) <= 3:  # noqa: PLR2004 - as the help says
        message = "give two or three files"
        raise typer.BadParameter(message)
    languages = [parse_language(code) for code in langs.split(",")] if langs else None
    if languages is not None and len(languages) != len(files):
        raise LanguagesMismatchError(len(languages), len(files))
    if plot is not None:
        check_writable(plot)
    editions = [
        _edition(path, languages[i] if languages else None, as_is=as_is, encoding=encoding)
        for i, path in enumerate(files)
    ]
    pairs = []
    for pair in align_documents(editions, make_encoder(Settings())):
        typer.echo(_json(pair) if output_format is Format.JSONL else _tsv(pair))
        pairs.append(pair)
    if plot is not None:
        write_text(plot, draw_documents(editions, pairs))


def _edition(
    path: Path, language: Language | None, *, as_is: bool, encoding: str | None
) -> EditionText:
    document, known = read_submission(
        read_bytes(path),
        format=format_of(path),
        language=language,
        check_language=False,
        encoding=encoding,
        repair=not as_is,
    )
    return EditionText(
        language=known, paragraphs=document.paragraphs, marked_up=document.format == MARKED_UP
    )


def _json(pair: AlignedPair) -> str:
    return json.dumps(
        {
            "languages": [language.value for language in pair.languages],
            "source": list(pair.source),
            "target": list(pair.target),
            "source_text": list(pair.source_text),
            "target_text": list(pair.target_text),
            "confidence": round(pair.confidence, 4),
        },
        ensure_ascii=False,
    )


def _tsv(pair: AlignedPair) -> str:
    return "\t".join(
        (
            "-".join(pair.languages),
            ",".join(map(str, pair.source)),
            ",".join(map(str, pair.target)),
            f"{pair.confidence:.4f}",
            _cell(pair.source_text),
            _cell(pair.target_text),
        )
    )


def _cell(texts: tuple[str, ...]) -> str:
    return " ¶ ".join(" ".join(text.split()) for text in texts)
