"""Imports go down only: read from the source, and once more by importing in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.house.modules import PACKAGES, Import, Module, modules, within

# From the ground up. A module may import its own floor and those below it.
FLOORS: tuple[tuple[str, ...], ...] = (
    ("etl", "etl.errors", "etl.progress", "etl.cron"),
    ("etl.schema",),  # below settings: a mapping names a feed
    (
        "etl.settings", "etl.settings_reader", "etl.settings_file", "etl.settings_template",
        "etl.connections", "etl.home", "etl.durable", "etl.sealing",
    ),
    ("queries",),
    (
        "etl.cleaning", "etl.reading", "etl.sources", "etl.collect",
        "etl.manifest", "etl.public_manifest", "etl.published", "etl.serving", "etl.store", "etl.warehouse",
        "etl.decisions", "etl.organisation_book", "etl.organisation_parents",
        "etl.organisation_table", "etl.ledger",
        "etl.privacy.audit",  # no decision without its line
    ),
    (
        "etl.landing", "etl.load", "etl.identity", "etl.themes", "etl.build", "etl.checks", "etl.release",
        "etl.disclosure", "etl.exact", "etl.gate", "etl.publication", "etl.holds", "etl.privacy",
        "etl.restatement", "etl.restated_why",
        "etl.housekeeping", "etl.demo",
    ),
    ("dashboard",),
    ("flows",),
)  # fmt: skip
GROUND_FLOOR_FOR_ALL = (
    "etl",
    "queries",
    "dashboard",
    "flows",
)  # their __init__ is empty, so importing it is free
DASHBOARD_MAY_USE = (
    "etl.settings", "etl.settings_file", "etl.home", "etl.errors", "etl.progress", "etl.schema",
    "etl.warehouse", "etl.manifest", "etl.public_manifest",
    "etl.decisions", "etl.organisation_book", "etl.ledger", "etl.serving", "etl.sources", "etl.privacy",
)  # fmt: skip
MUST_BE_PURE = ("dashboard.charts", "dashboard.wording", "dashboard.navigation", "dashboard.headlines")
HEAVY = ("prefect", "streamlit", "polars", "pyarrow", "numpy", "pandas", "altair", "sklearn", "fastexcel")


def floor_of(name: str) -> int:
    """The floor of the longest prefix that the list knows."""
    known = {entry: number for number, floor in enumerate(FLOORS) for entry in floor}
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        prefix = ".".join(parts[:length])
        if prefix in known and (length > 1 or prefix != "etl" or name == "etl"):
            return known[prefix]
    raise AssertionError(f"{name} has no floor: add it to FLOORS in tests/house/test_floors.py")


def own_imports(module: Module) -> tuple[Import, ...]:
    """What it imports of the project itself."""
    return tuple(one for one in module.imports if one.target.split(".")[0] in PACKAGES)


def is_pure(module: Module) -> bool:
    """Whether a module of the dashboard says in its first line that it is pure."""
    return "pure" in module.first_line.lower()


def imports_everywhere(package: str) -> list[str]:
    """`module:line` of every import of a package."""
    return [
        f"{module.name}:{one.line}" for module in modules().values() for one in module.imports_of(package)
    ]


def test_imports_go_down_only() -> None:
    wrong = [
        f"{module.name}:{one.line} imports {one.target}"
        for module in modules().values()
        for one in own_imports(module)
        if one.target not in GROUND_FLOOR_FOR_ALL and floor_of(one.target) > floor_of(module.name)
    ]
    assert wrong == []


def test_a_module_above_would_be_seen() -> None:
    assert floor_of("etl.reading.sniff") < floor_of("etl.load") < floor_of("dashboard.views.data")
    assert floor_of("etl.settings") < floor_of("queries.catalog") < floor_of("etl.warehouse")
    with pytest.raises(AssertionError, match="has no floor"):
        floor_of("etl.utils")


def test_no_module_imports_itself_in_a_circle() -> None:
    """Counts what runs at import, and that importing a module first imports the packages above it."""
    graph: dict[str, set[str]] = {}
    for module in modules().values():
        targets = {one.target for one in own_imports(module) if one.at_import}
        parents = {name.rpartition(".")[0] for name in targets if "." in name}
        graph[module.name] = {
            name
            for name in targets | parents
            if name in modules() and name != module.name and not within(module.name, name)
        }
    circles = []
    finished: set[str] = set()

    def walk(name: str, path: tuple[str, ...]) -> None:
        if name in path:
            circles.append(" -> ".join((*path[path.index(name) :], name)))
        elif name not in finished:
            for target in sorted(graph[name]):
                walk(target, (*path, name))
            finished.add(name)

    for name in graph:
        walk(name, ())
    assert circles == []


def test_only_flows_import_prefect() -> None:
    assert [place for place in imports_everywhere("prefect") if not place.startswith("flows.")] == []


def test_only_the_dashboard_imports_streamlit() -> None:
    assert [place for place in imports_everywhere("streamlit") if not place.startswith("dashboard.")] == []


def test_the_dashboard_uses_only_its_part_of_etl() -> None:
    wrong = [
        f"{module.name}:{one.line} imports {one.target}"
        for module in modules().values()
        if within(module.name, "dashboard")
        for one in module.imports_of("etl")
        if not any(within(one.target, allowed) for allowed in DASHBOARD_MAY_USE)
    ]
    assert wrong == []


def test_pure_modules_of_the_dashboard_are_pure() -> None:
    """A module that calls itself pure imports no Streamlit and nothing of the dashboard that is not pure."""
    dashboard = {name: module for name, module in modules().items() if within(name, "dashboard")}
    pure = {name for name, module in dashboard.items() if is_pure(module)}
    packages = {name for name, module in dashboard.items() if module.path.name == "__init__.py"}
    wrong = [
        f"{name}:{one.line} imports {one.target}"
        for name in sorted(pure)
        for one in dashboard[name].imports
        if within(one.target, "streamlit") or (one.target in dashboard and one.target not in pure | packages)
    ]
    assert wrong == []
    assert [name for name in MUST_BE_PURE if name in dashboard and name not in pure] == []


def test_flows_use_only_pure_modules_of_the_dashboard() -> None:
    wrong = [
        f"{module.name}:{one.line} imports {one.target}"
        for module in modules().values()
        if within(module.name, "flows")
        for one in module.imports_of("dashboard")
        if one.target in modules() and not is_pure(modules()[one.target])
    ]
    assert wrong == []


def test_only_the_warehouse_opens_databases() -> None:
    pattern = "duckdb" + ".connect"
    holders = {
        name for name, module in modules().items() if pattern in module.path.read_text(encoding="utf-8")
    }
    assert holders == {"etl.warehouse"}


def loaded_by(*names: str) -> set[str]:
    """The top-level modules that a fresh process has after importing these."""
    code = (
        "import json, sys\n"
        + "".join(f"import {name}\n" for name in names)
        + ("print(json.dumps(sorted({name.split('.')[0] for name in sys.modules})))")
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return set(json.loads(done.stdout))


@pytest.mark.parametrize(
    ("names", "absent"),
    [
        (("flows.verbs",), HEAVY),
        (("etl.settings", "etl.home", "etl.errors"), (*HEAVY, "duckdb", "pydantic", "typer")),
        (("etl.warehouse", "queries.catalog"), HEAVY),
        (("flows.cli", "etl.warehouse", "queries.catalog"), (*HEAVY, "typer")),
    ],
    ids=["the command line", "settings", "the warehouse", "kring ask"],
)
def test_a_light_import_stays_light(names: tuple[str, ...], absent: tuple[str, ...]) -> None:
    assert sorted(loaded_by(*names) & set(absent)) == []


def test_importing_all_of_etl_and_queries_brings_no_prefect_and_no_streamlit() -> None:
    names = [
        name for name in modules() if name.split(".")[0] in ("etl", "queries") and "__main__" not in name
    ]
    assert sorted(loaded_by(*names) & {"prefect", "streamlit"}) == []


def test_importing_the_pure_modules_of_the_dashboard_brings_no_streamlit() -> None:
    pure = [name for name, module in modules().items() if within(name, "dashboard") and is_pure(module)]
    assert pure
    assert "streamlit" not in loaded_by(*pure)
