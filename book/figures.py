"""The look of figures, and the few plots that many lessons use."""

import html
import json
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from cycler import cycler
from IPython.display import HTML, display
from matplotlib import font_manager

from book.errors import BookError

DEMOS = Path(__file__).parent / "site" / "demos"
CHINESE = Path(__file__).parent / "site" / "fonts" / "BookSansSC-Regular.otf"  # for characters DejaVu Sans lacks

INK, MUTED, FAINT = "#1f2933", "#5f6b7a", "#d5dbe3"
BLUE, ORANGE, GREEN, PINK, PURPLE, SKY = "#0b62a8", "#c2500b", "#0a7d5c", "#b3377a", "#6a4fb3", "#3c9dd0"
COLORS = (BLUE, ORANGE, GREEN, PINK, PURPLE, SKY)  # told apart with any kind of color vision, 3:1 on white

HOUSE_STYLE = {
    "figure.figsize": (7.0, 3.2), "figure.dpi": 100, "figure.constrained_layout.use": True,
    "figure.facecolor": "white", "savefig.facecolor": "white",
    "font.family": ["DejaVu Sans", "Book Sans SC"],
    "font.size": 11, "axes.titlesize": 12, "axes.labelsize": 11, "axes.titlelocation": "left",
    "axes.titleweight": "normal", "axes.titlepad": 8,
    "text.color": INK, "axes.labelcolor": INK, "axes.edgecolor": MUTED, "xtick.color": MUTED, "ytick.color": MUTED,
    "xtick.labelcolor": INK, "ytick.labelcolor": INK,
    "axes.spines.top": False, "axes.spines.right": False, "axes.linewidth": 0.8,
    "axes.grid": True, "axes.grid.axis": "y", "grid.color": FAINT, "grid.linewidth": 0.7, "axes.axisbelow": True,
    "axes.prop_cycle": cycler(color=COLORS), "lines.linewidth": 2, "lines.solid_capstyle": "round",
    "legend.frameon": False, "image.cmap": "gray_r", "image.interpolation": "nearest",
    "svg.hashsalt": "book", "svg.fonttype": "path", "axes.unicode_minus": True,
}


def use_house_style():
    """Set the look of all figures, and store them as SVG that is the same bytes on every run."""
    if str(CHINESE) not in {font.fname for font in font_manager.fontManager.ttflist}:
        font_manager.fontManager.addfont(CHINESE)
    mpl.rcParams.update(HOUSE_STYLE)
    try:
        get_ipython  # noqa: B018 - defined in notebooks only
    except NameError:
        return
    from matplotlib_inline.backend_inline import set_matplotlib_formats

    set_matplotlib_formats("svg", bbox_inches="tight", metadata={"Date": None})


def label_lines(ax, *, pad=0.01):
    """Write each line's label at its right end in the line's color, in place of a legend.

    Labels that would touch are moved apart. Call it last, when the limits of `ax` stand.
    """
    named = [line for line in ax.get_lines() if not line.get_label().startswith("_")]
    if not named:
        raise BookError("No line of this plot has a label; give label=... to ax.plot.")
    height = ax.get_position().height * ax.figure.get_figheight() * 72
    gap = 1.15 * mpl.rcParams["font.size"] / height
    to_axes = ax.transData + ax.transAxes.inverted()
    ends = sorted((to_axes.transform((line.get_xdata()[-1], line.get_ydata()[-1])).tolist() + [i]
                   for i, line in enumerate(named)), key=lambda end: end[1])
    height_so_far = -np.inf
    for x, y, i in ends:
        height_so_far = max(y, height_so_far + gap)
        ax.annotate(named[i].get_label(), (x + pad, height_so_far), xycoords="axes fraction", va="center",
                    color=named[i].get_color(), annotation_clip=False)


def image_grid(images, titles=None, *, columns=8, size=1.0, cmap=None):
    """Draw small images side by side and return the figure.

    images: (count, height, width) or (count, 1, height, width), or (count, height, width, 3) in color
    titles: one short text for each image, or none
    size:   width of one image in inches
    """
    images = np.asarray(images)
    if images.ndim == 4 and images.shape[1] == 1:
        images = images[:, 0]
    if images.ndim not in (3, 4) or len(images) == 0:
        raise BookError(f"Images come as (count, height, width), not {images.shape}.")
    if titles is not None and len(titles) != len(images):
        raise BookError(f"There are {len(images)} images and {len(titles)} titles; each image has one.")
    rows = -(-len(images) // columns)
    columns = min(columns, len(images))
    tall = size * images.shape[1] / images.shape[2] + (0.25 if titles is not None else 0)
    fig, axes = plt.subplots(rows, columns, figsize=(size * columns, tall * rows), squeeze=False)
    for ax in axes.flat:
        ax.axis("off")
    for i, (ax, image) in enumerate(zip(axes.flat, images)):
        ax.imshow(image, cmap=cmap)
        if titles is not None:
            ax.set_title(titles[i], fontsize=9, loc="center", pad=3)
    return fig


def confusion(predicted, wanted, names):
    """Draw how often each class is taken for each other one, in percent of its examples. Return the figure.

    predicted, wanted: (examples,) whole numbers that index `names`
    """
    predicted, wanted = np.asarray(predicted), np.asarray(wanted)
    if predicted.shape != wanted.shape:
        raise BookError(f"There are {predicted.size} predictions and {wanted.size} labels; "
                        "each example has one of both.")
    both = np.concatenate([predicted, wanted])
    if both.min() < 0 or both.max() >= len(names):
        raise BookError(f"Labels run from {both.min()} to {both.max()}, but there are {len(names)} class names.")
    counts = np.zeros((len(names), len(names)))
    np.add.at(counts, (wanted, predicted), 1)
    share = 100 * counts / counts.sum(axis=1, keepdims=True).clip(min=1)
    fig, ax = plt.subplots(figsize=(6.2, 5.4))
    ax.imshow(share, cmap="Blues", vmin=0, vmax=100)
    for row, column in zip(*np.nonzero(share.round() >= 1)):
        ax.text(column, row, f"{share[row, column]:.0f}", ha="center", va="center", fontsize=9,
                color="white" if share[row, column] > 55 else INK)
    ax.set_xticks(range(len(names)), names, rotation=45, ha="right")
    ax.set_yticks(range(len(names)), names)
    ax.set(xlabel="taken for", ylabel="is")
    ax.grid(False)
    return fig


def demo(name, *, alt, **data):
    """Show an interactive picture that works in the rendered page and in Jupyter without a server.

    name: the script in book/site/demos, the body of a function of (root, data)
    alt:  what it shows and what can be done with it, for those who cannot see it
    data: numbers and lists that the script gets as `data`

    Where scripts do not run (a repository viewer, print) the text of `alt` stands in its place.
    """
    path = DEMOS / f"{name}.js"
    if not path.is_file():
        raise BookError(f"There is no demo {name!r}; known: {', '.join(sorted(p.stem for p in DEMOS.glob('*.js')))}.")
    values = json.dumps(data).replace("</", "<\\/")
    display(HTML(f'''<div class="book-demo" id="demo-{name}" role="group" aria-label="{html.escape(alt)}">
<p class="book-demo-alt">{html.escape(alt)}</p></div>
<script>(root => {{ root.replaceChildren(); (function (root, data) {{
{path.read_text(encoding="utf8")}
}})(root, {values}); }})(document.getElementById("demo-{name}"));</script>'''))
