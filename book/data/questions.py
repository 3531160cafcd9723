"""Questions about 28 articles of Wikipedia, each with the passage that answers it (lesson 7.3).

`passages` cuts the beginnings of the articles into short pieces; `questions` reads the table of questions. Questions,
answers and the choice of passages were written for the book by one person who had the passages in view.
"""

import re
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from book.data.tables import read_table
from book.data.wikipedia import wikipedia
from book.errors import BookError

QUESTIONS = Path(__file__).parent / "questions.csv"
ARTICLES = {  # title: how the article begins
    "Aardvark": "The aardvark (Orycteropus", "Aardwolf": "The aardwolf (Proteles", "Abacus": "The abacus (plural",
    "Abraham Lincoln": "Abraham Lincoln (February", "Academy Awards": "The Academy Awards, or",
    "Achilles": "In Greek mythology, Achilles", "Adobe": "Adobe (from Spanish",
    "Aikido": "is a modern Japanese martial",
    "Alaska": "Alaska is a U.S. state", "Albedo": "Albedo or reflection", "Albert Einstein": "Albert Einstein (14",
    "Alchemy": "Alchemy is a philosophical", "Aldous Huxley": "Aldous Leonard Huxley", "Algae": "Algae (singular",
    "American in Paris": "An American in Paris is", "Amphibian": "Amphibians are ectothermic",
    "Andorra": "Andorra, officially", "Andre Agassi": "Andre Kirk Agassi", "Animal Farm": "Animal Farm is an",
    "Apollo 11": "Apollo 11 was", "Apollo 8": "Apollo 8, the second", "Aristotle": "Aristotle (Arist",
    "Aruba": "Aruba is a constituent", "ASCII": "ASCII, abbreviated", "Asphalt": "Asphalt (occasionally)",
    "Atlantic Ocean": "The Atlantic Ocean is", "Atomic Time": "International Atomic Time",
    "Schopenhauer": "Arthur Schopenhauer (22"}
SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z\"(])")


def passages(words=45, count=10):
    """Return a list of (title, text): the first `count` passages of each article, whole sentences of at most `words`.

    A passage never crosses a paragraph; a sentence longer than `words` is a passage of its own, cut there.
    Source: see `book.data.wikipedia`; CC BY-SA 4.0.
    """
    articles = [text for part in wikipedia() for text in part]
    return [(title, piece) for title, start in ARTICLES.items() for text in articles if text.startswith(start)
            for piece in _pieces(text, words)[:count]]


def _pieces(text, words):
    """Return the passages of one article."""
    done = []
    for paragraph in text.split("\n"):
        held = []
        for sentence in SENTENCE_END.split(paragraph):
            new = sentence.split()[:words]
            if held and len(held) + len(new) > words:
                done.append(" ".join(held))
                held = []
            held += new
        done.append(" ".join(held))
    return [piece for piece in done if len(piece.split()) >= 8]


class Question(BaseModel):
    """One question. title, phrase: where it is answered, both empty where no passage answers it; answer: in its words

    part: choose = for choosing settings, test = for judging them
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    question: str = Field(min_length=12, pattern=r"\?$")
    title: str
    phrase: str
    answer: str
    part: Literal["choose", "test"]

    @model_validator(mode="after")
    def _fits_together(self):
        if bool(self.title) != bool(self.phrase) or (self.answer and not self.phrase):
            raise ValueError("title and phrase come together, and an answer needs both")
        if self.title and self.title not in ARTICLES:
            raise ValueError("there is no such article")
        return self


def questions(pieces, *, path=QUESTIONS):
    """Return the questions as a pandas table with the columns of `Question` and `place`, the right passage's number.

    pieces: what `passages` returned;   place: -1 where no passage answers the question
    Raises BookError where a phrase does not occur in exactly one passage of its article.
    """
    import pandas as pd

    rows = []
    for row in read_table(path, Question, name="question"):
        places = [i for i, (title, text) in enumerate(pieces) if row.phrase and row.phrase in text]
        if row.phrase and (len(places) != 1 or pieces[places[0]][0] != row.title):
            raise BookError(f"{Path(path).name}, {row.question}: the phrase occurs in {len(places)} passages; it must "
                            f"be in one, of the article {row.title}.")
        rows.append({**row.model_dump(), "place": places[0] if places else -1})
    return pd.DataFrame(rows)


REQUESTS = {  # what users say, half of it on purpose without the obvious word or sign
    "calculator": ["What is 17 * 23?", "Compute 2 ** 10 - 1.", "How much is 480 / 12?",
                   "What do I get for (3 + 4) * 5?", "Please add up 12 + 99 + 7.", "What is seven times eight?",
                   "Half of 90 is what?", "How much do 3 tickets at 14 each cost?"],
    "search": ["How long did the first Oscar ceremony last?", "Who was the mother of Achilles?",
               "What does an aardvark eat?", "What is the capital of Aruba?",
               "In which year did Alaska become a state?",
               "Find out where Lincoln was born.", "How many characters does ASCII have?",
               "Which instrument did Schopenhauer play?"],
    "mail": ["Write to Ana that the meeting is at 3.", "Send the report to Ben.", "Let Carla know that I agree.",
             "Mail the minutes to dan@example.org.", "Please tell Emma I will be there at 5 + 1.",
             "Forward this to Finn.", "Inform Gina that 2 * 3 tickets are booked.",
             "Drop Hugo a line about the search."],
}
EXAMPLES = """Choose the tool. calculator: computes a number. search: looks up a fact. mail: sends a message.
What is 8 + 5? Tool: calculator
Who wrote Faust? Tool: search
Tell Bob that I am late. Tool: mail
How much is 90 / 6? Tool: calculator
Where is the Nile? Tool: search
Send Eve the list. Tool: mail
"""
