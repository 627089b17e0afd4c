"""``triptych translate``: a file in, its draft out, no database."""

import json
from pathlib import Path
from typing import Annotated

import typer

from service.bootstrap import make_translator
from service.cli.glossary import read_glossary_of
from service.cli.options import (
    AsIsOption,
    CheckLanguageOption,
    EncodingOption,
    JsonOption,
    SourceOption,
    TargetOption,
    UndoOption,
    check_writable,
    format_of,
    read_bytes,
    write_text,
)
from service.cli.progress import progress
from service.domain.language import Direction
from service.domain.translation import Flag, Newlines, TranslationOptions
from service.settings import Settings
from service.usecases.read_submission import read_submission
from service.usecases.translate_document import TranslatedParagraph, translate_document


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("translate", epilog="Example: triptych translate story.txt --from en --to fr")(
        translate
    )


def translate(
    file: Annotated[Path, typer.Argument(help="A text or HTML file; - for standard input.")],
    *,
    source: SourceOption,
    target: TargetOption,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write here, not to the terminal.")
    ] = None,
    glossary: Annotated[
        Path | None, typer.Option(help="A CSV, TSV or TBX file of terms that drafts are held to.")
    ] = None,
    undo: UndoOption = None,
    as_is: AsIsOption = False,
    encoding: EncodingOption = None,
    check_language: CheckLanguageOption = True,
    newlines: Annotated[
        Newlines,
        typer.Option(help="What a line break in a text means: it separates (hard) or is a space."),
    ] = Newlines.HARD,
    keep: Annotated[
        list[str] | None,
        typer.Option(metavar="TERM", help="A term not to translate; may be repeated."),
    ] = None,
    json_output: JsonOption = False,
) -> None:
    """Translate a file: its paragraphs, separated by blank lines, come out in order."""
    direction = Direction(source, target)
    if output is not None:
        check_writable(output)
    options = TranslationOptions(
        newlines=newlines,
        keep=tuple(keep or ()),
        glossary=read_glossary_of(glossary, direction),
    )
    document, _ = read_submission(
        read_bytes(file),
        format=format_of(file),
        language=source,
        check_language=check_language,
        encoding=encoding,
        repair=not as_is,
        undo=undo or (),
    )
    translator = make_translator(Settings())
    with progress("translating", unit="paragraphs") as advance:
        drafts = translate_document(
            translator, document, direction, options=options, progress=advance
        )
    text = _as_json(drafts) if json_output else "\n\n".join(draft.text for draft in drafts)
    if output is None:
        typer.echo(text)
    else:
        write_text(output, text + "\n")
    if notice := translator.catalogue.find(direction).notice:
        typer.echo(f"triptych: {notice}", err=True)


def _as_json(drafts: list[TranslatedParagraph]) -> str:
    rows = [
        {
            "index": index,
            "kind": draft.kind.value,
            "source": draft.source,
            "text": draft.text,
            "html": draft.markup,
            "model": draft.model,
            "signature": draft.signature,
            "flags": [_flag(flag) for flag in draft.flags],
        }
        for index, draft in enumerate(drafts)
    ]
    return json.dumps({"paragraphs": rows}, ensure_ascii=False)


def _flag(flag: Flag) -> dict[str, object]:
    source, target = (
        [{"start": span.start, "end": span.end} for span in spans]
        for spans in (flag.source, flag.target)
    )
    return {"code": flag.code.value, "note": flag.note, "source": source, "target": target}
