"""The command ``triptych``: finds the subcommand, and says errors in words, not in traces."""

import errno
import os
import signal
import sys
from collections.abc import Iterable
from importlib import import_module
from importlib.metadata import version
from types import FrameType
from typing import Annotated, Final

import typer
from pydantic import ValidationError

from service.domain.errors import TriptychError

SUMMARY: Final = "Articles in English, French and Russian: translated, aligned, reviewed."

COMMANDS: Final = {
    "align": "align",
    "bench": "bench",
    "demo": "demo",
    "doctor": "doctor",
    "evaluate": "evaluate",
    "glossary": "glossary",
    "import": "import_articles",
    "models": "models",
    "paragraphs": "paragraphs",
    "train": "train",
    "translate": "translate",
    "up": "up",
    "web": "web",
    "worker": "worker",
}
"""Each command and its module here, which has a function ``register``."""


def make_app(names: Iterable[str] = COMMANDS) -> typer.Typer:
    """Return the command line with the commands named; what others need is not even imported."""
    app = typer.Typer(
        name="triptych",
        help=SUMMARY,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback(help=SUMMARY)(_options)
    for name in names:
        import_module(f"service.cli.{COMMANDS[name]}").register(app)
    return app


def main() -> None:
    """Run a command: exit status 1 for a failed task, 2 for wrong usage, 130 when interrupted."""
    # No model, tokenizer or library may ask a hub for anything on its own.
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("TRANSFORMERS_OFFLINE", "1")
    signal.signal(signal.SIGTERM, _terminate)
    try:
        make_app(_needed(sys.argv[1:2]))()
    except TriptychError as error:
        _fail(str(error))
    except OSError as error:
        # Commands check what they read and write; mostly it is their own output, now closed.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        what = "write" if error.errno in {errno.ENOSPC, errno.EPIPE} else "read or write"
        where = f" {error.filename}" if error.filename else ""
        _fail(f"cannot {what}{where}: {error.strerror or type(error).__name__}")
    except ValidationError as error:
        _fail("\n".join(f"setting {e['loc'][0]}: {e['msg']}" for e in error.errors()), status=2)


def _terminate(number: int, _frame: FrameType | None) -> None:
    # Unwinds the stack, so that a database that was started is stopped; the default would not.
    sys.exit(128 + number)


def _needed(first: list[str]) -> Iterable[str]:
    """Return the commands that the first argument asks for: itself, none, or all for the help."""
    if first == ["--version"]:
        return ()
    return first if first and first[0] in COMMANDS else COMMANDS


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"triptych {version('triptych')}")
        raise typer.Exit


def _options(
    *,
    show_version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Say which."),
    ] = False,
) -> None:
    """Take the options that stand before a command."""


def _fail(message: str, *, status: int = 1) -> None:
    typer.echo(f"triptych: {message}", err=True)
    sys.exit(status)
