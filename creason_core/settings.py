"""Every setting of the program, read once from ``CREASON_*`` variables and ``.env``.

This is the only module that reads the environment. Defaults give a working single-user installation on
127.0.0.1: SQLite in the data folder and the small model in a child process.
"""

import os
import shlex
from functools import lru_cache
from pathlib import Path
from typing import Literal

from platformdirs import user_data_path
from pydantic import Field, PositiveFloat, PositiveInt, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from creason_core.errors import SettingsError
from creason_core.principal import Principal

EngineChoice = Literal["auto", "vllm", "embedded", "replay"]
HeldTo = Literal["", "avx2", "avx512"]


ModelTask = Literal["masked value", "guideline answer"]  # what a model was made for


class Settings(BaseSettings):
    """The program's settings; each field is the variable ``CREASON_<FIELD>``. Times are in seconds."""

    model_config = SettingsConfigDict(env_prefix="CREASON_", env_file=".env", extra="ignore", frozen=True)

    data_dir: Path = Field(default_factory=lambda: user_data_path("creason"))
    database_url: str = ""  # empty: SQLite in data_dir
    user: str = "local"  # whose name the principal has where nobody signs in
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    engine: EngineChoice = "auto"
    model: str = ""  # "base" or name@version of an adapter; empty: as chosen in the app, else promoted, else shipped
    vllm_url: str = "http://127.0.0.1:8000/v1"
    vllm_api_key: str = "none"
    vllm_model: str = ""  # empty: the first model that the server lists
    # What the model that answers was made for, as JSON, where its manifest does not say: '["guideline answer"]'.
    model_tasks: tuple[ModelTask, ...] = ()
    embedded_model: str = "SmolLM2-135M-Instruct"
    embedded_threads: int = 0  # 0: all cores
    embedded_precision: Literal["auto", "int8", "float32"] = "auto"  # auto: int8 where the processor multiplies it
    # fused: the embedding model takes part in finding passages, where it was brought (docs/guidelines.md).
    retrieval: Literal["lexical", "fused"] = "fused"
    replay_file: Path | None = None  # None: the recordings in the package
    replay_tokens_per_second: PositiveFloat = 20.0
    model_source: Literal["auto", "hub", "wheel"] = "auto"
    processor: HeldTo = (
        ""  # use no more of the processor than this (model/engines/processor.py); empty: all that it has
    )

    connect_seconds: PositiveFloat = 3.0
    first_token_seconds: PositiveFloat = 30.0
    idle_seconds: PositiveFloat = 15.0
    total_seconds: PositiveFloat = 180.0
    max_tokens: PositiveInt = 400
    max_characters: PositiveInt = 40_000

    demo_host: str = ""  # under which others reach this computer, to vote in a demonstration; empty: nobody is let in

    runs_per_user: PositiveInt = 2  # groups of samples that one user may have live
    runs_at_once: PositiveInt = 16  # generations sent to the engine together
    runs_queued: PositiveInt = 64  # generations that may wait; beyond that a run is refused in words
    batch_runs_queued: PositiveInt = 1_000  # the same of batches, which wait behind all others

    @property
    def database(self) -> str:
        """The SQLAlchemy URL in force."""
        return self.database_url or f"sqlite:///{self.data_dir / 'creason.db'}"

    @property
    def names_server(self) -> bool:
        """Whether somebody said which vLLM server there is; else one is only looked for at the usual address."""
        return self.engine == "vllm" or not self.model_fields_set.isdisjoint({"vllm_url", "vllm_model"})

    @property
    def principal(self) -> Principal:
        """Who acts where nobody signs in: a command always, a session by default; with every role."""
        return Principal(self.user)

    @property
    def here(self) -> str:
        """What a command begins with to mean this data folder; empty where it is the usual one."""
        usual = type(self).model_fields["data_dir"].get_default(call_default_factory=True)
        return "" if self.data_dir == usual else f"CREASON_DATA_DIR={shlex.quote(str(self.data_dir))} "

    @property
    def models_dir(self) -> Path:
        """Where weights are kept, one folder a model."""
        return self.data_dir / "models"

    @property
    def library_dir(self) -> Path:
        """Where the index of the hospital's documents is kept; it can be thrown away."""
        return self.data_dir / "library"


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process.

    Raises:
        SettingsError: A variable has a value that its field does not accept.
    """
    try:
        return Settings()
    except ValidationError as error:
        wrong = "; ".join(
            f"CREASON_{'_'.join(str(part) for part in item['loc']).upper()} = {item['input']!r}: {item['msg']}"
            for item in error.errors()
        )
        raise SettingsError(
            f"These settings are not accepted: {wrong}.",
            remedy="Correct them in the environment or in the file .env.",
        ) from error


def child_environment(**extra: str) -> dict[str, str]:
    """The environment for a child process: this one's, with ``extra`` set."""
    return {**os.environ, **extra}
