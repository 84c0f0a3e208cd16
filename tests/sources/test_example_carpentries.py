"""The example settings of The Carpentries read tables of those three shapes (rows here are invented)."""

from __future__ import annotations

from pathlib import Path

from etl.settings import read_settings
from etl.sources.inspect import inspect
from etl.sources.source import FileStatus

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "carpentries" / "kring.toml"
TABLES = {
    "instructors.csv": "person,country,first_badge_date\n1,NL,2014-05-04\n2,,2017-12-08\n",
    "member_organizations.csv": "slug,start,end,fullname,agreement_start,agreement_end\n"
    "a,2016-02-17,2016-02-18,Invented Institute,,\n",
    "workshops.csv": "slug,tag_name,start_date,attendance,host_name,country,latitude,longitude,url\n"
    "a,SWC,2012-01-18,14,Invented Institute,NL,1.5,2.5,https://example.org/a\n"
    "b,DC,2012-02-20,,Invented Institute,BE,1.5,2.5,https://example.org/b\n",
}


def test_members_by_number_events_by_headcount_and_one_table_that_waits(tmp_path: Path) -> None:
    for name, text in TABLES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    settings = read_settings(EXAMPLE.read_text(encoding="utf-8"), {})
    instructors, agreements, workshops = inspect([tmp_path], settings)
    assert (instructors.counts.people, instructors.counts.memberships) == (2, 2)
    assert (instructors.dates.min, instructors.dates.max) == ("2014-05-04", "2017-12-08")
    assert agreements.status is FileStatus.NEEDS_MAPPING
    assert agreements.reason is not None
    assert "[[tables]]" in agreements.reason
    assert (workshops.counts.events, workshops.counts.people) == (2, 0)
    assert workshops.status is FileStatus.ACCEPTED
