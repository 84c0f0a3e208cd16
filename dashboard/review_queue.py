"""What waits for a judgement now: the release's pairs, less what was decided since."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard import data
from dashboard.organisation_review import OrganisationQueue, organisation_pairs, organisation_queue
from dashboard.reviewing import Pair, Queue, pairs_of, queue_of
from etl.decisions import Decisions, PersonDecision
from etl.home import find_home
from etl.organisation_book import OrganisationDecision, OrganisationDecisions


def people_history() -> tuple[PersonDecision, ...]:
    """Every decision about people, the oldest first."""
    with Decisions(find_home(None)) as decisions:
        return decisions.person_decisions(include_undone=True)


def organisation_history() -> tuple[OrganisationDecision, ...]:
    """Every decision about organisations, the oldest first."""
    with OrganisationDecisions(find_home(None)) as decisions:
        return decisions.history()


def people_now(skipped: Sequence[str]) -> tuple[Queue, tuple[Pair, ...]]:
    """The queue of people, and every pair that the release named."""
    pairs = pairs_of(data.ask("suggestions").records(), data.ask("kept_apart").records())
    known = frozenset(int(str(record["decision_id"])) for record in data.ask("person_decisions").records())
    return queue_of(pairs, people_history(), known, skipped), pairs


def organisations_now() -> OrganisationQueue:
    """The queue of organisations."""
    pairs = organisation_pairs(data.ask("organisation_suggestions").records())
    with OrganisationDecisions(find_home(None)) as decisions:
        book, history = decisions.book(), decisions.history()
    return organisation_queue(pairs, book, history, data.release().built_at)


def waiting_now() -> int:
    """How many pairs wait, for the menu and the overview."""
    return len(people_now(())[0].waiting) + len(organisations_now().waiting)
