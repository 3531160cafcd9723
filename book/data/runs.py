"""Published training runs of language models, each figure with its source, and the chips they ran on (lesson 8.2).

`runs` holds 32 models of a billion weights or more: size, tokens, chip and chip hours, and where they are published the
energy, the power, the PUE, the grid and the carbon. `CHIPS` holds what the makers say of six chips. Everything was
looked up and typed by hand; facts, not a copy of any data set.
"""

from pathlib import Path
from typing import Annotated, Literal, NamedTuple

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PositiveFloat, model_validator

from book.data.tables import read_table
from book.errors import BookError

RUNS = Path(__file__).parent / "runs.csv"


class Chip(NamedTuple):
    """What one chip can do. peak: FLOP/s on dense 16-bit matrices; watts: rated power, for a TPU v4 the measured one

    bandwidth: bytes a second from its memory, memory: bytes; None where no lesson needs them
    """

    peak: float
    watts: float
    bandwidth: float | None
    memory: float | None
    key: str


CHIPS = {
    "V100": Chip(125e12, 300, None, None, "patterson2021carbon"),
    "TPU v3": Chip(123e12, 450, None, None, "patterson2021carbon"),
    "TPU v4": Chip(275e12, 378.5, None, None, "chowdhery2023palm"),
    "A100": Chip(312e12, 400, 2.039e12, 80e9, "nvidia2021a100"),
    "H100": Chip(989e12, 700, 3.35e12, 80e9, "nvidia2023h100"),
    "H800": Chip(989e12, 700, None, None, "nvidia2023h100"),  # an H100 with slower links between chips
}


def _or_none(value):
    """Return None for an empty cell of the table."""
    return None if value == "" else value


Number = Annotated[PositiveFloat | None, BeforeValidator(_or_none)]


class Run(BaseModel):
    """One training run. An empty cell means that no figure was found in a source that can be cited.

    published:  year and month of the model's publication
    parameters: all weights; active: those that work on one token, where it is not all of them
    tokens:     what training read, repeats included
    hours:      chip hours; basis: stated = in the publication, clock = chips times time, speed = from a step's time
    reported:   share of the peak that a publication reports of the running machine
    energy:     MWh, with cooling where `pue` is not 1; watts: power a chip; power: whether it was measured or is rated
    pue:        power of the whole site over that of its computers
    grid, carbon: kg a kWh and t of carbon dioxide equivalent
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=3)
    organization: str = Field(min_length=4)
    published: str = Field(pattern=r"^20\d\d-(0[1-9]|1[0-2])$")
    parameters: float = Field(ge=1e9, le=1e13)
    active: Number
    tokens: float = Field(ge=1e11, le=1e14)
    chip: Literal["V100", "TPU v3", "TPU v4", "A100", "H100", "H800"]
    hours: Number
    basis: Annotated[Literal["stated", "clock", "speed"] | None, BeforeValidator(_or_none)]
    reported: Annotated[Annotated[float, Field(gt=0, lt=1)] | None, BeforeValidator(_or_none)]
    energy: Number
    watts: Number
    power: Annotated[Literal["measured", "rated"] | None, BeforeValidator(_or_none)]
    pue: Annotated[Annotated[float, Field(ge=1, le=2)] | None, BeforeValidator(_or_none)]
    grid: Annotated[Annotated[float, Field(gt=0, lt=1.5)] | None, BeforeValidator(_or_none)]
    carbon: Number
    key: str = Field(pattern=r"^[a-z]+(19|20)\d\d[a-z0-9]+$")
    where: str = Field(min_length=10)

    @model_validator(mode="after")
    def _fits_together(self):
        if (self.hours is None) != (self.basis is None):
            raise ValueError("hours and what they rest on come together")
        if self.active is not None and self.active >= self.parameters:
            raise ValueError("the active weights are a part of all weights")
        if self.watts is not None and self.power is None:
            raise ValueError("a power is measured or rated")
        if self.hours is not None and 6 * (self.active or self.parameters) * self.tokens > (
                3600 * self.hours * CHIPS[self.chip].peak):
            raise ValueError("more operations than the chips could do in these hours")
        return self


def runs(*, path=RUNS):
    """Return the runs as a pandas table with the columns of `Run`, in the order of publication.

    Empty cells are NaN, and `active` is filled from `parameters` where all weights work. Raises BookError that names
    the first bad, doubled or misplaced row.
    """
    import pandas as pd

    rows = read_table(path, Run)
    for before, row in zip(rows, rows[1:]):
        if row.published < before.published:
            raise BookError(f"{Path(path).name}: {row.name} stands before an earlier run.")
    table = pd.DataFrame([row.model_dump() for row in rows], columns=list(Run.model_fields))
    numbers = ["active", "hours", "reported", "energy", "watts", "pue", "grid", "carbon"]
    table[numbers] = table[numbers].astype(float)
    table["active"] = table["active"].fillna(table["parameters"])
    return table
