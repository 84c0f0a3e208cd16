"""The invented network, written in true export formats.

`write_demo` fills a new home: a `kring.toml` and an inbox with the exports that such a network would have,
the same bytes each time. `people`, `members`, `calendar` and `sessions` are the network, `harvest`,
`leernetwerk`, `autumn`, `paper`, `konekt`, `coworking` and `channels` its stories, `mess` says what is wrong
on purpose, `exports` names the files and `formats` writes them.
"""

from __future__ import annotations

from importlib import resources

from etl.demo.exports import exports
from etl.demo.people import organisations
from etl.home import FILE_RIGHTS, Home, make_folder
from etl.organisation_book import OrganisationDecisions, OrganisationFacts, Sector, Spelling


def write_demo(home: Home) -> None:
    """Write the settings, the export files and what people decided about organisations into this home."""
    home.create()
    settings = resources.files("etl.demo").joinpath("kring.toml").read_bytes()
    home.settings_file.write_bytes(settings)
    home.settings_file.chmod(FILE_RIGHTS)
    for export in exports():
        path = home.inbox / export.path
        for folder in reversed(path.relative_to(home.inbox).parents):
            make_folder(home.inbox / folder)
        path.write_bytes(export.content)
        path.chmod(FILE_RIGHTS)
    _name_organisations(home)


def _name_organisations(home: Home) -> None:
    """The table of organisations that the network's office keeps: one name and sector for every spelling."""
    known = organisations()
    spellings = [Spelling(written, each.name) for each in known for written in (each.name, *each.variants)]
    facts = [OrganisationFacts(each.name, Sector(each.sector)) for each in known]
    with OrganisationDecisions(home) as decisions:
        decisions.decide((*spellings, *facts), by="office", why="the office's own table")
