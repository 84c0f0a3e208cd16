"""The options that many verbs share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

HomeOption = Annotated[
    Path | None, typer.Option("--home", help="The network's folder; else KRING_HOME, else ./data.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
ByOption = Annotated[str | None, typer.Option("--by", help="Who decides this.")]
WhyOption = Annotated[str | None, typer.Option("--why", help="Why.")]
