"""What may never be in the repository: machine paths, registries, real addresses, secrets."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.house.modules import ROOT, tracked_files

BINARY = {".woff2", ".ttf", ".png", ".ico", ".xlsx", ".xls", ".zip", ".parquet", ".duckdb", ".jpg"}
SAMPLES = ROOT / "tests" / "samples"  # invented exports, some not in UTF-8 on purpose
OWN = Path(__file__)

FORBIDDEN = {
    "a path of one machine": r"(?<![\w.])/(work|root|mnt/data|tmp/[a-z]\b)(/|\b(?![\w-]))"
    r"|/home/\w+/|/Users/\w+/|C:\\Users",
    "a package registry": r"https?://(files\.)?py"
    r"pi|python"
    r"hosted|registry\.npm|deb\.deb"
    r"ian\.org|index-url",
    "a document beside the repository": r"\.\./shared/(?!data\b)\w|\bshared/\w+\.md\b",
    "a word about who wrote it": r"(?i)\b(ai|language) (agent|assistant|model)s?\b|\bsub-?agents?\b",
    "a secret": r"(?i)-----BEGIN [A-Z ]*PRIVATE KEY|\bghp_[A-Za-z0-9]{20}|\bAKIA[0-9A-Z]{16}",
}
EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,})")
INVENTED = re.compile(r"(^|\.)(example\.(org|nl|com|net)|test|invalid|example)$", re.IGNORECASE)


def texts() -> list[tuple[str, str]]:
    """Every text file of the repository with its path."""
    found = []
    for path in tracked_files():
        if path == OWN or path.suffix in BINARY or path.is_symlink():
            continue
        text = path.read_text(encoding="utf-8", errors="replace" if SAMPLES in path.parents else "strict")
        found.append((path.relative_to(ROOT).as_posix(), text))
    return found


def places(pattern: str) -> list[str]:
    """`file:line` of every hit."""
    wanted = re.compile(pattern)
    return [
        f"{name}:{number}"
        for name, text in texts()
        for number, line in enumerate(text.splitlines(), 1)
        if wanted.search(line)
    ]


@pytest.mark.parametrize("what", sorted(FORBIDDEN))
def test_the_repository_holds_no(what: str) -> None:
    assert places(FORBIDDEN[what]) == [], f"{what} may not be committed"


def test_addresses_are_invented() -> None:
    real = [
        f"{name}:{number}"
        for name, text in texts()
        for number, line in enumerate(text.splitlines(), 1)
        for match in EMAIL.finditer(line)
        if not INVENTED.search(match[1])
    ]
    assert real == [], "people are invented, at example.org or example.nl"


@pytest.mark.parametrize(
    ("what", "line"),
    [
        ("a path of one machine", "open('/" + "work/main/data')"),
        ("a package registry", "https://py" + "pi.org/simple"),
        ("a document beside the repository", "see ../" + "shared/design.md"),
        ("a secret", "-----BEGIN RSA PRIVATE KEY-----"),
    ],
)
def test_a_forbidden_line_would_be_seen(what: str, line: str) -> None:
    assert re.search(FORBIDDEN[what], line)


def test_no_notebooks_and_no_drawer_of_leftovers() -> None:
    names = [path.relative_to(ROOT).as_posix() for path in tracked_files()]
    assert [name for name in names if name.endswith(".ipynb")] == []
    assert [
        name for name in names if Path(name).name in ("utils.py", "helpers.py", "common.py", "misc.py")
    ] == []
