"""`kring ask` is read without Typer's parser; what that reads must be what Typer would."""

from __future__ import annotations

import io
import subprocess
import sys
import time
from datetime import date
from statistics import median

import pytest

from etl.home import Home
from etl.warehouse import Answer
from flows import verbs
from flows.asking import AnswerFormat, AskedRole, quickly_asked
from flows.printing import answer_json, print_table, write_csv
from tests.cli.network import KRING

USUAL = [
    ["ask", "growth"],
    ["ask", "growth", "--home", "d", "-p", "grain=year", "-p", "to_on=2026-01-01"],
    ["ask", "--format", "csv", "growth", "--role=communication"],
    ["ask", "growth", "--format=json", "--home=d"],
    ["ask", "-p", "working_group=A=B", "growth"],
]
UNUSUAL = [
    ["ask"],
    ["ask", "--help"],
    ["ask", "growth", "extra"],
    ["ask", "growth", "-p"],
    ["ask", "growth", "--format", "xml"],
    ["ask", "growth", "--colour"],
    ["ask", "growth", "--", "x"],
    ["refresh"],
    [],
]


@pytest.mark.parametrize("arguments", USUAL, ids=" ".join)
def test_both_parsers_read_the_same(arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    by_typer: list[tuple[object, ...]] = []
    monkeypatch.setattr(verbs, "answer", lambda *asked: by_typer.append(asked))
    verbs.app(arguments, standalone_mode=False)
    assert by_typer == [quickly_asked(arguments)]


@pytest.mark.parametrize("arguments", UNUSUAL, ids=" ".join)
def test_anything_unusual_is_left_to_typer(arguments: list[str]) -> None:
    assert quickly_asked(arguments) is None


def test_what_is_not_given_has_its_default() -> None:
    assert quickly_asked(["ask", "growth"]) == ("growth", [], AskedRole.COORDINATOR, AnswerFormat.TABLE, None)


HOSTILE = (
    "=1+1",
    "+1",
    "-1",
    "@sum",
    "\t=1",
    "\r=1",
    "=cmd|' /C calc'!A0",
    "\0=1",
    " =1+1",
    "\u00a0@sum",
    "\uff1d1+1",
)


def answer(*cells: object) -> Answer:
    rows = tuple((cell,) for cell in cells)
    return Answer("q", "m", "g", "r", date(2026, 1, 1), (), ("value",), rows)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_cell_never_starts_a_formula(text: str) -> None:
    import csv

    file = io.StringIO()
    write_csv(answer(text), file)
    cell = list(csv.reader(io.StringIO(file.getvalue(), newline="")))[1][0]
    assert cell.startswith("'")
    assert cell[1:] == text.replace("\r", "\n")


def test_numbers_and_dates_stay_themselves() -> None:
    file = io.StringIO()
    write_csv(answer(-1, -2.5, date(2026, 1, 2), None, True, "plain"), file)
    assert file.getvalue().split() == ["value", "-1", "-2.5", "2026-01-02", '""', "True", "plain"]
    assert '"value": -2.5' in answer_json(answer(-2.5))


def test_a_table_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("name",), [("\x1b[2Jgone\nnext",)])
    assert "\x1b" not in capsys.readouterr().out


def run_for(seconds: list[float], command: list[str]) -> None:
    before = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    seconds.append(time.perf_counter() - before)


def test_asking_starts_in_half_again_the_time_of_its_imports(served: Home) -> None:
    """Measured in turns, so that other work slows both. The goal is 1.5; 1.8 leaves room for noise."""
    bare: list[float] = []
    asking: list[float] = []
    for _ in range(9):
        run_for(bare, [sys.executable, "-c", "import duckdb, typer"])
        run_for(asking, [KRING, "ask", "milestones", "--home", str(served.root)])
    ratio = min(min(asking) / min(bare), median(asking) / median(bare))
    print(f"kring ask: {median(asking):.3f} s, its imports {median(bare):.3f} s, ratio {ratio:.2f}")
    assert ratio < 1.8
