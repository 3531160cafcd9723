"""Draw the map of the book: eight chapters as a staircase, every lesson a tile, filled where it is written.

Usage: python -m book.tools.map

It goes to book/site/static/map.svg, which the landing page and the README show. The text that stands for
it there is what `describe` returns.
"""

from book.files import complete_or_absent
from book.tools.cli import ROOT, lessons, number, run

TARGET = ROOT / "book" / "site" / "static" / "map.svg"
CHAPTERS = (  # number, the lines of its title, lessons in each of its sections
    (1, ("Background",), ("1.1 1.2",)),
    (2, ("Core", "concepts"), ("2.1 2.2",)),
    (
        3,
        ("Core", "algorithms"),
        (
            "3.1.1 3.1.2 3.1.3 3.1.4",
            "3.2.1 3.2.2 3.2.3 3.2.4 3.2.5 3.2.6 3.2.7 3.2.8",
            "3.3.1 3.3.2 3.3.3 3.3.4 3.3.5 3.3.6 3.3.7",
        ),
    ),
    (4, ("Best", "practices"), ("4.1 4.2 4.3 4.4 4.5",)),
    (
        5,
        ("Applications",),
        ("5.1.1 5.1.2 5.1.3", "5.2.1 5.2.2", "5.3.1 5.3.2 5.3.3", "5.4.1 5.4.2 5.4.3", "5.5.1 5.5.2 5.5.3"),
    ),
    (6, ("Tools",), ("6.1 6.2 6.3 6.4",)),
    (7, ("Trends and", "challenges"), ("7.1 7.2 7.3 7.4 7.5 7.6 7.7",)),
    (8, ("Questions",), ("8.1 8.2 8.3 8.4",)),
)
WIDTH, HEIGHT, STEP, COLUMN, FLOOR, FIRST = 1000, 460, 26, 118, 406, 122
TILE, GAP, ROW = 21, 4, 4  # tiles in a row

STYLE = """
.ground{fill:#f5f8fb}.step{fill:#dfeaf5}.begun{fill:#cfe2f4}.n{fill:#0b62a8;font-weight:700;font-size:30px}
.t{fill:#1f2933;font-size:14px;font-weight:600}.k{fill:#44505d;font-size:16px}
.done{fill:#0b62a8}.open{fill:#fff;stroke:#9db3c8;stroke-width:1.4}.way{stroke:#c2500b;stroke-width:3.5;fill:none;stroke-linejoin:round;stroke-linecap:round}
.dot{fill:#c2500b}
@media (prefers-color-scheme:dark){.ground{fill:#161d25}.step{fill:#1f2b37}.begun{fill:#253b50}.n{fill:#82bff0}.t{fill:#e6ebf0}.k{fill:#b3bec9}
.done{fill:#82bff0}.open{fill:#18212a;stroke:#5c7085}.way{stroke:#f0a35e}.dot{fill:#f0a35e}}
""".strip()
FONT = "system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue','Noto Sans',Arial,sans-serif"


def describe(written):
    """Return the text that stands for the map where it cannot be seen.

    written: the numbers of the lessons that exist
    """
    every = [lesson for _, _, sections in CHAPTERS for section in sections for lesson in section.split()]
    titles = ", ".join(" ".join(title).lower() for _, title, _ in CHAPTERS)
    done = [lesson for lesson in every if lesson in written]
    return (
        f"Map of the book: eight chapters as a staircase, {titles}. "
        f"{len(done)} of {len(every)} lessons are written: {', '.join(done)}."
    )


def draw(written):
    """Return the map as SVG."""
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        f'role="img" aria-labelledby="what" font-family="{FONT}">',
        f'<title id="what">{describe(written)}</title>',
        f"<style>{STYLE}</style>",
        f'<rect class="ground" width="{WIDTH}" height="{HEIGHT}" rx="16"/>',
    ]
    left = (WIDTH - COLUMN * len(CHAPTERS)) / 2
    way = []
    for i, (chapter, title, sections) in enumerate(CHAPTERS):
        x, top = left + i * COLUMN, FLOOR - FIRST - i * STEP
        begun = any(lesson in written for section in sections for lesson in section.split())
        out.append(
            f'<rect class="{"begun" if begun else "step"}" x="{x + 2:g}" y="{top}" width="{COLUMN - 4}" '
            f'height="{FLOOR - top}" rx="7"/>'
        )
        for k, line in enumerate(reversed(title)):
            out.append(f'<text class="t" x="{x + 10:g}" y="{top - 14 - 20 * k}">{line}</text>')
        out.append(f'<text class="n" x="{x + 10:g}" y="{top - 20 - 20 * len(title)}">{chapter}</text>')
        way += [(x, top), (x + COLUMN, top)]
        y = FLOOR - 10
        for section in sections:
            for k, lesson in enumerate(section.split()):
                row, column = divmod(k, ROW)
                out.append(
                    f'<rect class="{"done" if lesson in written else "open"}" x="{x + 12 + column * (TILE + GAP):g}" '
                    f'y="{y - TILE - row * (TILE + GAP):g}" width="{TILE}" height="{TILE}" rx="4"/>'
                )
            y -= (row + 1) * (TILE + GAP) + 7
    out.append('<path class="way" d="M' + " L".join(f"{x:g} {y}" for x, y in way) + '"/>')
    x, y = way[-1]
    out.append(f'<circle class="dot" cx="{x:g}" cy="{y}" r="7"/>')
    y = HEIGHT - 31
    for x, kind, text in ((left + 2, "done", "written"), (left + 126, "open", "planned")):
        out.append(
            f'<rect class="{kind}" x="{x:g}" y="{y}" width="{TILE}" height="{TILE}" rx="4"/>'
            f'<text class="k" x="{x + 28:g}" y="{y + 15}">{text}</text>'
        )
    return "\n".join([*out, "</svg>", ""])


def main():
    written = {number(path) for path in lessons()}
    with complete_or_absent(TARGET) as part:
        part.write_text(draw(written), encoding="utf8")
    print(describe(written))


if __name__ == "__main__":
    run(main)
