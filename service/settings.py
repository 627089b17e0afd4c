"""Everything that can be set from outside, read once from ``TRIPTYCH_*`` variables."""

import os
from pathlib import Path
from typing import Literal

from platformdirs import user_data_path
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


def _default_data_dir() -> Path:
    # The embedded server drops root, so root's home would be closed to it.
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return Path("/var/lib/triptych")
    return user_data_path("triptych", appauthor=False)


class Settings(BaseSettings):
    """The settings of one process; docs/settings.md has them in a table."""

    model_config = SettingsConfigDict(env_prefix="TRIPTYCH_", frozen=True, env_ignore_empty=True)

    data_dir: Path = Field(
        default_factory=_default_data_dir,
        description="Folder of the embedded database, installed models and caches.",
    )
    database_url: SecretStr | None = Field(
        default=None,
        validation_alias="DATABASE_URL",
        description="A PostgreSQL of your own (15 or newer) instead of the embedded one.",
    )
    host: str = Field(default="127.0.0.1", description="Address that the web server listens on.")
    port: int = Field(default=8000, ge=0, le=65535, description="Port of the web server.")
    api_key: SecretStr | None = Field(
        default=None,
        description="Key that every request must carry; needed for any host but loopback.",
    )
    engine: Literal["ctranslate2", "transformers"] = Field(
        default="ctranslate2", description="What runs the models."
    )
    encoder: str | None = Field(
        default=None,
        description="A sentence-transformers model for aligning: its folder, or its name if it is "
        "in the hub's cache; else the encoder that comes along.",
    )
    threads: int | None = Field(
        default=None,
        ge=1,
        le=256,
        description="Processor threads for a model; what is fastest is measured once if not given.",
    )
