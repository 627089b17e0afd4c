"""``triptych doctor``: what is missing, and how to mend it."""

import shutil
import sys
from collections.abc import Callable
from typing import Final

import typer

from service.bootstrap import make_encoder, make_translator, open_database
from service.domain.errors import TriptychError
from service.mt.model_folder import check_model
from service.settings import Settings

FREE_BYTES_WANTED: Final = 2 * 1024**3
"""A database of some thousand articles, a converted model, and room to work."""


class UnhealthyError(TriptychError):
    """At least one check failed; the lines above say which."""

    def __init__(self, failed: int) -> None:
        super().__init__(f"{failed} of the checks failed")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("doctor", epilog="Example: triptych doctor")(doctor)


def doctor() -> None:
    """Check the settings, the disk, the database, the models and the encoder, one line each."""
    settings = Settings()
    checks: dict[str, Callable[[Settings], str]] = {
        "python": _python,
        "disk": _disk,
        "database": _database,
        "models": _models,
        "encoder": _encoder,
    }
    failed = 0
    for name, check in checks.items():
        try:
            typer.echo(f"ok      {name}: {check(settings)}")
        except TriptychError as error:
            failed += 1
            typer.echo(f"failed  {name}: {error}")
    if failed:
        raise UnhealthyError(failed)


def _python(_: Settings) -> str:
    return sys.version.split()[0]


def _disk(settings: Settings) -> str:
    folder = settings.data_dir
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    if free < FREE_BYTES_WANTED:
        raise TriptychError(
            f"{free / 1024**3:.1f} GiB free at {folder}: make room for at least "
            f"{FREE_BYTES_WANTED / 1024**3:.0f} GiB, or set TRIPTYCH_DATA_DIR"
        )
    return f"{free / 1024**3:.0f} GiB free at {folder}"


def _database(settings: Settings) -> str:
    with open_database(settings) as database:
        version = database.engine.dialect.server_version_info or ()
        kind = "your own" if settings.database_url else "embedded"
        return f"{kind} PostgreSQL {'.'.join(map(str, version))}, migrated"


def _encoder(settings: Settings) -> str:
    return make_encoder(settings).name


def _models(settings: Settings) -> str:
    catalogue = make_translator(settings).catalogue
    for model in catalogue.models():
        check_model(model)
    routes = [f"{route.direction} ({route.name})" for route in catalogue.routes()]
    return ", ".join(routes)
