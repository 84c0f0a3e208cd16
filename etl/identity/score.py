"""Splink scores pairs of records with the fixed model. Imported only where there is something to score."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import duckdb

from etl.identity.comparison import PRIOR, Comparison

CANDIDATES = """
create or replace table staging.main.alike_candidate as
select
    alike_record.* replace (
        staging.plain_text(job) as job, staging.plain_text(audience) as audience,
        staging.plain_text(country) as country, staging.plain_text(region) as region
    ),
    coalesce(alike_given.formal, case when first is not null then [first] end) as formal,
    list_transform(coalesce(alike_given.formal, []), lambda word: word[1]) as formal_initials,
    coalesce(alike_given.is_known, false) as given_is_known,
    coalesce(alike_given.is_common, false) as given_is_common,
    coalesce(alike_family.rarity, 2) as family_rarity
from alike_record
semi join (select record_l as record from alike_pair union select record_r
    from alike_pair) as paired using (record)
left join alike_given on alike_given.word = alike_record.first
left join alike_family on alike_family.word = alike_record.family
"""
BLOCKED = """
create or replace table staging.main.alike_blocked as
select '0' as match_key, record_l as join_key_l, record_r as join_key_r from alike_pair
"""
SCRATCH = ("alike_candidate", "alike_blocked")


def score_pairs(connection: duckdb.DuckDBPyConnection, model: Sequence[Comparison], at_least: float) -> None:
    """Make `temp.alike_scored`: record_l, record_r, weight and levels, for every pair of `alike_pair`.

    Splink makes its tables in the database in memory, never in the file of the release.
    """
    home = connection.execute("select current_database() || '.' || current_schema()").fetchone()
    for statement in (CANDIDATES, BLOCKED):
        connection.execute(statement)
    connection.execute("use staging.main")
    try:
        predicted = _predict(connection, model, at_least)
        connection.execute(
            "create or replace temp table alike_scored as "
            f"select record_l, record_r, match_weight as weight, {_levels(model)} as levels from {predicted}"
        )
        connection.execute(f"drop table {predicted}")
        for table in SCRATCH:
            connection.execute(f"drop table {table}")
    finally:
        connection.execute(f"use {home[0] if home else 'memory.main'}")


def _predict(connection: duckdb.DuckDBPyConnection, model: Sequence[Comparison], at_least: float) -> str:
    from splink import DuckDBAPI, Linker

    database = DuckDBAPI(connection)
    # Splink's check of the settings only writes to a log that nobody reads; a column that is not there fails.
    linker = Linker(
        database.register("alike_candidate"),
        settings(model),
        log_level=logging.ERROR,
        validate_settings=False,
    )
    linker.table_management.register_blocked_pairs_for_predict(database.register("alike_blocked"))
    found = linker.inference.predict(threshold_match_weight=at_least, warning_mode="never")
    return str(found.physical_name)


def settings(model: Sequence[Comparison]) -> dict[str, object]:
    """The model as Splink's settings: every probability given, nothing left to train."""
    return {
        "link_type": "dedupe_only",
        "unique_id_column_name": "record",
        "probability_two_random_records_match": PRIOR,
        "blocking_rules_to_generate_predictions": [],
        "comparisons": [_comparison(each) for each in model],
        "retain_matching_columns": True,
        "retain_intermediate_calculation_columns": False,
    }


def _comparison(comparison: Comparison) -> dict[str, object]:
    levels: list[dict[str, object]] = []
    for level in comparison.levels:
        given: dict[str, object] = {"sql_condition": level.condition, "label_for_charts": level.code}
        if level.m is None:
            given["is_null_level"] = True
        else:
            given |= {"m_probability": level.m, "u_probability": level.u, "fix_m_probability": True,
                      "fix_u_probability": True}  # fmt: skip
        levels.append(given)
    return {"output_column_name": comparison.name, "comparison_levels": levels}


def _levels(model: Sequence[Comparison]) -> str:
    """The codes of the levels as one text, in the order of the model; what says nothing is left out."""
    codes = []
    for comparison in model:
        telling = [level for level in comparison.levels if level.m is not None]
        number = {level.code: len(telling) - 1 - place for place, level in enumerate(telling)}
        cases = " ".join(f"when {place} then '{comparison.name}:{code}'" for code, place in number.items())
        codes.append(f"case gamma_{comparison.name} {cases} end")
    return f"concat_ws(' ', {', '.join(codes)})"
