"""Makes dashboard/fonts/ from the fonts of dashboard/static/. Run by hand, with fonttools and brotli.

The public page carries two fonts cut to what Dutch and English write; pictures of figures need static fonts
of whole families. Both are instances of the same open fonts (OFL), under the same family names.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from fontTools import merge, subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

ROOT = Path(__file__).parents[1] / "dashboard"
STATIC, TARGET = ROOT / "static", ROOT / "fonts"
FAMILIES = {"public-sans": "Public Sans", "source-serif": "Kring Serif"}  # "Source" is a reserved font name
WEIGHTS = {400: "Regular", 600: "SemiBold"}
# What the public page writes: names of groups and notes may hold any letter of western Europe. A sign that is
# left out is drawn in the reader's own font.
ACCENTED = {chr(code) for code in range(0xC0, 0x100)} - set("ÃÐÕ×ÝÞãðõ÷ýþÿ")
IN_TEXT = (
    ({chr(code) for code in range(0x20, 0x7F)} - set("$\\^`{|}~")) | ACCENTED | set("\u00a0·–—‘’“”…−→€Œœ")
)
IN_TITLES = IN_TEXT - set("#*<>@[]_→")
UNUSED_TABLES = ("BASE", "DSIG", "STAT", "gasp", "meta")


def named(font: TTFont, family: str, weight: int) -> TTFont:
    """The font under its family name, with its weight said in words and in number."""
    style = WEIGHTS[weight]
    names = {1: family, 2: style, 4: f"{family} {style}", 6: f"{family.replace(' ', '')}-{style}"}
    for record in [16, 17, 25]:
        font["name"].removeNames(nameID=record)
    for number, text in names.items():
        font["name"].removeNames(nameID=number)
        font["name"].setName(text, number, 3, 1, 0x409)
    font["OS/2"].usWeightClass = weight
    return font


def whole(stem: str, weight: int, folder: Path) -> TTFont:
    """One weight of both halves of a family, joined."""
    halves = []
    for half in ("latin", "latin-ext"):
        font = instancer.instantiateVariableFont(TTFont(STATIC / f"{stem}-{half}.woff2"), {"wght": weight})
        for table in ("GSUB", "GPOS", "GDEF", "STAT", "DSIG", "meta"):
            if table in font:
                del font[table]
        font.flavor = None
        path = folder / f"{stem}-{half}-{weight}.ttf"
        font.save(path)
        halves.append(str(path))
    return merge.Merger().merge(halves)


def for_page(stem: str, weights: tuple[int, int] | int, letters: set[str], features: list[str]) -> None:
    """A font cut to the letters of the page."""
    font = instancer.instantiateVariableFont(TTFont(STATIC / f"{stem}-latin.woff2"), {"wght": weights})
    options = subset.Options(layout_features=features, flavor="woff2", hinting=False)
    options.name_IDs = [0, 13, 14]
    cutter = subset.Subsetter(options)
    cutter.populate(text="".join(sorted(letters)))
    cutter.subset(font)
    for table in UNUSED_TABLES:
        if table in font:
            del font[table]
    subset.save_font(font, str(TARGET / f"{stem}-page.woff2"), options)


def main() -> None:
    """Write every font."""
    TARGET.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for stem, family in FAMILIES.items():
            for weight in WEIGHTS:
                named(whole(stem, weight, Path(folder)), family, weight).save(TARGET / f"{stem}-{weight}.ttf")
    for_page("public-sans", (400, 600), IN_TEXT, ["kern", "tnum"])
    for_page("source-serif", 600, IN_TITLES, ["kern"])


main()
