"""Dates, times, amounts and lists in English, French and Chinese, worded by the Unicode locale data (CLDR)."""

import datetime
import random
import re
from functools import cache

from babel.dates import format_date, format_time, format_timedelta
from babel.lists import format_list
from babel.numbers import format_currency
from babel.units import format_unit

LOCALES = {"en": "en", "fr": "fr", "zh": "zh_Hans"}
COUNTS = (*2 * (0, 0.5, 1, 1.5), *range(2, 13), 2.5, 3.5, 7.5, 15, 20, 25, 30, 40, 50, 60, 75, 100, 150, 200, 500)
# Below two, French has the singular: such numbers are drawn more often.
UNITS = ("length-kilometer", "length-meter", "length-centimeter", "length-mile", "mass-kilogram", "mass-gram",
         "volume-liter", "duration-week", "duration-month", "duration-year", "duration-second", "duration-hour",
         "temperature-celsius", "digital-gigabyte")
CURRENCIES = ("CNY", "EUR", "USD", "GBP", "JPY", "CHF", "CAD", "INR")
SPANS = ("day", "week", "month", "year", "hour", "minute")
SHARE = 0.25  # of all combinations, so many are kept back


def is_kept_back(first, second):
    """Tell whether two parts of a phrase, such as a number and its unit, never meet in training.

    The number one always meets everything: "liter", without s, occurs with no other.
    """
    return first != 1 and random.Random(f"{first} {second}").random() < SHARE


def wordings(count, *, seed, unseen=False):
    """Return `count` phrases as {"en": text, "fr": text, "zh": text}, drawn at random.

    unseen: False for phrases to train on; True for phrases of combinations that the others never contain

    A phrase is a date, with or without a time and a weekday; an amount of some unit or currency; a distance in time;
    or two of these, joined by "and". Day and month, hour and minute, number and unit are such combinations: one in
    four is kept back, whatever the seed. The parts themselves all occur in training.
    The wording is CLDR's, by the package Babel (Unicode License); spaces are all made plain.
    """
    draw, phrases = random.Random(f"{seed} {unseen}"), []
    while len(phrases) < count:
        parts = [_one(draw, unseen) for _ in range(1 if draw.random() < 0.75 else 2)]
        phrases.append(parts[0] if len(parts) == 1 else
                       {name: format_list([part[name] for part in parts], locale=locale)
                        for name, locale in LOCALES.items()})
    return phrases


def _pair(draw, firsts, seconds, unseen):
    """Draw a combination of the wanted kind."""
    while True:
        first, second = draw.choice(firsts), draw.choice(seconds)
        if is_kept_back(first, second) == unseen:
            return first, second


def _one(draw, unseen):
    """Draw a phrase that is no list."""
    kind = draw.random()
    if kind < 0.3:
        month, day = _pair(draw, range(1, 13), range(1, 29), unseen)
        date = _date(draw.randint(1990, 2039), month, day, draw.choice(("full", "long")))
        if kind < 0.2:
            return date
        return _joined(date, _time(*_pair(draw, range(24), range(0, 60, 5), unseen)))
    if kind < 0.4:
        return _time(*_pair(draw, range(24), range(0, 60, 5), unseen))
    if kind < 0.68:
        return _amount(*_pair(draw, COUNTS, UNITS, unseen))
    if kind < 0.88:
        return _money(*_pair(draw, [number for number in COUNTS if number == int(number)], CURRENCIES, unseen))
    number, span = _pair(draw, range(1, 31), SPANS, unseen)
    return _distance(number if draw.random() < 0.5 else -number, span)


def _plain(text):
    return re.sub(r"\s", " ", text)


def _in_all(word):
    """Return {"en": …} of a function that words something in a locale."""
    return {name: _plain(word(locale)) for name, locale in LOCALES.items()}


def _joined(date, time):
    return {name: date[name] + (" " if name == "zh" else ", ") + time[name] for name in LOCALES}


@cache
def _date(year, month, day, form):
    return _in_all(lambda locale: format_date(datetime.date(year, month, day), form, locale=locale))


@cache
def _time(hour, minute):
    return _in_all(lambda locale: format_time(datetime.time(hour, minute), "short", locale=locale))


@cache
def _amount(number, unit):
    return _in_all(lambda locale: format_unit(number, unit, "short" if locale == "zh_Hans" else "long", locale=locale))


@cache
def _money(number, currency):
    return _in_all(lambda locale: format_currency(number, currency, "#,##0", locale=locale, format_type="name",
                                                  currency_digits=False))


@cache
def _distance(number, span):
    seconds = {"minute": 60, "hour": 3600, "day": 86400, "week": 604800, "month": 2592000, "year": 31536000}[span]
    return _in_all(lambda locale: format_timedelta(number * seconds, span, threshold=1e9, add_direction=True,
                                                   locale=locale))
