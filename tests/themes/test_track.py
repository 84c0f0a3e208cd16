"""Identity: a run never moves an old text, and a person's choice stays."""

from dataclasses import replace

from etl.themes.texts import language_of, text_hash
from etl.themes.track import AssignedBy, ThemeStatus, place

FUNDING = [
    f"{start} {end}"
    for start in ("Hoe betalen we", "Wie financiert", "Welke subsidie is er voor", "Is er budget voor")
    for end in ("de begeleiding van de groep?", "een jaar extra?", "de facilitator en de zaal?")
]
REFLECTION = [
    f"{start} {end}"
    for start in ("Hoe reflecteren", "Wanneer reflecteren", "Waarop reflecteren", "Hoe diep reflecteren")
    for end in ("docenten op hun les?", "leraren op hun eigen handelen?", "studenten op hun stage?")
]
MEASURING = [
    f"{start} {end}"
    for start in (
        "Hoe meten we",
        "Hoe onderzoeken we",
        "Met welk instrument meten we",
        "Wanneer evalueren we",
    )
    for end in (
        "de impact op studenten?",
        "het effect van samenwerken?",
        "wat het heeft opgeleverd?",
        "de kwaliteit?",
    )
]


def hashed(texts: list[str]) -> dict[str, str]:
    return {text_hash(text): text for text in texts}


def test_old_texts_keep_their_theme_when_new_ones_come() -> None:
    first = place(hashed(FUNDING + REFLECTION), None)
    assert first is not None and first.themes
    second = place(hashed(FUNDING + REFLECTION + MEASURING), first)
    assert second is not None
    old = {member.text_hash: member.theme_id for member in first.members}
    new = {member.text_hash: member.theme_id for member in second.members}
    assert {digest: new[digest] for digest in old} == old
    assert len(new) == len(FUNDING + REFLECTION + MEASURING)
    assert {theme.theme_id for theme in first.themes} <= {theme.theme_id for theme in second.themes}


def test_nothing_new_is_no_run_and_order_changes_nothing() -> None:
    texts = FUNDING + REFLECTION
    run = place(hashed(texts), None)
    assert run is not None
    assert place(hashed(texts), run) is None
    turned = place(hashed(texts[::-1]), None)
    assert turned is not None
    assert turned.themes == run.themes and turned.members == run.members


def test_texts_that_fit_nowhere_become_proposed_themes_or_stay_visible() -> None:
    first = place(hashed(FUNDING + REFLECTION), None)
    assert first is not None
    strange = [
        f"The {noun} orbits the {star} in {years} years"
        for noun in ("planet", "moon", "comet", "rock")
        for star in ("sun", "dwarf", "giant")
        for years in ("two", "nine")
    ]
    second = place(hashed(FUNDING + REFLECTION + strange), first)
    assert second is not None
    proposed = {theme.theme_id for theme in second.themes if theme.status is ThemeStatus.PROPOSED}
    of = {member.text_hash: member.theme_id for member in second.members}
    outside = [
        of[text_hash(text)]
        for text in strange
        if of[text_hash(text)] not in {t.theme_id for t in first.themes}
    ]
    assert len(outside) > len(strange) / 2
    assert all(theme is None or theme in proposed for theme in outside)


def test_a_text_moved_by_a_person_stays_there() -> None:
    run = place(hashed(FUNDING + REFLECTION), None)
    assert run is not None and len(run.themes) >= 2
    digest = text_hash(FUNDING[0])
    before = next(member.theme_id for member in run.members if member.text_hash == digest)
    other = next(theme.theme_id for theme in run.themes if theme.theme_id != before)
    by_hand = tuple(
        replace(member, theme_id=other, assigned_by=AssignedBy.PERSON)
        if member.text_hash == digest
        else member
        for member in run.members
    )
    moved = replace(run, members=by_hand)
    later = place(hashed(FUNDING + REFLECTION + MEASURING), moved)
    assert later is not None
    member = next(member for member in later.members if member.text_hash == digest)
    assert (member.theme_id, member.assigned_by) == (other, AssignedBy.PERSON)


def test_languages_are_told_apart() -> None:
    assert language_of("Hoe krijgen we docenten mee?") == "nl"
    assert language_of("How do we get teachers on board?") == "en"
