"""The sentences of Participation, Exchange and Reach, computed from what the figure shows. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.stories.exchange import Heard, Ties, not_heard
from dashboard.stories.participation import (
    Hours,
    Participation,
    Times,
    Unit,
    Verdict,
    hours_per_active,
    weeks_of,
)
from dashboard.stories.reach import MEMBERS, Bounds, Channel
from dashboard.wording import N_, Wording, sentence

MOST_FACTORS = 4  # a longer product is not written out
CHANNEL_NAMES = {
    MEMBERS: N_("Members of the network"),
    "linkedin_group": N_("LinkedIn group"),
    "linkedin_page": N_("LinkedIn page"),
    "linkedin_connections": N_("LinkedIn contacts"),
    "newsletter": N_("Newsletter"),
}
MEASURE_NAMES = {"members": N_("members"), "followers": N_("followers"), "contacts": N_("contacts")}
HOUR_KINDS = {
    "prepare": N_("Preparing"),
    "host": N_("Hosting sessions"),
    "one_to_one": N_("One-to-one talks"),
    "process": N_("Keeping the process going"),
    "admin": N_("Administration"),
}


# --- participation ------------------------------------------------------------------------------------------


def took_part(found: Participation, words: Wording) -> str:
    """How many came at least once, and to an activity on average."""
    if not found.has_shares:
        came = found.eligible - found.missed
        return words.n(
            "{came} of {eligible} members took part",
            "{came} of {eligible} members took part",
            came,
            came=sentence(words.number_word(came)),
            eligible=words.number_word(found.eligible),
        )
    if len(found.activities) == 1:
        return words.t("Of the members, {share} took part", share=words.share_in_words(found.union))
    return words.t(
        "Of the members, {union} took part, {mean} per activity",
        union=words.share_in_words(found.union),
        mean=words.share_in_words(found.mean),
    )


def missed(found: Participation, words: Wording) -> str:
    """How many came to none."""
    if not found.missed:
        return words.t("Every member came at least once")
    number = sentence(words.number_word(found.missed))
    return words.n(
        "{number} member did not come", "{number} members did not come", found.missed, number=number
    )


def verdict(found: Participation, words: Wording) -> str:
    """The fixed words for the reach beside chance; empty where nothing can be said."""
    share, chance = words.share(found.union), words.share(found.chance)
    if found.verdict is Verdict.NEAR:
        text = N_("The reach of **{share}** is **about what one would expect by chance** ({chance}).")
    elif found.verdict is Verdict.LOWER:
        text = N_(
            "The reach of **{share}** is **lower than by chance: always the same people** "
            "(by chance {chance})."
        )
    elif found.verdict is Verdict.HIGHER:
        text = N_(
            "The reach of **{share}** is **higher than by chance: each activity draws other people** "
            "(by chance {chance})."
        )
    else:
        return ""
    return words.t(text, share=share, chance=chance)


def reading(found: Participation, words: Wording) -> tuple[str, ...]:
    """How to read the picture."""
    said = verdict(found, words)
    if not said:
        return (
            words.t(
                "With one activity, or with few members who came, there is nothing to compare with chance."
            ),
        )
    if len(found.activities) <= MOST_FACTORS:
        factors = " × ".join(words.number(1 - each.share, 2) for each in found.activities)
        how = words.t(
            "If everybody chooses apart from the others, 1 − {factors} = {chance} comes at least once.",
            factors=factors,
            chance=words.share(found.chance),
        )
    else:
        how = words.t(
            "If everybody chooses anew for each of the {count} activities, {chance} comes at least once.",
            count=words.number(len(found.activities)),
            chance=words.share(found.chance),
        )
    return (
        said,
        how + " " + words.t("Much lower means: always the same people. Much higher: each draws others."),
    )


def times_name(times: Times, total: int, words: Wording) -> str:
    """To how many activities."""
    if times.is_or_more:
        return words.t("To {number} or more", number=words.number_word(times.activities))
    if times.activities == 0:
        return words.t("To none")
    if times.activities == total and total > 1:
        return words.t("To all {number}", number=words.number_word(total))
    return words.t("To {number}", number=words.number_word(times.activities))


def people_per_unit(rows: Sequence[Unit], words: Wording) -> str:
    """How many people in how many units."""
    units = words.n("{count} unit", "{count} units", len({row.unit for row in rows}))
    people = sum(row.people for row in rows)
    places = len({row.region for row in rows if row.region})
    if not places:
        return words.n(
            "{count} person works in {units}", "{count} people work in {units}", people, units=units
        )
    return words.n(
        "{count} person works in {units}, at {places}",
        "{count} people work in {units}, at {places}",
        people,
        units=units,
        places=words.n("{count} place", "{count} places", places),
    )


def hours_a_week(rows: Sequence[Hours], words: Wording) -> str:
    """How many hours facilitation takes."""
    mean = sum(row.hours for row in rows) / (weeks_of(rows) or 1)
    return words.t("Facilitation took {hours} hours a week", hours=words.number(mean, 1))


def hours_each(rows: Sequence[Hours], words: Wording) -> str:
    """What that is for each active member, in minutes."""
    each = hours_per_active(rows)
    if each is None:
        return ""
    return words.t(
        "That is {minutes} minutes a week for each active member.", minutes=words.number(each * 60)
    )


def hour_kind(kind: str, words: Wording) -> str:
    """What a kind of work is called."""
    return words.t(HOUR_KINDS[kind]) if kind in HOUR_KINDS else kind or words.t("unknown")


# --- exchange -----------------------------------------------------------------------------------------------


def pairs(found: Ties, words: Wording) -> str:
    """How many of the possible pairs exchanged anything."""
    return words.n(
        "{count} of the {possible} pairs exchanged something",
        "{count} of the {possible} pairs exchanged something",
        found.pairs,
        possible=words.number(found.possible),
    )


def both_ways(found: Ties, words: Wording) -> str:
    """How many went both ways, and lasted."""
    return words.t(
        "Pairs that gave both ways: {reciprocal}. In touch for sixty days or longer: {sustained}.",
        reciprocal=words.number(found.reciprocal),
        sustained=words.number(found.sustained),
    )


def top_topic(counted: Sequence[tuple[str, int]], words: Wording) -> str:
    """The topic exchanged most, where one stands out."""
    named = [pair for pair in counted if pair[0]]
    if not named or (len(named) > 1 and named[0][1] == named[1][1]):
        return words.t("Topics of the exchange")
    return words.t("Most exchange was about {topic}", topic=named[0][0])


def help_asked(count: int, words: Wording) -> str:
    """How often help was asked."""
    number = words.number_word(count)
    return words.n("Help was asked for once", "Help was asked for {number} times", count, number=number)


def waiting(rows: Sequence[Heard], words: Wording) -> str:
    """What still waits for a decision, else how much was said."""
    left = sum(row.open for row in rows)
    received = sum(row.received for row in rows)
    if left:
        return words.n(
            "{number} of {received} comments still waits for a decision",
            "{number} of {received} comments still wait for a decision",
            left,
            number=sentence(words.number_word(left)),
            received=words.number(received),
        )
    if received:
        return words.n("{count} comment was handled", "All {count} comments were handled", received)
    return words.t("No comments yet")


def gap(rows: Sequence[Heard], words: Wording) -> str:
    """Which audience was not heard again."""
    missing = not_heard(rows)
    if not missing:
        return ""
    return words.t(
        "Not heard on the newest version with comments: {audiences}.", audiences=words.listed(missing)
    )


# --- reach --------------------------------------------------------------------------------------------------


def channel_name(channel: str, words: Wording) -> str:
    """What a channel is called."""
    return words.t(CHANNEL_NAMES[channel]) if channel in CHANNEL_NAMES else channel


def measure_name(measure: str, words: Wording) -> str:
    """What is counted."""
    return words.t(MEASURE_NAMES[measure]) if measure in MEASURE_NAMES else measure


def channels(rows: Sequence[Channel], words: Wording) -> str:
    """The largest channels, each with its own number."""
    parts = [
        words.t(
            "the {channel} has {count} {measure}",
            channel=channel_name(row.channel, words),
            count=words.number(row.latest.value),
            measure=measure_name(row.measure, words),
        )
        for row in rows[:2]
    ]
    return sentence(words.listed(parts))


def together(row: Bounds, words: Wording) -> str:
    """Two channels as one sentence of bounds."""
    return words.t(
        "{larger} and {smaller} together: at least {lower} and at most {upper} people",
        larger=channel_name(row.larger, words),
        smaller=channel_name(row.smaller, words),
        lower=words.number(row.lower),
        upper=words.number(row.upper),
    )
