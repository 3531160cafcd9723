"""Make the Chinese font of figures: a small subset of Noto Sans CJK SC (OFL 1.1).

Usage: python -m book.tools.fonts [PATH OF NotoSansCJK-Regular.ttc]

The subset holds ASCII, the usual punctuation, the symbols of GB 2312 and its 3,755 most common characters.
The source is the Debian package fonts-noto-cjk, version 2.004 of the font. The same source gives the same bytes.
"""

import argparse
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

from book.errors import BookError
from book.files import complete_or_absent
from book.tools.cli import ROOT, run

SOURCE = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
SIMPLIFIED_CHINESE = 2  # the collection's member for it
TARGET = ROOT / "book" / "site" / "fonts" / "BookSansSC-Regular.otf"
FAMILY = "Book Sans SC"
LATIN_PUNCTUATION = "‐–—‘’“”…•·×÷±−≈≠≤≥→←↑↓√∞°′″€"


def characters():
    """Return the set of characters that figures may use."""
    rows = [row for row in range(0xA1, 0xA4)] + [row for row in range(0xB0, 0xD8)]  # symbols; level 1
    chinese = (bytes([row, cell]).decode("gb2312", "ignore") for row in rows for cell in range(0xA1, 0xFF))
    return set(map(chr, range(0x20, 0x7F))) | set(LATIN_PUNCTUATION) | set("".join(chinese))


def make(source, target):
    """Write the subset of the font collection `source` to `target`."""
    if not Path(source).is_file():
        raise BookError(f"There is no font at {source}; install the package fonts-noto-cjk or name the file.")
    font = TTFont(source, fontNumber=SIMPLIFIED_CHINESE, recalcTimestamp=False)
    options = subset.Options(hinting=False, layout_features=[], notdef_outline=True, glyph_names=False,
                             name_IDs=[0, 1, 2, 3, 4, 5, 6, 7, 13, 14], name_languages=[0x409], recalc_timestamp=False,
                             drop_tables=["vhea", "vmtx", "VORG", "BASE", "GPOS", "GSUB", "GDEF"])
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=map(ord, characters()))
    subsetter.subset(font)
    postscript = FAMILY.replace(" ", "") + "-Regular"
    for name_id, text in {1: FAMILY, 3: postscript, 4: FAMILY, 6: postscript}.items():
        font["name"].setName(text, name_id, 3, 1, 0x409)
    top = font["CFF "].cff
    top.fontNames = [postscript]
    top.topDictIndex[0].FullName, top.topDictIndex[0].FamilyName = FAMILY, FAMILY
    with complete_or_absent(Path(target)) as part:
        font.save(part)


def main():
    parser = argparse.ArgumentParser(description="Make the Chinese font of figures.")
    parser.add_argument("source", nargs="?", default=SOURCE, type=Path, help=f"the font collection ({SOURCE})")
    make(parser.parse_args().source, TARGET)
    print(f"{TARGET.relative_to(ROOT)}: {TARGET.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    run(main)
