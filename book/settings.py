"""The few switches of the course, read from environment variables that begin with BOOK_."""

from pathlib import Path
from typing import Literal

import torch
from platformdirs import user_cache_path
from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from book.errors import BookError


class Settings(BaseSettings):
    """Everything that can be set from outside a lesson.

    size:     "small" (what the book shows) or "full" (all data, larger models, the GPU if there is one)
    device:   "auto", "cpu", "cuda" or "mps"
    seed:     the seed of every lesson
    cache:    the folder for data that is fetched
    record:   a file to which checks and results are also written, one JSON object a line
    progress: whether progress bars are shown
    count_flops: whether a lesson counts its floating-point operations (slow; for the benchmark)
    """

    model_config = SettingsConfigDict(env_prefix="BOOK_", extra="ignore")

    size: Literal["small", "full"] = "small"
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto"
    seed: int = Field(0, ge=0, lt=2**32)
    cache: Path = Field(default_factory=lambda: user_cache_path("large-ai-models-step-by-step"))
    record: Path | None = None
    progress: bool = True
    count_flops: bool = False


def settings():
    """Return the settings now in force.

    Raises BookError where a variable holds a value that it cannot take.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "BOOK_" + str(first["loc"][0]).upper()
        raise BookError(f"{name} cannot be {first['input']!r}: {first['msg']}.") from None


def pick(small, *, full):
    """Return `small` in an ordinary run and `full` where BOOK_SIZE=full asks for full size."""
    return full if settings().size == "full" else small


def device():
    """Return the torch device that lessons train on: the only place where it is chosen.

    An ordinary run takes the CPU, so that everybody sees the numbers in the book. A full-size run takes
    CUDA or MPS where there is one. BOOK_DEVICE overrides both.
    """
    wanted = settings().device
    there = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if wanted == "auto":
        order = ("cuda", "mps", "cpu") if settings().size == "full" else ("cpu",)
        return torch.device(next(kind for kind in order if there[kind]))
    if not there[wanted]:
        raise BookError(f"BOOK_DEVICE asks for {wanted}, which this machine does not have; unset it or name another.")
    return torch.device(wanted)
