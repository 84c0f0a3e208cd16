"""The lists of verbs say whole sentences, however narrow the window is."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import pytest
import typer
from typer.testing import CliRunner

from flows.verbs import app

WIDTHS = (60, 80, 120)


def groups(found: typer.Typer, called: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], typer.Typer]]:
    """Every group of verbs, and how it is called."""
    yield called, found
    for group in found.registered_groups:
        assert group.typer_instance is not None
        yield from groups(group.typer_instance, (*called, str(group.name)))


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(
    ("called", "group"), [pytest.param(*each, id=" ".join(each[0])) for each in groups(app)]
)
def test_no_description_is_cut_off(called: tuple[str, ...], group: typer.Typer, width: int) -> None:
    done = CliRunner(env={"COLUMNS": str(width)}).invoke(app, [*called, "--help"])
    assert done.exit_code == 0
    listed = done.output[done.output.index("Commands:") :]
    assert "..." not in listed
    said = " ".join(listed.split())
    for verb in group.registered_commands:
        assert verb.callback is not None
        (told,) = inspect.getdoc(verb.callback).split("\n\n")[:1]  # type: ignore[union-attr]
        sentence = " ".join(told.split()).partition(". ")[0].removesuffix(".")
        assert f"{sentence}." in said
    for part in group.registered_groups:
        assert part.typer_instance is not None
        assert str(part.typer_instance.info.help) in said
