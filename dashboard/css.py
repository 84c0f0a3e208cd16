"""All CSS of Kring, and nothing else. Pure: imports nothing of Streamlit.

`page_style` is written by the router on every run and holds what Streamlit's theme cannot say; `SHELL_STYLE`
is in the page from its first byte and holds what accessibility, print and reduced motion need. Selectors are
`data-testid`, `st-key-…` and the `kring-…` classes of Kring's own HTML; colours are tokens as CSS variables.
Each group of rules says why the theme cannot do it.
"""

from __future__ import annotations

from typing import Final

from dashboard.tokens import HEADING_FONT, TEXT_FONT, Tokens

_BOXES: Final = ':is([class*="st-key-fig-"], [class*="st-key-paneel"], [class*="st-key-conclusie"])'
_RULES: Final = """
/* Wide layout has no maximum width, and the theme no side padding. */
[data-testid="stMainBlockContainer"] { max-width: 1200px; padding-inline: clamp(16px, 4vw, 40px); }
/* The header's height is added to the theme's paddingTop: 60 px of nothing. */
[data-testid="stHeader"] { height: 2.25rem; min-height: 2.25rem; background: transparent; }

/* The theme sets size, weight and one family for all headings; not their rhythm. */
[data-testid="stMain"] :is(h1, h2, h3) {
  padding: 0 0 4px; text-wrap: balance;
  line-height: calc(0.93em + 7px); letter-spacing: calc(0.35px - 0.021em); /* h1 1.15, h2 1.25 */
}
[data-testid="stMain"] h3 { font-family: "%(text)s", sans-serif; }
/* Only size and weight of a metric are options; a quote is set like one. */
[data-testid="stMetricValue"], .kring-quote blockquote {
  font-family: "%(heading)s", serif; line-height: 1.25; margin: 0;
}
/* Streamlit fades captions to 60%%, and writes what stands beside a figure as dark as the figure. */
[data-testid="stMetricLabel"], [data-testid="stCaptionContainer"], [data-testid="stCaptionContainer"] p,
.kring-state, .kring-table tbody .quiet, .kring-hit i, ol.kring-steps li.to-come strong,
.st-key-footer, [data-testid="stMain"] .st-key-footer button[data-testid="stBaseButton-tertiary"] {
  color: var(--ink2); opacity: 1;
}

/* Text buttons come in text colour and look like text. */
[data-testid="stMain"] button:is([data-testid="stBaseButton-tertiary"], [data-testid="stPopoverButton"]),
[data-testid="stMain"] [data-testid="stDownloadButton"] button[kind="tertiary"] {
  color: var(--accent); font-size: 0.875rem; min-height: 2rem; padding: 2px 0;
}
[data-testid="stMain"] :is([data-testid="stBaseButton-tertiary"], [data-testid="stPageLink"] p):hover {
  text-decoration: underline;
}
/* A menu comes with a shadow. */
[data-testid="stPopoverBody"] { box-shadow: none; border: 1px solid var(--line); padding: 8px 16px; }
/* The track of a progress bar has the colour of the panel it stands on. */
[data-testid="stProgressBarTrack"] { background: var(--line); }
/* Streamlit writes white on the light blue of the dark scheme. */
[data-testid="stMain"] button[data-testid^="stBaseButton-primary"]:enabled { color: var(--bg); }
/* So that they line up with selects, and stand on two lines where a phone is too narrow. */
[data-testid="stButtonGroup"] :is(button, [role="radiogroup"]) { min-height: 2.5rem; flex-wrap: wrap; }
/* Streamlit adds 20 px under every Vega chart, whatever its padding says. */
[data-testid="stVegaLiteChart"] { margin-bottom: -18px; }

/* A figure begins with a rule; a panel lies on paper; a reading box is soft; a hairline parts rows. */
[class*="st-key-fig-"] { border-top: 1.5px solid var(--ink); padding-top: 16px; margin-top: 24px; }
:is([class*="st-key-paneel"], [class*="st-key-conclusie"], .st-key-brief) {
  background: var(--paper); border-radius: 8px; padding: 20px; margin-top: 24px;
}
[class*="st-key-conclusie"] { background: var(--soft); }
/* Streamlit stacks columns on a phone only; enlarged to 200%% or on a tablet they got too narrow to read. */
[data-testid="stColumn"]:has(%(boxes)s) { min-width: min(280px, 100%%); }
[data-testid="stHorizontalBlock"]:has(> [data-testid="stColumn"] %(boxes)s) {
  flex-wrap: wrap; row-gap: 24px;
}
/* Figures side by side start and end at one height; of a pair the drawings begin at one height too. */
[data-testid="stColumn"] [data-testid="stLayoutWrapper"]:has([class*="st-key-fig-"]) { flex-grow: 1; }
[class*="st-key-pair-"] :has([class*="st-key-fig-"]) { display: contents; }
[class*="st-key-pair-"] [class*="st-key-fig-"] {
  display: grid; grid-row: span 3; grid-template-rows: subgrid;
}
[class*="st-key-conclusie"] p { font-size: 0.9375rem; margin-bottom: 8px; }
[class*="st-key-punt"] { border-bottom: 1px solid var(--line); padding-bottom: 12px; }
[class*="st-key-alinea"] { border-left: 2px solid var(--line); padding-left: 16px; }
/* Streamlit's -1rem makes text run into the button when the gap is small. */
[class*="st-key-punt"] [data-testid="stMarkdownContainer"],
[class*="st-key-alinea"] [data-testid="stMarkdownContainer"],
[class*="st-key-conclusie"] [data-testid="stMarkdownContainer"],
:is([class*="st-key-punt"], [class*="st-key-alinea"]) p { margin-bottom: 0; }
.st-key-punt-0, .st-key-answers { padding-top: 8px; }

/* Kring's own HTML: the state line, the small heading, source and change lines, tables with bars. */
.kring-state { margin: 0 0 8px; }
:is(.kring-state, .kring-change, .kring-paragraph, .kring-multiple) strong {
  color: var(--ink); font-weight: 600;
}
.kring-mark {
  display: inline-block; width: 9px; height: 9px; margin-right: 7px;
  border-radius: 50%%; background: var(--green);
}
.kring-mark.stale { background: var(--orange); }
.kring-mark.failed { background: var(--orange); border-radius: 1px; }
.kring-mark.waiting { background: var(--bg); border: 2px solid var(--ink3); }
.kring-source, .kring-change, .kring-version, .kring-language {
  margin: 0; font-size: 0.875rem; color: var(--ink2);
}
.kring-source, .kring-compare .blank { color: var(--ink3); }
h3.kring-multiple { font-size: 1rem; font-weight: 400; margin: 0; color: var(--ink2); }
.kring-hidden, .kring-hit :is(span:nth-child(2), span:nth-child(3)) i {
  position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%%); white-space: nowrap;
}
.kring-table {
  width: 100%%; border-collapse: collapse; font-size: 0.9375rem; font-variant-numeric: tabular-nums;
}
.kring-table th, .kring-table td {
  padding: 9px min(16px, 2vw) 9px 0; text-align: left; font-weight: 400; border-bottom: 1px solid var(--line);
}
:is(.kring-table thead :is(th, td), [data-testid="stHtml"] .kring-heads) {
  margin: 0; font-size: 0.8125rem; font-weight: 600; color: var(--ink2); border-color: var(--ink);
}
.kring-table .number { text-align: right; }
.kring-table td.number, .st-key-fig-runs .kring-table td:has(> .kring-mark) { white-space: nowrap; }
.kring-table tr > :last-child { padding-right: 0; }
.kring-bar { display: block; position: relative; height: 9px; min-width: 48px; }
.kring-bar span {
  position: absolute; left: 0; top: 0; height: 9px; box-sizing: border-box;
  border: 1px solid; border-radius: 2px;
}

.kring-table .bar { width: 23%%; }
:is(.st-key-fig-sources, .st-key-fig-refused, .st-key-fig-releases, .st-key-fig-bounds,
  .st-key-fig-sightings, .st-key-fig-restated, [role="dialog"]) .kring-table tbody th:first-child {
  overflow-wrap: anywhere; hyphens: auto; min-width: min(9.5em, 38vw);
}
[data-testid="stHtml"] dl.kring-figures, .kring-figures dt { margin: 0; padding: 0; }
.kring-figures div {
  display: flex; justify-content: space-between; gap: 16px; line-height: 2; color: var(--ink2);
}
.kring-figures dd { margin: 0; font-weight: 600; color: var(--ink); font-variant-numeric: tabular-nums; }
.kring-paragraph { margin: 0; font-size: 0.9375rem; color: var(--ink2); }
.kring-quote {
  margin: 4px 0; border-left: 2px solid var(--accent); padding-left: 14px; font-size: 1.0625rem;
}
/* Links to a page come as buttons with padding, in text colour. */
[data-testid="stMain"] [data-testid="stPageLink"] a { padding: 4px 0; min-height: 2rem; background: none; }
[data-testid="stMain"] [data-testid="stPageLink"] p, .kring-ref { color: var(--accent); font-size: 0.875rem; }

/* The update writer: steps, a paragraph in doubt, figures as chips, a sheet on paper. */
[data-testid="stHtml"] ol.kring-steps {
  display: grid; grid-template-columns: repeat(auto-fit, minmax(min(220px, 100%%), 1fr)); gap: 12px;
  list-style: none; margin: 8px 0 0; padding: 0;
}
ol.kring-steps li { border-top: 3px solid var(--step, var(--line)); padding: 12px 0 0; margin: 0; }
ol.kring-steps li > strong { display: flex; gap: 10px; align-items: center; font-weight: 600; }
ol.kring-steps li > span { display: block; padding-left: 36px; font-size: 0.875rem; color: var(--ink2); }
ol.kring-steps li.done { --step: var(--green); --on-step: var(--bg); }
ol.kring-steps li.now { --step: var(--accent); --on-step: var(--bg); }
.kring-number {
  flex: none; width: 26px; line-height: 26px; border-radius: 50%%; text-align: center; font-size: 0.8125rem;
  background: var(--step, var(--paper)); color: var(--on-step, var(--ink2));
}
[class*="st-key-alinea-doubt"] { border-left: 3px solid var(--orange); }
[data-testid="stHtml"] :is(p.kring-text, .kring-sheet p) { margin: 0 0 8px; line-height: 1.7; }
.kring-chip {
  background: var(--soft); color: var(--accent); font-weight: 500; border-radius: 3px; padding: 1px 5px;
  white-space: nowrap;
}
.kring-chip.doubt { background: var(--osoft); color: var(--ink); border-bottom: 1.5px solid var(--orange); }
.st-key-vel { background: var(--bg); }
/* A table with as many columns as a file has. */
.kring-scroll { overflow-x: auto; }

/* Two records side by side: a word says how they compare, on a chip. */
.kring-compare { table-layout: fixed; }
:is(.kring-compare, .st-key-fig-timeline, .st-key-fig-sightings, .st-key-fig-restated) :is(th, td) {
  vertical-align: top;
}
.kring-table.kring-compare tbody th {
  color: var(--ink2); font-size: 0.875rem; white-space: normal; padding-right: 8px;
}
.kring-compare thead th:first-child { width: 8.5em; }
.kring-compare thead th:last-child { width: 14.5em; }
:is(.kring-compare td, .kring-list li, .st-key-paneel .kring-paragraph) { overflow-wrap: anywhere; }
.kring-verdict {
  font-size: 0.875rem; white-space: nowrap; border-radius: 3px; padding: 1px 6px; color: var(--ink2);
}
.kring-verdict.one-side { padding-left: 0; color: var(--ink3); }
.kring-verdict.same, .kring-verdict.nearly { background: var(--gsoft); color: var(--ink); }
.kring-verdict.differs { background: var(--osoft); color: var(--ink); font-weight: 600; }
.kring-verdict.partly { background: var(--soft); color: var(--ink); }
.kring-said { margin: 0; padding: 8px 12px; border-left: 3px solid var(--green); background: var(--gsoft); }
[data-testid="stHtml"] :is(ul.kring-reasons, ul.kring-list) {
  margin: 4px 0 0; padding-left: 18px; font-size: 0.9375rem;
}

/* People: a row that was found, a fact with its source under it, what would go. */
[class*="st-key-treffer-"] { border-bottom: 1px solid var(--line); padding-bottom: 4px; margin-top: -12px; }
[class*="st-key-treffer-"] button :is(div, p) {
  white-space: normal; overflow: visible; text-align: left; font-size: 1rem; font-weight: 500;
}
[class*="st-key-treffer-"] [data-testid="stHtml"] p.kring-hit {
  margin: 0; display: grid; grid-template-columns: 2fr 1fr 1fr; gap: 4px 16px;
  font-size: 0.9375rem; font-variant-numeric: tabular-nums;
}
.st-key-treffer-head { border-color: var(--ink); margin-top: 0; }
.kring-under { display: block; font-size: 0.8125rem; color: var(--ink3); overflow-wrap: anywhere; }

/* The footer and the language link: quiet lines of text. */
.st-key-footer { border-top: 1px solid var(--line); padding-top: 12px; margin-top: 32px; }
.st-key-footer > * { display: flex; flex-direction: row; align-items: center; }
.st-key-footer > * + *::before { content: "·"; margin-right: 8px; color: var(--ink3); }
.kring-language a { color: var(--ink2); display: inline-block; padding: 6px 0; }

/* Half a screen: tables keep the columns that matter most, the four cards stand two by two. */
@media (max-width: 970px) {
  [data-testid="stGrid"].st-key-cards { grid-template-columns: 1fr 1fr; }
  .kring-table .wide { display: none; }
  .st-key-filters [data-testid="stElementContainer"]:has([data-testid="stSelectbox"]) { min-width: 220px; }
}

/* A phone: less margin, smaller titles, fewer columns, and what asks for attention before the chart. */
@media (max-width: 640px) {
  [data-testid="stMain"] h1 { font-size: 1.625rem; }
  [data-testid="stMain"] h2 { font-size: 1.25rem; }
  [class*="st-key-treffer-"] [data-testid="stHtml"] p.kring-hit { grid-template-columns: 1fr 1fr; }
  .kring-hit span:first-child { grid-column: 1 / -1; }
  .kring-hit :is(span:nth-child(2), span:nth-child(3)) i {
    position: static; clip-path: none; display: block; width: auto; height: auto;
  }
  .st-key-treffer-head { display: none; }
  [class*="st-key-treffer-"] [data-testid="stHorizontalBlock"] { gap: 0; }
  .kring-compare thead {
    position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%%);
  }
  .kring-compare tbody tr {
    display: grid; grid-template-columns: 1fr auto; padding: 10px 0; border-bottom: 1px solid var(--line);
  }
  .kring-compare :is(tbody th, tbody td) { border: 0; padding: 2px 0; }
  .kring-table.kring-compare tbody th { font-weight: 600; }
  .kring-compare .verdict { grid-column: 2; grid-row: 1; text-align: right; }
  .kring-compare td[data-side] { grid-column: 1 / -1; display: grid; grid-template-columns: 5em 1fr; }
  .kring-compare td[data-side]::before { content: attr(data-side); color: var(--ink3); font-size: 0.875rem; }
  [data-testid="stColumn"]:has(:is(.st-key-fig-attention, .st-key-paneel-upload)) { order: -1; }
  /* Who it is comes before the timeline; what can be done about it after: its column is no box here. */
  [data-testid="stColumn"]:has(.st-key-paneel-rights),
  [data-testid="stColumn"]:has(.st-key-paneel-rights) > [data-testid="stVerticalBlock"] { display: contents; }
  [data-testid="stHorizontalBlock"] > * > * > :has(> .st-key-paneel) { order: -1; }
}
"""

SHELL_STYLE: Final = """
[role="spinbutton"] { min-width: 24px; min-height: 24px; }
/* Streamlit shows the keyboard by a ring of half a colour; on links, menu and charts by nothing at all. */
:focus-visible:not(input, textarea), label:has(:is([type="checkbox"], [type="radio"]):focus-visible) {
  outline: 2px solid var(--accent) !important; outline-offset: 2px; box-shadow: none !important;
}
:is([data-testid="stMain"], [role="option"], [role="radio"]):focus-visible { outline-offset: -3px; }
[data-testid="stElementToolbar"]:focus-within { opacity: 1; top: -2.75rem; z-index: 2; }
/* A small chart among others needs no buttons of its own: thirty stops of the keyboard less. */
:is(.st-key-cards, [class*="st-key-multiple-"]) [data-testid="stElementToolbar"] { display: none; }
@media (prefers-reduced-motion: reduce) {
  *, *::before, *::after {
    animation-duration: 0.01ms !important; animation-iteration-count: 1 !important;
    transition-duration: 0.01ms !important; scroll-behavior: auto !important;
  }
}
@media print {
  [data-testid="stSidebar"], [data-testid="stHeader"], [data-testid="stElementToolbar"],
  [data-testid="stBaseButton-tertiary"], [data-testid="stPopover"], [data-testid="stPageLink"],
  [data-testid="stDownloadButton"], [data-testid="stFileUploader"] { display: none !important; }
  [data-testid="stMainBlockContainer"] { max-width: none !important; padding: 0 !important; }
  [class*="st-key-fig-"] { break-inside: avoid; }
  .st-key-footer > *::before { content: none !important; }
}
"""


def page_style(tokens: Tokens) -> str:
    """The `<style>` of the router, with the tokens of the reader's scheme as CSS variables."""
    variables = " ".join(f"--{name}: {value};" for name, value in tokens.colours().items())
    rules = _RULES % {"text": TEXT_FONT, "heading": HEADING_FONT, "boxes": _BOXES}
    return f"<style>:root {{ {variables} }}{rules}</style>"
