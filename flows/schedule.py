"""Every flow, listed explicitly. A test fails when a flow of this folder is missing here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flows.refresh import refresh

if TYPE_CHECKING:
    from datetime import date

    from prefect import Flow

    from flows.run import RefreshReport


@dataclass(frozen=True)
class RegisteredFlow:
    """One flow that a Prefect server may run."""

    flow: Flow[[str, date | None, bool], RefreshReport]


FLOWS = (RegisteredFlow(refresh),)
