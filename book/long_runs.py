"""Networks that a lesson's own code trained for longer than the lesson lasts (`python -m book.tools.train`).

Beside the weights, in half precision, stands a card: which code made them, with which seed, in how many seconds, how
the loss fell, and what the network scored on held-out data. A lesson loads both with one call.
"""

import hashlib
from pathlib import Path

from pydantic import BaseModel, ValidationError
from safetensors.torch import load_model

from book import lesson as lessons
from book.errors import BookError

FOLDER = Path(__file__).resolve().parent / "checkpoints"


class Card(BaseModel):
    """What is known of one long run.

    lesson:     the number of the lesson whose code made it
    source:     a hash of that code
    weights:    the SHA-256 of the file of weights
    parameters: how many weights the network has
    seed, seconds, threads: of the training
    curve:      [(step, training loss)]
    scores:     {what was measured: the number}, after the weights were rounded to half precision
    """

    lesson: str
    source: str
    weights: str
    parameters: int
    seed: int
    seconds: float
    threads: int
    curve: list[tuple[int, float]]
    scores: dict[str, float]


def files(lesson):
    """Return the paths of the weights and of the card of a lesson's long run."""
    stem = lesson.replace(".", "-")
    return FOLDER / f"{stem}.safetensors", FOLDER / f"{stem}.json"


def load_card(lesson):
    """Return the Card of a lesson's long run. Raises BookError where there is none."""
    path = files(lesson)[1]
    try:
        return Card.model_validate_json(path.read_text(encoding="utf8"))
    except FileNotFoundError:
        raise BookError(f"Lesson {lesson} has no long run yet; python -m book.tools.train {lesson} makes it.") from None
    except ValidationError:
        raise BookError(f"{path} is damaged; restore it, or run python -m book.tools.train {lesson}.") from None


def load_long_run(model, lesson=None):
    """Give `model` the weights of a long run, and return its Card.

    model:  a network of the kind that was trained, in evaluation mode afterwards
    lesson: the number of the lesson that trained it; without it, the lesson that is running

    Raises BookError where there is no long run, its file is damaged, or it belongs to another network.
    """
    lesson = lesson or lessons.current()
    if lesson is None:
        raise BookError("Call book.start with the number of the lesson first, or name the lesson of the long run.")
    card, path = load_card(lesson), files(lesson)[0]
    if not path.exists() or hashlib.sha256(path.read_bytes()).hexdigest() != card.weights:
        raise BookError(f"{path} is missing or damaged; restore it, or run python -m book.tools.train {lesson}.")
    try:
        load_model(model, path)
    except RuntimeError:
        raise BookError(f"The long run of lesson {lesson} belongs to another network than this {type(model).__name__}; "
                        "build it as the lesson does.") from None
    model.eval()
    return card
