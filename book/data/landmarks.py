"""Landmark models from the perceptron to the large models of today, in numbers, each with its source (lesson 1.1)."""

import math
import re
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PositiveFloat, model_validator

from book.data.tables import read_table

LANDMARKS = Path(__file__).parent / "landmarks.csv"
PRODUCT = re.compile(r"\d[\d.]*(?:e\d+)?(?: \* \d[\d.]*(?:e\d+)?)+")
TOLERANCE = 0.01  # a stored figure and its rule may differ by this share, for rounding


def _or_none(value):
    """Return None for an empty cell of the table."""
    return None if value == "" else value


Citation = Annotated[str, Field(pattern=r"^[a-z]+(19|20)\d\d[a-z0-9]+$")]
Number = Annotated[PositiveFloat | None, BeforeValidator(_or_none)]


class Landmark(BaseModel):
    """One model. An empty cell means that no figure was found in a source that can be cited.

    parameters: numbers that training sets; active: those that work on one token, where it is not all of them
    data:       size of the training set in `unit`; for tokens the number that training saw, repeats included
    compute:    additions and multiplications of the whole training, FLOP
    basis:      paper = a publication's authors state it; rule = the product `rule` of numbers in the model's own
                publication; estimate = others estimated it, and `basis_key` cites them
    epoch_2023, epoch_2026: what the database of Epoch AI said of `compute` in early 2023 and in early 2026
    where:      where in the sources the figures stand
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1)
    date: date
    organization: str = Field(min_length=1)
    domain: Literal["vision", "language", "speech", "games", "multimodal", "other"]
    task: str = Field(min_length=1)
    parameters: Number
    active: Number
    data: Number
    unit: Annotated[Literal["tokens", "words", "sentences", "images", "pairs", "examples", "positions", "games",
                            "steps", "hours"] | None, BeforeValidator(_or_none)]
    compute: Number
    basis: Annotated[Literal["paper", "rule", "estimate"] | None, BeforeValidator(_or_none)]
    rule: Annotated[str | None, BeforeValidator(_or_none)]
    key: Citation
    basis_key: Annotated[Citation | None, BeforeValidator(_or_none)]
    epoch_2023: Number
    epoch_2026: Number
    where: str = Field(min_length=10)

    @model_validator(mode="after")
    def _fits_together(self):
        if self.parameters is None and self.compute is None:
            raise ValueError("neither parameters nor compute is given")
        if (self.data is None) != (self.unit is None):
            raise ValueError("data and their unit come together")
        if (self.compute is None) != (self.basis is None):
            raise ValueError("compute and its basis come together")
        if self.active is not None and not (self.parameters and self.active < self.parameters):
            raise ValueError("fewer parameters are active than there are")
        if self.basis == "estimate" and self.basis_key is None:
            raise ValueError("an estimate needs the citation of those who made it")
        if self.basis == "rule" and self.rule is None:
            raise ValueError("a figure by a rule needs the rule")
        if self.rule is not None and not (self.compute and math.isclose(product(self.rule), self.compute,
                                                                        rel_tol=TOLERANCE)):
            raise ValueError("the rule does not give the figure")
        return self


def product(rule):
    """Return the value of a product such as "6 * 175e9 * 300e9". Raises ValueError for anything else."""
    if not PRODUCT.fullmatch(rule):
        raise ValueError(f"{rule!r} is not a product of numbers")
    return math.prod(float(factor) for factor in rule.split(" * "))


def landmarks(*, path=LANDMARKS):
    """Return the landmark models as a pandas table, oldest first, with the columns of `Landmark` and `year`.

    year: the date as a decimal number, 2012.75 for the end of September 2012

    Every row is checked, and cites what it rests on by a key of the bibliography. Raises BookError that names the
    first row that is not well formed, has no citation, or whose rule does not give its figure.
    """
    import pandas as pd

    rows = read_table(path, Landmark)
    table = pd.DataFrame([row.model_dump() for row in sorted(rows, key=lambda row: (row.date, row.name))],
                         columns=list(Landmark.model_fields))
    numbers = ["parameters", "active", "data", "compute", "epoch_2023", "epoch_2026"]
    table[numbers] = table[numbers].astype(float)
    table.insert(2, "year", [day.year + (day.timetuple().tm_yday - 1) / 365.25 for day in table["date"]])
    return table
