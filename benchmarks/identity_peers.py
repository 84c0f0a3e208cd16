"""What others find in the same file: exact e-mail, and Splink as its own guide sets it up and trains it.

Names are split at the last space where a file has full names only; nothing else is done for Dutch. Both are
counted over all pairs of records that are one person; so is Kring, automatic and suggested together.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from etl.warehouse import scratch

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SEED = 2026
PROBABLE = 0.5


@dataclass(frozen=True)
class Peer:
    """What one way of matching found: shares of pairs of records."""

    name: str
    precision: float
    recall: float


def exact_email(file: Path) -> Peer:
    """The same address, but for capitals and spaces."""
    with TemporaryDirectory() as folder, scratch(spill=Path(folder)) as connection:
        columns = _read(connection, file)
        email = "lower(trim(email))" if "email" in columns else "null::varchar"
        connection.execute(
            f"create table told as select record_id, {email} as email from peer_input where {email} <> ''"
        )
        return _counted(
            connection, "exact e-mail",
            "select a.record_id as one, b.record_id as other from told as a "
            "join told as b on a.email = b.email and a.record_id < b.record_id",
        )  # fmt: skip


def plain_splink(file: Path) -> Peer:
    """Splink with the comparisons of its guide, trained on the file itself."""
    import splink.comparison_library as library
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on
    from splink.internals.comparison_creator import ComparisonCreator

    with TemporaryDirectory() as folder, scratch(spill=Path(folder)) as connection:
        columns = _read(connection, file)
        exact = [name for name in ("organisation", "region", "postcode", "street_number") if name in columns]
        comparisons: list[ComparisonCreator] = [
            library.NameComparison("given_name"),
            library.NameComparison("family_name"),
        ]
        rules = [block_on("given_name", "family_name")]
        if "email" in columns:
            comparisons.append(library.EmailComparison("email"))
            rules += [block_on("email"), block_on("family_name", "organisation")]
        for name in ("date_of_birth", "soc_sec_id"):
            if name in columns:
                comparisons.append(library.DamerauLevenshteinAtThresholds(name, [1, 2]))
                rules.append(block_on(name))
        comparisons += [library.ExactMatch(name) for name in exact]
        settings = SettingsCreator(
            link_type="dedupe_only",
            unique_id_column_name="record_id",
            comparisons=[*comparisons],
            blocking_rules_to_generate_predictions=[*rules],
        )
        linker = Linker(DuckDBAPI(connection).register("peer_input"), settings, log_level=logging.ERROR)
        training = linker.training
        training.estimate_probability_two_random_records_match([*rules[:2]], recall=0.7)
        training.estimate_u_using_random_sampling(max_pairs=1e6, seed=SEED)
        training.estimate_parameters_using_expectation_maximisation(block_on("family_name"))
        training.estimate_parameters_using_expectation_maximisation(block_on("given_name"))
        found = linker.inference.predict(threshold_match_probability=PROBABLE, warning_mode="never")
        return _counted(
            connection, "plain Splink",
            f"select distinct record_id_l as one, record_id_r as other from {found.physical_name}",
        )  # fmt: skip


def _read(connection: DuckDBPyConnection, file: Path) -> Collection[str]:
    connection.execute(
        "create table raw as from "
        "read_csv($file, all_varchar = true, header = true, delim = ',', quote = '\"')",
        {"file": str(file)},
    )
    columns = {
        str(name) for (name,) in connection.execute("select column_name from (describe raw)").fetchall()
    }
    told = "full_name" if "full_name" in columns else "null::varchar"
    given = "given_name" if "given_name" in columns else "null::varchar"
    family = "family_name" if "family_name" in columns else "null::varchar"
    others = ", ".join(
        f"nullif(lower(trim({name})), '') as {name}"
        for name in sorted(columns - {"record_id", "true_id", "full_name", "given_name", "family_name"})
    )
    connection.execute(
        "create table peer_input as select record_id, true_id, "
        f"nullif(lower(coalesce({given}, regexp_extract({told}, '^(.*) ', 1))), '') as given_name, "
        f"nullif(lower(coalesce({family}, regexp_extract({told}, '([^ ]+)$', 1))), '') as family_name"
        f"{', ' + others if others else ''} from raw"
    )
    return columns


def _counted(connection: DuckDBPyConnection, name: str, pairs: str) -> Peer:
    row = connection.execute(
        f"""
        with found as ({pairs})

        select
            (select count(*) from found),
            (select count(*) from found join peer_input as a on a.record_id = one
                join peer_input as b on b.record_id = other and b.true_id = a.true_id),
            (select sum(n * (n - 1) // 2) from (select count(*) as n from peer_input group by true_id))
        """
    ).fetchone()
    found, right, true = (int(each) for each in row or (0, 0, 0))
    return Peer(name, round(right / found, 4) if found else 1.0, round(right / true, 4) if true else 1.0)
