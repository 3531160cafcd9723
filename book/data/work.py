"""Published figures about language models and work, each with its source (lesson 8.4).

`work_figures` holds 36 figures of studies and statistics. `work_occupations` holds 60 occupations with five published
measures of exposure and with their jobs in two years. `teller_tasks` holds the 29 tasks of bank tellers with labels.
Everything was looked up and typed by hand; facts, not a copy of any data set. Sources of the columns: `COLUMNS`.
"""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PositiveInt, model_validator

from book.data.tables import read_table

HERE = Path(__file__).parent
COLUMNS = {  # column of the occupations: (key of the bibliography, where it stands)
    "frey_osborne": ("frey2017future", "appendix, 702 occupations by rank"),
    "aioe": ("felten2021occupational", "data appendix A"),
    "direct": ("eloundou2024gpts", "occ_level.csv of the authors' repository, human_rating_alpha"),
    "with_tools": ("eloundou2024gpts", "occ_level.csv of the authors' repository, human_rating_gamma"),
    "gpt4": ("eloundou2024gpts", "occ_level.csv of the authors' repository, dv_rating_beta"),
    "copilot": ("tomlinson2025working", "soc_ai_applicability_score.csv of the authors' repository, CC BY 4.0"),
    "jobs_2013": ("bls2014occupational", "national table, detailed occupations"),
    "jobs_2024": ("bls2025occupational", "national table, detailed occupations"),
}


def _or_none(value):
    """Return None for an empty cell of the table."""
    return None if value == "" else value


Number = Annotated[float | None, BeforeValidator(_or_none)]
Share = Annotated[float, Field(ge=0, le=1)]
Label = Literal["E0", "E1", "E2"]


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Figure(_Row):
    """One published figure.

    value, low, high: the figure and its 95 percent interval; a range has no value
    size:  how many people or tasks it was measured on, where that is stated
    year:  when it was measured or first published
    key:   the publication; where: where in it the figure stands
    """

    name: str = Field(pattern=r"^[a-z0-9-]+$")
    value: Number
    low: Number
    high: Number
    unit: str = Field(min_length=4)
    size: Annotated[PositiveInt | None, BeforeValidator(_or_none)]
    year: int = Field(ge=1980, le=2030)
    key: str = Field(pattern=r"^[a-z]+(19|20)\d\d[a-z0-9]+$")
    where: str = Field(min_length=8)

    @model_validator(mode="after")
    def _fits_together(self):
        if (self.low is None) != (self.high is None):
            raise ValueError("the ends of an interval come together")
        if self.value is None and self.low is None:
            raise ValueError("there is no figure")
        if self.low is not None and not self.low <= (self.low if self.value is None else self.value) <= self.high:
            raise ValueError("the figure lies outside its interval")
        return self


class Occupation(_Row):
    """One occupation of the United States, by its code in the Standard Occupational Classification.

    rank, frey_osborne: place and "probability of computerization" among 702 occupations (2013)
    aioe:               AI occupational exposure from abilities, in standard deviations
    direct, with_tools: share of tasks that people called exposed to a language model alone, or with software on top
    gpt4:               the same by GPT-4, with tasks that need software counted half
    copilot:            AI applicability, from conversations with an assistant
    jobs_2013, jobs_2024: employees in May; error_2013: relative standard error in percent
    """

    rank: int = Field(ge=1, le=702)
    soc: str = Field(pattern=r"^\d\d-\d{4}$")
    occupation: str = Field(min_length=4)
    frey_osborne: Share
    aioe: float = Field(ge=-3, le=2)
    direct: Share
    with_tools: Share
    gpt4: Share
    copilot: Share
    jobs_2013: PositiveInt
    error_2013: float = Field(ge=0, le=50)
    jobs_2024: PositiveInt

    @model_validator(mode="after")
    def _fits_together(self):
        if self.direct > self.with_tools:
            raise ValueError("software on top can only add tasks")
        return self


class Task(_Row):
    """One task of an occupation. E0: not exposed, E1: exposed to a model alone, E2: with software on top."""

    task: str = Field(min_length=8)
    kind: Literal["core", "supplemental"]
    human: Label
    gpt4: Label


def work_figures(*, path=HERE / "work.csv"):
    """Return the published figures as {name: Figure}."""
    return {row.name: row for row in read_table(path, Figure, "name")}


def work_occupations(*, path=HERE / "work_occupations.csv"):
    """Return 60 occupations as a pandas table with the columns of `Occupation`, by Frey and Osborne's rank.

    They are every tenth line of that list, from line 5 to line 695, without the ten whose code was merged, split,
    renumbered or changed in scope between the classifications of 2010 and 2018, or that have no count of jobs.
    """
    import pandas as pd

    return pd.DataFrame([row.model_dump() for row in read_table(path, Occupation, "soc")])


def teller_tasks(*, path=HERE / "work_tellers.csv"):
    """Return the 29 tasks of bank tellers as a pandas table with the columns of `Task`.

    The tasks are O*NET's (CC BY 4.0, US Department of Labor), shortened; the labels are by the annotators and by GPT-4.
    """
    import pandas as pd

    return pd.DataFrame([row.model_dump() for row in read_table(path, Task, "task")])
