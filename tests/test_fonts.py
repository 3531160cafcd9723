"""Chinese text in figures is drawn, never as boxes."""

import warnings

import matplotlib.pyplot as plt
import pytest
from matplotlib import font_manager

from book import figures
from book.errors import BookError
from book.tools import fonts


@pytest.fixture
def axes():
    with plt.rc_context():
        figures.use_house_style()
        fig, ax = plt.subplots()
        yield ax
        plt.close(fig)


def test_chinese_text_has_its_letters(axes):
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # "Glyph … missing from font(s)" is a warning
        axes.set_title("一步一步 AI：损失 loss，准确率 ≥ 0.91")
        axes.figure.canvas.draw()


def test_the_test_above_can_fail(axes):
    with pytest.warns(UserWarning, match="missing from font"):
        axes.set_title("\u13a0 \U00016a40")  # Cherokee, Mro
        axes.figure.canvas.draw()


def test_the_font_covers_what_its_script_promises():
    from fontTools.ttLib import TTFont

    has = set(map(chr, TTFont(figures.CHINESE).getBestCmap()))
    lacking = fonts.characters() - has
    assert not lacking, f"the font lacks {sorted(lacking)}"
    assert sum("\u4e00" <= character <= "\u9fff" for character in has) == 3755
    assert figures.CHINESE.stat().st_size < 1.5e6
    assert figures.CHINESE.with_name("OFL.txt").is_file()


def test_the_font_is_registered_once(axes):
    figures.use_house_style()
    files = [font.fname for font in font_manager.fontManager.ttflist]
    assert files.count(str(figures.CHINESE)) == 1


def test_a_missing_source_says_what_to_do(tmp_path):
    with pytest.raises(BookError, match="install the package fonts-noto-cjk"):
        fonts.make(tmp_path / "absent.ttc", tmp_path / "out.otf")
    assert list(tmp_path.iterdir()) == []
