"""Evidence that Kring's feeds do not have, for files that do: birth, a personal number, where somebody lives.

The public FEBRL sets tell people apart by little else. Their columns are compared by the same code as all
other evidence; the levels are fixed here as those of the model are fixed there.
"""

from __future__ import annotations

from collections.abc import Collection

from etl.identity.candidates import Block
from etl.identity.comparison import ELSE, Comparison, Level
from etl.identity.extra import Extra

TABLE = "staging.further_evidence"
RECORDS = "(select *, organisations is null as is_unknown from alike_record)"


def _compared(
    name: str, same: float, close: float, differs: float, u_same: float, u_close: float
) -> Comparison:
    slip = (
        f"damerau_levenshtein({name}_l, {name}_r) <= 2 or jaro_winkler_similarity({name}_l, {name}_r) >= 0.92"
    )
    return Comparison(
        name,
        (
            Level("missing", f"{name}_l is null or {name}_r is null"),
            Level("same", f"{name}_l = {name}_r", same, u_same),
            Level("close", slip, close, u_close),
            Level("differs", ELSE, differs, 1 - u_same - u_close),
        ),
    )


COMPARISONS = {
    "date_of_birth": _compared("date_of_birth", 0.87, 0.10, 0.03, 0.0001, 0.02),
    "soc_sec_id": _compared("soc_sec_id", 0.89, 0.10, 0.01, 0.000001, 0.005),
    "postcode": _compared("postcode", 0.85, 0.10, 0.05, 0.002, 0.06),
    "address_1": _compared("address_1", 0.75, 0.15, 0.10, 0.001, 0.01),
    "suburb": _compared("suburb", 0.78, 0.14, 0.08, 0.002, 0.01),
    "street_number": _compared("street_number", 0.80, 0.12, 0.08, 0.01, 0.70),
}
BLOCKS = {
    "date_of_birth": Block("one day of birth", ("date_of_birth",), RECORDS),
    "soc_sec_id": Block("one personal number", ("soc_sec_id",), RECORDS),
    "address_1": Block("one street", ("address_1",), RECORDS),
    "suburb": Block("one place, one given name", ("suburb", "first"), RECORDS),
}
ALONE_ENOUGH = r"(date_of_birth|soc_sec_id):same( |$)"


def further_evidence(columns: Collection[str]) -> Extra | None:
    """What a file with these columns has beyond the person fields; None when that is nothing."""
    found = tuple(name for name in COMPARISONS if name in columns)
    if not found:
        return None
    return Extra(
        TABLE,
        found,
        tuple(COMPARISONS[name] for name in found),
        tuple(block for name, block in BLOCKS.items() if name in found),
        ALONE_ENOUGH,
    )
