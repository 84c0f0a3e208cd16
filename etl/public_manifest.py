"""What a publication says about itself, and the pointer that names the one being served. Reads only."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path

from etl.durable import is_id
from etl.errors import ReleaseError
from etl.home import Home
from etl.manifest import MANIFEST, ReleasedFile

PUBLIC_DATABASE = "public.duckdb"
SITE = "site"
REMEDY = "Publish again with: kring publish --correction NOTE"


@dataclass(frozen=True)
class Publication:
    """The manifest.json of one publication. `due_on` is the first day on which the next one may be made."""

    publication: str
    network_name: str
    language: str
    published_on: date
    published_at: datetime
    due_on: date
    next_on: date
    period_end: date
    rule_version: int
    threshold: int
    rounding: int
    kring: str
    files: tuple[ReleasedFile, ...]

    def text(self) -> str:
        """The manifest as JSON."""
        written = {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in asdict(self).items()
        }
        return json.dumps(written, indent=1, ensure_ascii=False) + "\n"


def pointer_text(publication: Publication) -> str:
    """What `public/current` holds: which publication, the hash of its manifest, and by which rules."""
    return json.dumps(
        {
            "publication": publication.publication,
            "manifest_sha256": hashlib.sha256(publication.text().encode()).hexdigest(),
            "rule_version": publication.rule_version,
        }
    ) + "\n"  # fmt: skip


def read_publication(home: Home) -> Publication | None:
    """The publication being served, or None before the first."""
    try:
        pointer = json.loads(home.public_pointer.read_text(encoding="utf-8"))
        data = (home.public / Path(str(pointer["publication"])).name / MANIFEST).read_bytes()
        if hashlib.sha256(data).hexdigest() != pointer["manifest_sha256"]:
            raise ReleaseError("public", "its manifest was changed", "", REMEDY)
        return _publication(json.loads(data))
    except FileNotFoundError:
        if home.public_pointer.exists():
            raise ReleaseError("public", "the publication it names is gone", "", REMEDY) from None
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ReleaseError("public", "no readable publication", "", REMEDY) from error


def publication_folders(home: Home) -> tuple[Path, ...]:
    """The folders of all publications, newest first."""
    if not home.public.is_dir():
        return ()
    folders = [path for path in home.public.iterdir() if path.is_dir() and is_id(path.name)]
    return tuple(sorted(folders, key=lambda path: path.name, reverse=True))


def _publication(found: dict[str, object]) -> Publication:
    files = found["files"]
    if not isinstance(files, list):
        raise TypeError

    def day(name: str) -> date:
        return date.fromisoformat(str(found[name]))

    def number(name: str) -> int:
        return int(str(found[name]))

    return Publication(
        publication=str(found["publication"]),
        network_name=str(found["network_name"]),
        language=str(found["language"]),
        published_at=datetime.fromisoformat(str(found["published_at"])),
        kring=str(found["kring"]),
        files=tuple(ReleasedFile(str(f["name"]), int(f["bytes"]), str(f["sha256"])) for f in files),
        published_on=day("published_on"),
        due_on=day("due_on"),
        next_on=day("next_on"),
        period_end=day("period_end"),
        rule_version=number("rule_version"),
        threshold=number("threshold"),
        rounding=number("rounding"),
    )
