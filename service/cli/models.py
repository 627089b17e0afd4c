"""``triptych models``: which model serves which direction, and models of your own."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from service.bootstrap import make_translator
from service.cli.options import JsonOption
from service.mt.model_folder import check_model, read_model_folder
from service.settings import Settings

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


@group.command("check", epilog="Example: triptych models check")
def check_models(
    folder: Annotated[Path | None, typer.Argument(help="One folder; else all there are.")] = None,
) -> None:
    """Check files, checksums, language tags and the padding row of models."""
    catalogue = make_translator(Settings()).catalogue
    for model in [read_model_folder(folder)] if folder else catalogue.models():
        check_model(model)
        typer.echo(f"{model.name}: as it should be")
