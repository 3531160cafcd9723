"""MovieLens: three tables that fit together, and the published split u1."""

import hashlib
import json

import pytest

from book.data import carriers, movielens

SHA256 = "466d4e588a833f9a6d97e94fe1c92d675e0e69398a55f5ed4826e20505a31ef8"


@pytest.fixture(scope="module")
def tables():
    return movielens()


def test_tables_are_the_expected_ones(tables):
    assert [len(table) for table in tables] == [100_000, 943, 1_682]
    content = tables.ratings[["user", "item", "rating", "time"]].to_numpy().tolist()
    digest = hashlib.sha256(json.dumps([content, tables.users.to_numpy().tolist(), tables.items.to_numpy().tolist()])
                            .encode()).hexdigest()
    assert digest == SHA256


def test_numbers_count_from_zero_and_fit_together(tables):
    assert sorted(tables.ratings.user.unique()) == list(range(943))
    assert sorted(tables.ratings.item.unique()) == list(range(1_682))
    assert sorted(tables.ratings.rating.unique()) == [1, 2, 3, 4, 5]
    assert not tables.ratings.duplicated(["user", "item"]).any()
    assert tables.ratings.user.value_counts().min() >= 20
    assert tables.items.title[0] == "Toy Story"
    assert tables.items.genres[0] == ("Animation", "Children's", "Comedy")
    assert set(tables.users.gender) == {"F", "M"}
    assert (tables.items.year == 0).sum() <= 2


def test_u1_is_the_published_split(tables):
    """The published u1.test has 20,000 ratings of 1,410 films by 459 users and begins with these rows."""
    test = tables.ratings[tables.ratings.u1_test].sort_values(["user", "item"])
    assert (len(test), test.user.nunique(), test.item.nunique()) == (20_000, 459, 1_410)
    assert test[["user", "item", "rating", "time"]].head(2).to_numpy().tolist() == [[0, 5, 5, 887431973],
                                                                                 [0, 9, 3, 875693118]]


def test_order_and_types_of_a_small_file(monkeypatch):
    files = {"inter": "user_id:token\titem_id:token\trating:float\ttimestamp:float\n2\t1\t4\t9\n1\t2\t5.0\t8\n",
             "user": "user_id:token\tage:token\tgender:token\toccupation:token\tzip_code:token\n"
                     "1\t24\tM\tnone\tT8H1N\n",
             "item": "item_id:token\tmovie_title:token_seq\trelease_year:token\tclass:token_seq\n"
                     "1\tunknown\tV\tunknown\n2\tNULL\t1995\tFilm-Noir Drama\n"}
    monkeypatch.setattr(carriers, "read_many", lambda _, names: {name: files[name.rpartition(".")[2]].encode()
                                                                 for name in names})
    small = movielens()
    assert small.ratings.to_numpy().tolist() == [[1, 0, 4, 9, True], [0, 1, 5, 8, True]]
    assert small.users.to_numpy().tolist() == [[24, "M", "none"]]
    assert small.items.to_numpy().tolist() == [["unknown", 0, ("unknown",)], ["NULL", 1995, ("Film-Noir", "Drama")]]
