"""The CSS of the public page: the look of Kring without Streamlit, light and dark. Pure."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Final

from dashboard.pictures import TITLE_FONT
from dashboard.tokens import DARK, LIGHT, TEXT_FONT, Tokens

FONTS: Final = Path(__file__).parent / "fonts"
IN_CHARTS: Final = ("bg", "ink", "ink2", "ink3", "accent", "bar", "base", "grid", "orange")
_RULES: Final = """
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%%}
body{margin:0;background:var(--bg);color:var(--ink);font:400 1rem/1.5 "%(text)s",sans-serif}
.in{max-width:712px;margin:0 auto;padding:0 16px}
header,.about{background:var(--paper)}
header{padding:16px 0 44px}
h1,h2,h3,.value,.brand{font-family:"%(title)s",serif;font-weight:600;text-wrap:balance}
h1{font-size:2.75rem;line-height:1.15;letter-spacing:-.01em;margin:40px 0 16px;max-width:12.5em}
h2{font-size:1.625rem;line-height:1.3;letter-spacing:-.005em;margin:0 0 8px;max-width:20em}
h3{font-size:1.25rem;line-height:1.25;margin:0 0 8px}
p{margin:0}
a{color:var(--accent);text-underline-offset:2px}
a:focus-visible,summary:focus-visible,.wide:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.top{display:flex;justify-content:space-between;align-items:center}
.top a,.get a{display:inline-block;padding:6px 0;font-size:.9375rem}
.brand{display:flex;gap:8px;align-items:center;font-size:1.375rem}
.brand svg{width:27px;height:29px}
.lead{font-size:1.1875rem;color:var(--ink2);max-width:29em;margin-bottom:20px}
.small,.sub,.source{font-size:.9375rem;color:var(--ink2)}
.source{color:var(--ink3);font-size:.875rem;margin-top:10px}
dl.four{display:grid;grid-template-columns:repeat(4,1fr);margin:0;border-bottom:1px solid var(--line)}
.four div{padding:24px 16px 22px;border-left:1px solid var(--line)}
.four div:first-child{padding-left:0;border-left:0}
.four dt,.four dd{font-size:.875rem;line-height:1.4;color:var(--ink2);margin:0}
.four dd.value{font-size:2.125rem;line-height:1.2;color:var(--ink);font-variant-numeric:lining-nums}
section{padding-top:52px}
section svg{font-size:12px;display:block;width:100%%;height:auto;margin-top:20px}
section svg.narrow{display:none}
details{margin-top:10px}
summary{color:var(--accent);font-size:.9375rem;padding:6px 0;cursor:pointer}
.wide{overflow-x:auto;margin:4px 0 12px}
table{border-collapse:collapse;width:100%%;font-size:.9375rem;font-variant-numeric:tabular-nums}
th,td{padding:8px 16px 8px 0;text-align:left;border-bottom:1px solid var(--line);font-weight:400}
thead th{font-size:.8125rem;font-weight:600;color:var(--ink2);border-color:var(--ink)}
.n{text-align:right;padding-right:0;padding-left:12px}
.bars{list-style:none;margin:18px 0 0;padding:0}
.bars li{margin-bottom:12px}
.bars .row{display:flex;align-items:center;gap:10px;min-height:24px}
.bars i{display:block;height:14px;border-radius:2px;background:var(--bar);flex:none}
.bars .first i{background:var(--accent)}
.bars b{font-weight:600;font-variant-numeric:tabular-nums;font-size:.9375rem}
.bars .said{color:var(--ink2);font-size:.9375rem}
.about{margin-top:64px;padding:44px 0 36px}
.about p+p{margin-top:12px}
.links a{display:inline-block;padding:6px 20px 6px 0}
footer{border-top:1px solid var(--line);margin-top:44px;padding-top:18px;font-size:.875rem;color:var(--ink2)}
@media(max-width:640px){
h1{font-size:1.75rem;margin-top:24px}h2{font-size:1.25rem}.lead{font-size:1.0625rem}header{padding-bottom:32px}
dl.four{grid-template-columns:1fr 1fr;border:0}
.four div,.four div:first-child{padding:20px 0;border:0;border-bottom:1px solid var(--line)}
.four div:nth-child(even){border-left:1px solid var(--line);padding-left:16px}
.four dd.value{font-size:1.875rem}
section{padding-top:40px}
section svg.narrow{display:block}section svg.broad{display:none}
th,td{padding-right:8px}.n{padding-left:6px}
}
@media print{
.bars i{print-color-adjust:exact;-webkit-print-color-adjust:exact}
.top a,.get,.links{display:none}
details>*{display:block}details::details-content{content-visibility:visible;display:block}
svg,.bars,details{break-inside:avoid}h2,.sub{break-after:avoid}
}
"""


def page_css(widths: dict[str, float]) -> str:
    """All CSS of the page; `widths` are the lengths of its bars, in percent, by class."""
    bars = "".join(f".bars .{name}{{width:{width:.1f}%}}" for name, width in widths.items())
    rules = _RULES % {"text": TEXT_FONT, "title": TITLE_FONT}
    return (
        _face(TEXT_FONT, "public-sans-page.woff2", "400 600")
        + _face(TITLE_FONT, "source-serif-page.woff2", "600")
        + f":root{{color-scheme:light dark;{_variables(LIGHT)}}}"
        + f"@media screen and (prefers-color-scheme:dark){{:root{{{_variables(DARK)}}}{_dark_marks()}}}"
        + "@media print{:root{color-scheme:light}}"
        + rules.replace("\n", "")
        + bars
    )


def _face(family: str, file: str, weight: str) -> str:
    data = base64.b64encode((FONTS / file).read_bytes()).decode("ascii")
    return (
        f'@font-face{{font-family:"{family}";font-weight:{weight};font-display:block;'
        f"src:url(data:font/woff2;base64,{data})format('woff2')}}"
    )


def _variables(tokens: Tokens) -> str:
    used = ("bg", "paper", "ink", "ink2", "ink3", "accent", "bar", "line")
    return "".join(f"--{name}:{tokens.colours()[name]};" for name in used)


def _dark_marks() -> str:
    """Marks of a chart say their colour as an attribute; a rule of CSS wins over it."""
    light, dark = LIGHT.colours(), DARK.colours()
    return "".join(
        f'[{part}="{light[name]}"]{{{part}:{dark[name]}}}'
        for name in IN_CHARTS
        for part in ("fill", "stroke")
    )
