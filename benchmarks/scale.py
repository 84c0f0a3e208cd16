"""How fast Kring is beside the least that the same work can cost, on a network of any size.

    python -m benchmarks.scale --people 1000000 --attendances 10000000 --json

prints one object a piece of work: {"work", "kring_seconds", "limit_seconds", "ratio", "peak_mb"}. The limit
of the refresh is plain `create table … from read_csv` of the same files, on the same disk, into a DuckDB file
of its own with CHECKPOINT, in the same run; `kring ask` stands beside `import duckdb, typer`; a refresh with
nothing new beside its own imports and one second; a question, and a page run again, beside 150 ms. `peak_mb`
is of the whole tree of processes. With --limits the exit code is 1 when a goal is not met: `full` are the
goals, `loose` multiples of them for a small run on a busy machine.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.network import SETTINGS, Size, write_network
from benchmarks.process import Run, run

KRING = str(Path(sys.executable).with_name("kring"))
REFRESH_RATIO, REFRESH_PEAK_MB = 4.0, 4000.0
NOTHING_NEW_SECONDS = 1.0
QUESTION_SECONDS = 0.150
PAGE_SECONDS = 0.150
ASK_RATIO = 1.5
LOOSE = 3.0
STARTS = 7


@dataclass(frozen=True)
class Figure:
    """One piece of work beside its limit. `goal` is the ratio that may not be passed."""

    work: str
    kring_seconds: float
    limit_seconds: float
    peak_mb: float
    goal: float = 1.0
    goal_mb: float | None = None

    @property
    def ratio(self) -> float:
        """How many times the limit it took."""
        return self.kring_seconds / self.limit_seconds

    def misses(self, slack: float) -> str | None:
        """What goal is not met, if any."""
        if self.ratio > self.goal * slack:
            return f"{self.work}: {self.ratio:.2f} times its limit, the goal is {self.goal * slack:.2f}"
        if self.goal_mb and self.peak_mb > self.goal_mb:
            return f"{self.work}: {self.peak_mb:.0f} MB, the goal is {self.goal_mb:.0f}"
        return None

    def as_json(self) -> str:
        """The object that is printed."""
        shown = {name: round(value, 4) if isinstance(value, float) else value
                 for name, value in asdict(self).items() if not name.startswith("goal")}  # fmt: skip
        return json.dumps({**shown, "ratio": round(self.ratio, 3), "peak_mb": round(self.peak_mb, 1)})


def measure(size: Size, folder: Path) -> Iterator[Figure]:
    """Every piece of work, in the order in which it can be done."""
    files = write_network(size, folder / "files")
    home = folder / "home"
    run([KRING, "init", str(home)])
    (home / "kring.toml").write_text(SETTINGS, encoding="utf-8")
    for file in files:
        shutil.copy2(file, home / "inbox" / file.name)

    limit = _plain_duckdb(folder / "plain.duckdb", files)
    whole = _refresh(home)
    yield Figure(
        "refresh, all files new", whole.seconds, limit, whole.peak_mb, REFRESH_RATIO, REFRESH_PEAK_MB
    )
    print(f"steps: {_steps(whole)}", file=sys.stderr)
    yield _nothing_new(home)
    yield from _questions(home)
    yield _page(home)
    yield _ask(home)


def _plain_duckdb(target: Path, files: tuple[Path, ...]) -> float:
    """The least that reading these files into a database can cost, in seconds of work."""
    code = (
        "import duckdb, sys, time\n"
        "connection = duckdb.connect(sys.argv[1])\n"
        "connection.execute('set enable_progress_bar = false')\n"
        "started = time.perf_counter()\n"
        "for number, file in enumerate(sys.argv[2:]):\n"
        "    connection.execute(f'create table t{number} as from read_csv(?)', [file])\n"
        "connection.execute('checkpoint')\n"
        "print(time.perf_counter() - started)\n"
    )
    return float(run([sys.executable, "-c", code, str(target), *map(str, files)]).output)


def _refresh(home: Path) -> Run:
    return run([KRING, "refresh", "--home", str(home), "--json"])


def _steps(refresh: Run) -> str:
    steps = json.loads(refresh.output)["steps"]
    return ", ".join(f"{step['name']} {step['seconds']:.2f} s" for step in steps)


def _nothing_new(home: Path) -> Figure:
    """The refresh that finds nothing, beside the imports it needs and one second."""
    code = "import flows.cli, flows.verbs, flows.run"
    imports = _median([run([sys.executable, "-c", code]) for _ in range(3)])
    again = [_refresh(home) for _ in range(3)]
    if any(json.loads(each.output)["published_release"] for each in again):
        raise SystemExit("a refresh with nothing new made a release")
    peak = max(each.peak_mb for each in again)
    return Figure("refresh, nothing new", _median(again), imports + NOTHING_NEW_SECONDS, peak)


def _questions(home: Path) -> Iterator[Figure]:
    """Each question of the Overview page in a process of its own: the median of five answers."""
    for name, parameters in OVERVIEW:
        done = run([sys.executable, "-c", ASKING, str(home), name, json.dumps(parameters)])
        seconds = statistics.median(json.loads(done.output))
        shown = "".join(f" {key}={value}" for key, value in parameters.items())
        yield Figure(f"question {name}{shown}", seconds, QUESTION_SECONDS, done.peak_mb)


ASKING = """
import json, sys, time
from pathlib import Path
from etl.home import Home
from etl.warehouse import ReleaseReader
from queries.catalog import Role
reader = ReleaseReader(Home(Path(sys.argv[1])))
reader.current()
taken = []
for _ in range(5):
    started = time.perf_counter()
    reader.ask(sys.argv[2], json.loads(sys.argv[3]), Role.COORDINATOR)
    taken.append(time.perf_counter() - started)
print(json.dumps(taken))
"""
OVERVIEW: tuple[tuple[str, dict[str, str]], ...] = (
    ("growth", {"grain": "month"}),
    ("sessions", {}),
    ("participation", {}),
    ("working_groups", {}),
    ("organisations", {}),
    ("active_members", {}),
    ("group_growth", {}),
    ("attention", {}),
    ("milestones", {}),
    ("data_status", {}),
    ("filters", {}),
)


def _page(home: Path) -> Figure:
    """The Overview page run again with its answers cached: the median of five runs of its script."""
    done = run([sys.executable, "-c", RERUN], {"KRING_HOME": str(home)})
    return Figure("rerun of the Overview page", float(done.output.split()[-1]), PAGE_SECONDS, done.peak_mb)


RERUN = """
import statistics, time
from pathlib import Path
import dashboard
import streamlit as st
from streamlit.testing.v1 import AppTest
st.config.set_option("server.address", "127.0.0.1")
app = AppTest.from_file(str(Path(dashboard.__file__).with_name("app.py")), default_timeout=120)
app.run()
taken = []
for _ in range(5):
    started = time.perf_counter()
    app.run()
    taken.append(time.perf_counter() - started)
if app.exception or not app.main.children:
    raise SystemExit("the page does not open")
print(statistics.median(taken))
"""


def _ask(home: Path) -> Figure:
    """How `kring ask` starts, beside the two imports it cannot do without; taken in turns."""
    plain, asks = [], []
    for _ in range(STARTS):
        plain.append(run([sys.executable, "-c", "import duckdb, typer"]))
        asks.append(run([KRING, "ask", "data_status", "--home", str(home), "--format", "json"]))
    peak = max(each.peak_mb for each in asks)
    return Figure("start of kring ask", _median(asks), _median(plain), peak, ASK_RATIO)


def _median(runs: list[Run]) -> float:
    return statistics.median(each.seconds for each in runs)


def main() -> None:
    """The command line of the benchmark."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    parser.add_argument("--people", type=int, required=True, help="membership rows")
    parser.add_argument("--attendances", type=int, required=True, help="attendance rows")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument(
        "--limits", choices=("none", "loose", "full"), default="none", help="fail past the goals"
    )
    parser.add_argument(
        "--folder", type=Path, help="work here and leave everything (default: a temporary folder)"
    )
    asked = parser.parse_args()

    misses = []
    with tempfile.TemporaryDirectory(prefix="kring-bench-") as temporary:
        for figure in measure(Size(asked.people, asked.attendances), asked.folder or Path(temporary)):
            print(figure.as_json() if asked.json else line(figure), flush=True)
            misses.append(figure.misses(LOOSE if asked.limits == "loose" else 1.0))
    missed = [miss for miss in misses if miss]
    for miss in missed:
        print(f"not met: {miss}", file=sys.stderr)
    sys.exit(1 if missed and asked.limits != "none" else 0)


def line(figure: Figure) -> str:
    """The line that is printed without --json."""
    return (
        f"{figure.work:<40} {figure.kring_seconds:9.3f} s   limit {figure.limit_seconds:9.3f} s"
        f"   ratio {figure.ratio:6.2f}   peak {figure.peak_mb:7.0f} MB"
    )


if __name__ == "__main__":
    main()
