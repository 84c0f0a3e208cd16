"""The field register: what is not in it is not stored, and what is has its purpose and its time."""

from __future__ import annotations

from pathlib import Path

import pytest

from etl.errors import SettingsError
from etl.home import Home
from etl.privacy.search import Needle, files_of, search
from etl.schema.feeds import FEEDS
from etl.schema.model import Sensitivity
from etl.schema.tables import TABLES
from etl.settings import load_settings
from flows.run import refresh
from tests.cli.network import SETTINGS, members

NEW = (
    "Geboortedatum", "BSN", "Telefoon", "Adres", "Postcode", "Woonplaats", "Geslacht", "Nationaliteit",
    "Geloof", "Salaris", "IBAN", "Dieetwensen", "Allergie", "Rijbewijs", "Burgerlijke staat", "Kinderen",
    "Opmerking", "Foto", "Noodcontact", "full_name_2",
)  # fmt: skip


def value(at: int) -> str:
    return f"ingevuld{at:02}geheim"


def new_home(root: Path, settings: str = SETTINGS) -> Home:
    home = Home(root)
    home.create()
    home.settings_file.write_text(settings, encoding="utf-8")
    home.settings_file.chmod(0o600)
    heading, *rows = members(1, 20).splitlines()
    cells = ",".join(value(at) for at in range(len(NEW)))
    lines = [f"{heading},{','.join(NEW)}", *(f"{row},{cells}" for row in rows)]
    (home.inbox / "members.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return home


def test_twenty_new_columns_of_a_file_are_stored_nowhere(tmp_path: Path) -> None:
    home = new_home(tmp_path / "home")
    assert refresh(home).people == 19
    assert not search(home, [Needle(value(0))]).is_clean  # as received, and nowhere else
    landed = {path for path in files_of(home) if home.landed in path.parents}
    assert len(landed) == 1
    for path in landed:
        path.unlink()
    assert search(home, [Needle(value(at)) for at in range(len(NEW))]).is_clean
    assert search(home, [Needle("persoon3@example.org")]).found


@pytest.mark.parametrize("name", NEW)
def test_a_new_column_is_refused_until_the_register_has_it(tmp_path: Path, name: str) -> None:
    field = name.lower().replace(" ", "_")
    settings = SETTINGS.replace('Naam = "full_name"\n', f'Naam = "full_name"\n"{name}" = "{field}"\n')
    assert settings != SETTINGS
    home = new_home(tmp_path / "home", settings)
    with pytest.raises(SettingsError) as raised:
        load_settings(home)
    assert field in raised.value.line()


def test_every_stored_column_has_a_purpose_and_what_is_personal_its_time() -> None:
    columns = [(feed.table, column) for feed in FEEDS for column in feed.table.columns]
    columns += [(table, column) for table in TABLES for column in table.columns]
    assert len(columns) > 300
    where = [f"{table.name}.{column.name}" for table, column in columns if not (
        column.meaning.strip() and column.purpose.strip()
    )]  # fmt: skip
    assert where == []
    about = [each for each in FEEDS if each.has_person]
    endless = [
        f"{feed.name}.{column.name}"
        for feed in about
        for column in feed.fields
        if column.sensitivity in (Sensitivity.PERSONAL, Sensitivity.FREE_TEXT) and not column.retention
    ]
    assert endless == []
