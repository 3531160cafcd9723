"""The record of results: what the Results page and the chapters' numbers are drawn from."""

from IPython.display import display

from book import lesson, records
from book.errors import BookError

PREFIX = "application/papermill.record/"  # by which myst_nb knows what its glue role may quote; importing it takes 2 s


def record(key, score, *, model, data, metric, parameters=None):
    """Record a measured result, and store it in the notebook for chapter pages to quote.

    key:        a short name, unique in the lesson, in lower case with hyphens: "lenet"
    score:      the number, measured on data that was never trained on
    model:      what reached it, as the Results page names it
    data, metric: on what it was measured, and how
    parameters: how many weights the model has

    A chapter quotes it with the glue role, under the lesson's number and the key: `3-1-4-lenet`.
    """
    if lesson.current() is None:
        raise BookError("Call book.start with the number of the lesson before a result is recorded.")
    score = float(score)
    records.write(kind="result", key=key, score=score, model=model, data=data, metric=metric,
                  parameters=parameters, seconds=round(lesson.seconds(), 1))
    name = f"{lesson.current().replace('.', '-')}-{key}"
    display({f"{PREFIX}text/plain": repr(score)}, raw=True,
            metadata={"scrapbook": {"name": name, "mime_prefix": PREFIX}})
