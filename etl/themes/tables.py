"""What the build gets of the themes: tables of the warehouse beside the feeds, each written whole."""

from __future__ import annotations

from typing import Final

Columns = tuple[tuple[str, str], ...]

THEME_TABLES: Final[dict[str, Columns]] = {
    "text_unit": (
        ("sha256", "VARCHAR"), ("part", "BIGINT"), ("line", "BIGINT"), ("unit", "BIGINT"),
        ("text", "VARCHAR"), ("text_hash", "VARCHAR"), ("language", "VARCHAR"), ("is_filler", "BOOLEAN"),
    ),
    "theme": (
        ("theme_id", "VARCHAR"), ("label_nl", "VARCHAR"), ("label_en", "VARCHAR"), ("words_nl", "VARCHAR"),
        ("words_en", "VARCHAR"), ("status", "VARCHAR"),
    ),
    "theme_member": (
        ("text_hash", "VARCHAR"), ("theme_id", "VARCHAR"), ("second_theme_id", "VARCHAR"),
        ("assigned_by", "VARCHAR"), ("nearness", "DOUBLE"),
    ),
}  # fmt: skip
