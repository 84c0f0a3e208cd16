"""The public page: published figures in, static files out, one page for each language. Pure.

It is given rounded and protected figures only, has no script, and asks nothing of any other computer: fonts
and charts lie in the page itself.
"""

from __future__ import annotations

import base64
import hashlib
import math
import re
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Final

from dashboard import site_words as say
from dashboard.charts.grammar import TEXT as CHART_TEXT
from dashboard.charts.grammar import Style
from dashboard.charts.public_members import PublicPoint, draw_public_members
from dashboard.navigation import Language
from dashboard.pictures import as_svg
from dashboard.site_style import page_css
from dashboard.site_words import PublicFacts
from dashboard.tokens import LIGHT, TEXT_FONT
from dashboard.wording import Wording
from etl.schema.public import (
    ATTENDANCE_QUARTER,
    MEMBERS_QUARTER,
    MEMBERS_WORKING_GROUP,
    PublicContent,
    PublicRow,
    PublicTable,
    SiteFile,
)

PATHS: Final = {Language.DUTCH: "openbaar", Language.ENGLISH: "public"}
ICON: Final = (Path(__file__).parent / "static" / "icon.svg").read_text(encoding="utf-8")
BROAD, NARROW = 680, 358
LONGEST_BAR = 78.0  # percent of the row, so that the number fits beside it
KILOBYTE = 1000
QUARTERS_IN_TABLE = 4


@dataclass(frozen=True)
class _Page:
    """One language of the page while it is written."""

    facts: PublicFacts
    words: Wording
    sizes: dict[str, int]

    def t(self, message: str, **values: object) -> str:
        return escape(self.words.t(message, **values))


def site_files(content: PublicContent) -> tuple[SiteFile, ...]:
    """The whole site: a page in each language, the figures as CSV, and a door at its root."""
    downloads = content.downloads()
    sizes = {each.path: len(each.data) for each in downloads}
    facts = PublicFacts(content)
    pages = [
        SiteFile(f"{path}/index.html", _html(_Page(facts, Wording(language), sizes)).encode())
        for language, path in PATHS.items()
    ]
    first = PATHS[Language(content.language)]
    return (SiteFile("index.html", _door(first, content).encode()), *pages, *downloads)


def _door(path: str, content: PublicContent) -> str:
    """Sends a visitor of the root on to the page in the network's own language."""
    name = escape(content.network_name)
    return (
        f'<!doctype html><html lang="{content.language}"><meta charset="utf-8"><title>{name}</title>'
        f'<meta http-equiv="refresh" content="0; url={path}/"><p><a href="{path}/">{name}</a></p></html>\n'
    )


def _html(page: _Page) -> str:
    style = page_css(_widths(page.facts))
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'sha256-{digest}'; font-src data:; img-src data:; base-uri 'none'"
    )
    icon = base64.b64encode(ICON.encode()).decode()
    title = escape(f"{say.title(page.facts, page.words)} · {page.facts.content.network_name}")
    body = "".join((_header(page), "<main>", _four(page), *_sections(page), _about(page), "</main>"))
    return (
        f'<!doctype html><html lang="{page.words.language.value}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{title}</title>"
        f'<meta name="description" content="{escape(_lead(page))}">'
        f'<link rel="icon" href="data:image/svg+xml;base64,{icon}">'
        f"<style>{style}</style></head><body>{body}</body></html>\n"
    )


def _lead(page: _Page) -> str:
    return page.words.t(
        "{network} in figures, up to and including {month}.",
        network=page.facts.content.network_name,
        month=page.words.month_and_year(page.facts.period_end),
    )


def _header(page: _Page) -> str:
    words, content = page.words, page.facts.content
    other = Language.ENGLISH if words.language is Language.DUTCH else Language.DUTCH
    link = f'<a href="../{PATHS[other]}/" hreflang="{other.value}" lang="{other.value}">{other.own_name}</a>'
    mark = re.sub(r"<style>.*?</style>|xmlns=\S+ ", "", ICON).replace("<svg ", '<svg aria-hidden="true" ', 1)
    day, next_on = words.date(page.facts.period_end), words.date(content.next_on)
    figures_of = page.t("Figures of {day}.", day=day)
    next_figures = page.t("The next figures come on {day}.", day=next_on)
    return (
        f'<header><div class="in"><div class="top"><span class="brand">{mark}Kring</span>{link}</div>'
        f"<h1>{escape(say.title(page.facts, words))}</h1>"
        f'<p class="lead">{escape(_lead(page))}</p>'
        f'<p class="small">{figures_of} {next_figures}</p>'
        "</div></header>"
    )


def _four(page: _Page) -> str:
    """Members, their change, meetings and working groups."""
    facts, words = page.facts, page.words
    cells = [(words.t("Members"), _members(page), _was(page))]
    if facts.now is not None and facts.before:
        change = facts.now - facts.before
        share = words.share(abs(change) / facts.before)
        said = words.t("{share} more", share=share) if change > 0 else words.t("{share} fewer", share=share)
        cells.append(
            (words.t("In a year"), words.signed(change), said if change else words.t("about the same"))
        )
    held, earlier = facts.sessions(), facts.sessions(1)
    if held is not None:
        was = words.t("in a year, was {count}", count=words.number(earlier or 0))
        cells.append(
            (words.t("Sessions"), words.number(held), words.t("in a year") if earlier is None else was)
        )
    groups = facts.groups
    if groups:
        most = groups[0].count.value
        largest = words.t("largest: {count}", count=words.number(most)) if most is not None else ""
        cells.append((words.t("Working groups"), words.number(len(groups)), largest))
    listed = "".join(
        f'<div><dt>{escape(name)}</dt><dd class="value">{escape(value)}</dd><dd>{escape(below)}</dd></div>'
        for name, value, below in cells
    )
    return f'<div class="in"><dl class="four">{listed}</dl></div>'


def _members(page: _Page) -> str:
    now = page.facts.now
    return f"<{page.facts.content.threshold}" if now is None else page.words.number(now)


def _was(page: _Page) -> str:
    before = page.facts.before
    return "" if before is None else page.words.t("was {count}", count=page.words.number(before))


def _sections(page: _Page) -> list[str]:
    parts = [_members_section(page)]
    if page.facts.attendance:
        parts.append(_attendance_section(page))
    if page.facts.groups:
        parts.append(_groups_section(page))
    return parts


def _members_section(page: _Page) -> str:
    facts, words = page.facts, page.words
    points = tuple(PublicPoint(row.period_end, row.count.value) for row in facts.members)
    style = Style(LIGHT, words)
    charts = "".join(
        _inline(draw_public_members(points, style, width).spec, name, alt)
        for name, width in (("broad", BROAD), ("narrow", NARROW))
        for alt in [draw_public_members(points, style, width).alt]
    )
    rows = "".join(
        f'<tr><th scope="row">{escape(say.short_quarter(row.period_end, words))}</th>'
        f'<td class="n">{escape(say.in_table(row.count, words))}</td></tr>'
        for row in reversed(facts.members)
    )
    quarter, members = page.t("Quarter"), page.t("Members")
    head = f'<th scope="col">{quarter}</th><th scope="col" class="n">{members}</th>'
    subtitle = words.t(
        "Members at the end of each quarter, {interval}",
        interval=words.months(facts.members[0].period_end, facts.members[-1].period_end),
    )
    return _section(
        page, say.growth(facts, words), subtitle, charts, MEMBERS_QUARTER, _table(page, subtitle, head, rows)
    )


def _attendance_section(page: _Page) -> str:
    facts, words = page.facts, page.words
    subtitle = words.t(
        "Different participants per kind of meeting, {quarter}",
        quarter=say.quarter(facts.period_end, words),
    )
    rows = facts.content.of(ATTENDANCE_QUARTER)
    ends = sorted({row.period_end for row in rows})[-QUARTERS_IN_TABLE:]
    kinds = sorted({row.label for row in rows}, key=str.casefold)
    cells = {(row.label, row.period_end): say.in_table(row.count, words) for row in rows}
    lines = []
    for kind in kinds:
        counts = "".join(f'<td class="n">{escape(cells.get((kind, end), ""))}</td>' for end in ends)
        lines.append(f'<tr><th scope="row">{_name(page, kind)}</th>{counts}</tr>')
    kind_of_meeting = page.t("Kind of meeting")
    head = f'<th scope="col">{kind_of_meeting}</th>' + "".join(
        f'<th scope="col" class="n">{escape(say.short_quarter(end, words))}</th>' for end in ends
    )
    bars = _bars(page, facts.attendance, "a")
    caption = words.t("Different participants per kind of meeting and quarter")
    told = say.signs((row.count for row in rows if row.period_end in ends), words)
    table = _table(page, caption, head, "".join(lines), told)
    return _section(page, say.best_attended(facts, words), subtitle, bars, ATTENDANCE_QUARTER, table)


def _groups_section(page: _Page) -> str:
    facts, words = page.facts, page.words
    subtitle = words.t(
        "Members per working group on {day}. Whoever is in two groups counts in both.",
        day=words.date(facts.period_end),
    )
    bars = _bars(page, facts.groups, "g")
    return _section(page, say.largest_group(facts, words), subtitle, bars, MEMBERS_WORKING_GROUP, "")


def _section(page: _Page, headline: str, subtitle: str, figure: str, table: PublicTable, details: str) -> str:
    content = page.facts.content
    rounding = say.rounded_to(content.rounding, page.words)
    sources = {
        ATTENDANCE_QUARTER.name: page.t("Source: attendance lists, {rounding}.", rounding=rounding),
    }
    source = sources.get(table.name) or page.t("Source: list of members, {rounding}.", rounding=rounding)
    path = f"csv/{table.name}.csv"
    size = math.ceil(page.sizes[path] / KILOBYTE)
    label = page.t("Figures behind this figure (CSV, {size} kB)", size=size)
    return (
        f'<section><div class="in"><h2>{escape(headline)}</h2><p class="sub">{escape(subtitle)}</p>{figure}'
        f'<p class="source">{source}</p>{details}'
        f'<p class="get"><a href="../{path}" download>{label}</a></p></div></section>'
    )


def _table(page: _Page, caption: str, head: str, rows: str, told: str = "") -> str:
    label, named = page.t("Figures in a table"), escape(caption)
    note = f'<p class="source">{escape(told)}</p>' if told else ""
    return (
        f"<details><summary>{label}</summary>"
        f'<div class="wide" tabindex="0" role="region" aria-label="{named}">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>{note}</details>"
    )


def _bars(page: _Page, rows: tuple[PublicRow, ...], prefix: str) -> str:
    """A bar for each number; where there is none, words."""
    lines = []
    for index, row in enumerate(rows):
        said = escape(say.counted(row.count, page.words))
        if row.count.value is None:
            drawn = f'<div class="row said">{said}</div>'
        else:
            drawn = f'<div class="row"><i class="{prefix}{index}"></i><b>{said}</b></div>'
        first = ' class="first"' if index == 0 else ""
        lines.append(f"<li{first}>{_name(page, row.label)}{drawn}</li>")
    return f'<ol class="bars">{"".join(lines)}</ol>'


def _name(page: _Page, label: str) -> str:
    """A name with a capital; what has none is called other."""
    return escape(label[:1].upper() + label[1:]) if label else page.t("Other")


def _widths(facts: PublicFacts) -> dict[str, float]:
    found = {}
    for prefix, rows in (("a", facts.attendance), ("g", facts.groups)):
        most = max([row.count.value or 0 for row in rows] + [1])
        for index, row in enumerate(rows):
            if row.count.value is not None:
                found[f"{prefix}{index}"] = LONGEST_BAR * row.count.value / most
    return found


def _inline(spec: dict[str, object], name: str, alt: str) -> str:
    """A chart as part of the page: an image with a text, its words in the page's own fonts."""
    drawn = as_svg(spec)
    drawn = re.sub(r' (?:role="graphics-\w+"|aria-\w+="[^"]*"|pointer-events="none"|opacity="1")', "", drawn)
    drawn = re.sub(r'<path class="(?:background|foreground)"[^>]*/>', "", drawn)
    drawn = re.sub(r' class="mark-[^"]*"', "", drawn)
    drawn = re.sub(r"<[^>]*>", lambda tag: re.sub(r"\d+\.\d+", _tenths, tag[0]), drawn)
    drawn = re.sub(r' (?:xmlns:xlink|version)="[^"]*"', "", drawn)
    drawn = _without_the_usual(drawn)
    return drawn.replace('class="marks"', f'class="{name}" role="img" aria-label="{escape(alt)}"', 1)


def _tenths(number: re.Match[str]) -> str:
    """A tenth of a pixel is as fine as a screen draws."""
    return re.sub(r"\.0$", "", number[0][: number[0].index(".") + 2])


def _without_the_usual(drawn: str) -> str:
    """The same drawing without what the page says already, what is so anyway, and empty groups."""
    drawn = re.sub(r'(<svg[^>]*>)<rect width="\d+" height="\d+" fill="[^"]*"/>', r"\1", drawn)
    usual = rf' (?:font-family="{TEXT_FONT}"|font-size="{CHART_TEXT}px"|stroke-width="1"|[xy]2="0"'
    drawn = re.sub(usual + r'|transform="translate\(0,0\)"|xmlns="[^"]*")', "", drawn)
    kept: list[bool] = []

    def group(tag: re.Match[str]) -> str:
        if tag[0] != "</g>":
            kept.append(tag[0] != "<g>")
        return tag[0] if (kept[-1] if tag[0] != "</g>" else kept.pop()) else ""

    return re.sub(r"</?g\b[^>]*>", group, drawn)


def _about(page: _Page) -> str:
    words, content = page.words, page.facts.content
    rounding = say.rounded_to(content.rounding, words)
    lines = [
        page.t("Among the members each person counts once, also who is in more than one working group."),
        page.t(
            "Numbers are {rounding}; of fewer than {threshold} people we only say that they are fewer.",
            rounding=rounding,
            threshold=content.threshold,
        ),
        page.t("There are no names or personal data on this page."),
        page.t("Only quarters that are over are counted, and their figures stay as they were published."),
    ]
    corrected = [
        page.t("Corrected on {day}: {note}", day=words.date(each.published_on), note=each.text)
        for each in content.corrections
    ]
    notes = "".join(f"<p>{each}</p>" for each in corrected)
    heading = page.t("About these figures")
    published = page.t("Published on {day} with Kring.", day=words.date(content.published_on))
    return (
        f'<div class="about"><div class="in"><h2>{heading}</h2>'
        f"<p>{' '.join(lines)}</p>{notes}<footer>{published}{_links(page)}</footer></div></div>"
    )


def _links(page: _Page) -> str:
    """What a network tells of itself elsewhere; each only where an address is set."""
    content = page.facts.content
    told = ((content.accessibility, page.t("Accessibility statement")), (content.contact, page.t("Contact")))
    links = "".join(f'<a href="{escape(to)}">{name}</a>' for to, name in told if to)
    return f'<p class="links">{links}</p>' if links else ""
