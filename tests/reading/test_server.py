"""The server that reading children are forked from."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_a_folder_of_the_users_that_has_one_of_our_names_is_not_ours(tmp_path: Path) -> None:
    other = tmp_path / "etl"
    other.mkdir()
    (other / "__init__.py").write_text("raise SystemExit('not ours')\n")
    (tmp_path / "leden.csv").write_text("Naam,E-mail\nAnna Proef,anna@example.org\n")
    kring = Path(sys.executable).with_name("kring")
    done = subprocess.run(
        [kring, "inspect", "leden.csv"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert "needs_mapping" in done.stdout
    assert "not ours" not in done.stdout + done.stderr
