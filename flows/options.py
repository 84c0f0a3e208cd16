"""The options that many verbs share."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Annotated

import typer

HomeOption = Annotated[
    Path | None, typer.Option("--home", help="The network's folder; else KRING_HOME, else ./data.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
ByOption = Annotated[str | None, typer.Option("--by", help="Who decides this.")]
WhyOption = Annotated[str | None, typer.Option("--why", help="Why.")]


def in_whole_sentences(app: typer.Typer) -> None:
    """Let the lists of verbs say whole sentences: what is no short help is cut off where the window ends."""
    for verb in app.registered_commands:
        told = " ".join((verb.help or inspect.getdoc(verb.callback) or "").split())
        verb.short_help = re.split(r"(?<=\.) ", told)[0]
    for group in app.registered_groups:
        if group.typer_instance is not None:
            in_whole_sentences(group.typer_instance)
            group.short_help = group.typer_instance.info.help
