"""The colours and type of Kring by name, for light and dark. Pure: imports nothing of Streamlit.

A page or chart names a token and never writes a hex value. Contrast is measured on `bg` and on `paper`:
text needs 4.5 to 1, a mark that carries meaning 3 to 1.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final

TEXT_FONT: Final = "Public Sans"
HEADING_FONT: Final = "Source Serif"


@dataclass(frozen=True)
class Tokens:
    """One scheme. Every field but `scheme` is a colour as #RRGGBB."""

    scheme: str
    bg: str
    paper: str
    sidebar: str
    chosen: str  # the chosen line of the menu in the sidebar
    ink: str
    ink2: str
    ink3: str
    accent: str
    orange: str
    green: str
    plum: str
    slate: str
    bar: str
    context: str
    base: str
    ghost: str
    grid: str
    line: str
    soft: str
    osoft: str
    gsoft: str

    @property
    def categories(self) -> tuple[str, ...]:
        """Colours for kinds side by side, in the order in which they are used."""
        return (self.accent, self.orange, self.green, self.plum, self.slate)

    def colours(self) -> dict[str, str]:
        """Every colour by its token name, for the CSS variables."""
        return {
            field.name: str(getattr(self, field.name)) for field in fields(self) if field.name != "scheme"
        }


LIGHT: Final = Tokens(
    scheme="light",
    bg="#FFFFFF",
    paper="#F7F5F0",
    sidebar="#F7F5F0",
    chosen="#ECE8DF",
    ink="#0F1720",
    ink2="#46525E",
    ink3="#5B6670",
    accent="#0B5C8C",
    orange="#C2410C",
    green="#04664B",
    plum="#7A3E8E",
    slate="#55626E",
    bar="#7D97A9",
    context="#8A949D",
    base="#858E96",
    ghost="#C9D1D7",
    grid="#E9E6DE",
    line="#DEDAD1",
    soft="#E4EEF5",
    osoft="#FBEADF",
    gsoft="#E2F0EA",
)

DARK: Final = Tokens(
    scheme="dark",
    bg="#10171E",
    paper="#172029",
    sidebar="#0C1217",
    chosen="#1B2630",
    ink="#EEF2F5",
    ink2="#BAC4CD",
    ink3="#9FABB6",
    accent="#6DB8E6",
    orange="#F5A171",
    green="#63CDA6",
    plum="#CFA3E0",
    slate="#A9B5C0",
    bar="#57748A",
    context="#76828D",
    base="#74808B",
    ghost="#3B4853",
    grid="#222D37",
    line="#2C3843",
    soft="#17334A",
    osoft="#40281A",
    gsoft="#15362C",
)


def tokens_for(scheme: str | None) -> Tokens:
    """The tokens of a scheme as Streamlit names it ("light", "dark"); light when it is not known yet."""
    return DARK if scheme == "dark" else LIGHT
