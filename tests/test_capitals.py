"""The table of capitals."""

from babel import Locale

from book.data.capitals import capitals


def test_countries_are_known_and_occur_once():
    table = capitals()
    names = {name.lower() for name in Locale("en").territories.values()}
    assert len(table) == 117
    assert table["country"].is_unique
    assert table["capital"].is_unique
    assert not {country for country in table["country"] if country.lower() not in names}


def test_no_name_is_empty_or_padded():
    table = capitals()
    assert (table == table.apply(lambda column: column.str.strip())).all().all()
    assert (table != "").all().all()
