"""The questions of lesson 7.3: each phrase is in one passage of the corpus, each answer in that passage."""

import csv
import re

import pytest
from tables import written

from book import BookError
from book.data.questions import ARTICLES, EXAMPLES, QUESTIONS, REQUESTS, passages, questions

GOOD = {"question": "What is the capital of Aruba?", "title": "Aruba", "phrase": "Its capital is Oranjestad",
        "answer": "Oranjestad", "part": "test"}


@pytest.fixture(scope="module")
def pieces():
    return passages()


@pytest.fixture(scope="module")
def table(pieces):
    return questions(pieces)


def plain(text):
    return " ".join(re.findall(r"\w+", text.lower()))


def test_every_article_gives_ten_passages_of_45_words_at_most(pieces):
    titles = [title for title, _ in pieces]
    assert {title: titles.count(title) for title in ARTICLES} == dict.fromkeys(ARTICLES, 10)
    assert max(len(text.split()) for _, text in pieces) <= 45
    assert len({text for _, text in pieces}) == 280


def test_every_phrase_is_in_exactly_one_passage_with_its_answer(pieces, table):
    assert len(table) == 136
    for row in table[table.place >= 0].itertuples():
        assert [row.phrase in text for _, text in pieces].count(True) == 1, row.question
        assert pieces[row.place][0] == row.title
        assert plain(row.answer) in plain(pieces[row.place][1]), row.question


def test_the_parts_are_a_third_and_two_thirds(table):
    assert table[table.place >= 0].part.value_counts().to_dict() == {"test": 74, "choose": 38}
    assert table[table.place < 0].part.value_counts().to_dict() == {"test": 12, "choose": 12}


def test_no_request_is_among_the_examples():
    turns = [turn for tool in REQUESTS.values() for turn in tool]
    assert len(set(turns)) == 24
    assert not [turn for turn in turns if turn in EXAMPLES]


@pytest.mark.parametrize(("change", "message"), [
    ({"phrase": "Its capital is Berlin"}, "occurs in 0 passages"),
    ({"phrase": "Aruba"}, "occurs in"),
    ({"title": "ASCII"}, "must be in one, of the article ASCII"),
    ({"title": "Atlantis"}, "no such article"),
    ({"title": ""}, "come together"),
    ({"part": "train"}, "part"),
    ({"question": "Aruba"}, "question"),
])
def test_a_bad_row_is_refused(tmp_path, pieces, change, message):
    with pytest.raises(BookError, match=message):
        questions(pieces, path=written(tmp_path, GOOD | change))


def test_a_question_stands_there_once():
    with QUESTIONS.open(encoding="utf8", newline="") as file:
        asked = [row["question"] for row in csv.DictReader(file)]
    assert len(set(asked)) == len(asked)
