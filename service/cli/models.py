"""``triptych models``: which model serves which direction, and models of your own."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.table import Table

from service.bootstrap import make_translator, threads_of
from service.cli.options import JsonOption
from service.cli.progress import progress
from service.mt.errors import FailedCheckError
from service.mt.model_folder import read_model_folder
from service.mt.translator import EngineName
from service.settings import Settings
from service.usecases.check_model import CheckedUp, Part, check_up
from service.usecases.pull_model import pull_model

MEGABYTE: Final = 1_000_000
CELLS: Final = {"ok": "ok", "failed": "FAILED", "not checked": "-"}

group = typer.Typer(no_args_is_help=True, help="Which model serves which direction.")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(group, name="models")


@group.command("list", epilog="Example: triptych models list")
def list_models(*, json_output: JsonOption = False) -> None:
    """Show for each direction the model that serves it."""
    routes = make_translator(Settings()).catalogue.routes()
    if json_output:
        rows = [
            {
                "source": route.direction.source.value,
                "target": route.direction.target.value,
                "models": [step.model.name for step in route.steps],
                "notice": route.notice,
            }
            for route in routes
        ]
        typer.echo(json.dumps({"routes": rows}, ensure_ascii=False))
        return
    table = Table(box=None, header_style="bold")
    for name in ("direction", "model", "notice"):
        table.add_column(name)
    for route in routes:
        names = " + ".join(step.model.name for step in route.steps)
        table.add_row(str(route.direction), names, route.notice or "")
    Console().print(table)


@group.command("add", epilog="Example: triptych models add ~/opus-mt-fr-en")
def add_model(folder: Annotated[Path, typer.Argument(help="A MarianMT folder.")]) -> None:
    """Check a model folder and copy it to the installed models."""
    settings = Settings()
    model = make_translator(settings).catalogue.add(folder)
    typer.echo(f"{model.name} is installed in {settings.data_dir / 'models'}")


@group.command("pull", epilog="Example: triptych models pull opus-mt-en-fr")
def pull(
    name: Annotated[str, typer.Argument(help="opus-mt-<from>-<to>, of en, fr and ru.")],
    *,
    revision: Annotated[
        str | None, typer.Option(help="A branch, tag or commit; else the newest.")
    ] = None,
) -> None:
    """Fetch a model from the Hugging Face hub and install it: the one command that goes there."""
    settings = Settings()
    catalogue = make_translator(settings).catalogue
    try:
        with progress(f"fetching {name}", unit="MB") as advance:
            pulled = pull_model(
                catalogue,
                name,
                revision=revision,
                report=lambda done, total: advance(-(-done // MEGABYTE), -(-total // MEGABYTE)),
            )
    except KeyboardInterrupt:
        typer.echo("interrupted: nothing was installed; the same command starts again", err=True)
        raise typer.Exit(130) from None
    origin = pulled.origin
    typer.echo(f"{pulled.name} is installed in {settings.data_dir / 'models'}")
    typer.echo(f"from {origin.repository}, commit {origin.commit}; try it: triptych models check")


@group.command("check", epilog="Example: triptych models check ~/opus-mt-fr-en")
def check_models(
    folder: Annotated[Path | None, typer.Argument(help="One folder; else all there are.")] = None,
    *,
    engine: Annotated[
        EngineName | None, typer.Option(help="What runs the models; else as in the settings.")
    ] = None,
    json_output: JsonOption = False,
) -> None:
    """Check files, checksums, language tags, end, padding row and answers of models."""
    settings = Settings()
    if folder is None:
        models = make_translator(settings).catalogue.models()
    else:
        models = [read_model_folder(folder.resolve())]
    checked = [
        check_up(
            model,
            engine=engine or settings.engine,
            cache_dir=settings.data_dir / "cache",
            threads=threads_of(settings),
        )
        for model in models
    ]
    if json_output:
        typer.echo(json.dumps({"models": [_as_json(each) for each in checked]}))
    else:
        Console().print(_table(checked))
    if problems := [problem for each in checked for problem in each.problems]:
        raise FailedCheckError(problems)


def _as_json(checked: CheckedUp) -> dict[str, Any]:
    return {
        "name": checked.model.name,
        "folder": str(checked.model.path),
        "ok": not checked.problems,
        "parts": {part.value: asdict(found) for part, found in checked.findings.items()},
    }


def _table(checked: Sequence[CheckedUp]) -> Table:
    table = Table(box=None, header_style="bold")
    for name in ("model", *Part):
        table.add_column(name)
    for each in checked:
        table.add_row(each.model.name, *(CELLS[f.outcome] for f in each.findings.values()))
    return table
