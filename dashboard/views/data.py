"""Data: sources and how fresh they are, what was refused, adding files, processing, releases."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import streamlit as st

from dashboard import data, deliveries, facts, runs
from dashboard.access import current_language, require
from dashboard.charts.grammar import Style
from dashboard.deliveries import Refused, SourceStatus
from dashboard.figure import Figure, show
from dashboard.held_form import show_held
from dashboard.jobs import JOBS, RefreshJob, RefreshResult, put_in_inbox
from dashboard.mapping_form import show_unmapped
from dashboard.mapping_list import show_mappings
from dashboard.markdown import plain
from dashboard.navigation import page as page_entry
from dashboard.page import Page, open_page, show_title
from dashboard.provenance import Provenance, provenance
from dashboard.tokens import tokens_for
from dashboard.wording import Wording
from etl.errors import InputError
from etl.home import Home, find_home
from etl.warehouse import Answer
from queries.catalog import Role

RESULT = "refresh-result"
WATCHED = "refresh-watched"
UPLOADS = "upload-number"


def add_files(home: Home, words: Wording) -> None:
    """Choose files, put them in the inbox, process; one button."""
    with st.container(key="paneel-upload"):
        st.header(words.t("Add files"), anchor=False)
        st.caption(
            words.t(
                "Any export will do: LinkedIn, Teams, Google Forms, or your own table. "
                "The file stays as it is; Kring says what it could use."
            )
        )
        number = st.session_state.get(UPLOADS, 0)
        chosen = st.file_uploader(words.t("Files to add"), accept_multiple_files=True, key=f"upload-{number}")
        job = watched_job(home)
        if job is not None:
            progress(job, words)
        else:
            start_button(home, chosen or [], words)
            show_result(st.session_state.get(RESULT), words)


def watched_job(home: Home) -> RefreshJob | None:
    """The refresh that runs. Of one that this visit saw running, the result is kept when it is done."""
    job = JOBS.running(home) or st.session_state.pop(WATCHED, None)
    if job is None:
        return None
    if job.result is not None:
        st.session_state[RESULT] = job.result
        return None
    st.session_state[WATCHED] = job
    return job


def start_button(
    home: Home, chosen: list[st.runtime.uploaded_file_manager.UploadedFile], words: Wording
) -> None:
    """Adds what was chosen and starts a run."""
    waiting = deliveries.waiting_in_inbox(home)
    if waiting:
        st.caption(words.n("{count} file waits in the inbox.", "{count} files wait in the inbox.", waiting))
    label = words.t("Add and process") if chosen else words.t("Process now")
    if not st.button(label, key="start-refresh", type="primary", icon=":material/play_arrow:"):
        return
    for file in chosen:
        try:
            put_in_inbox(home, file.name, file)
        except InputError as error:
            st.error(error.line())
            return
    st.session_state[UPLOADS] = st.session_state.get(UPLOADS, 0) + 1
    st.session_state.pop(RESULT, None)
    JOBS.refresh(home)
    st.rerun()


@st.fragment(run_every=1.0)
def progress(job: RefreshJob, words: Wording) -> None:
    """The run as it goes; the whole page follows when it is done."""
    result = job.result
    if result is None:
        share = job.step.share if job.step else 0.0
        st.progress(share, text=deliveries.step_words(job.step, words))
        return
    st.rerun()


def show_result(result: RefreshResult | None, words: Wording) -> None:
    """How the last run of this visit ended."""
    if result is None:
        return
    sentence = plain(deliveries.result_words(result, words))
    if result.succeeded:
        st.success(sentence, icon=":material/check:")
        return
    st.warning(sentence, icon=":material/error:")
    if result.problem:
        st.text(result.problem)


def sources_figure(page: Page, shown: tuple[SourceStatus, ...], answer: Answer) -> Figure:
    """Each source with its state in words."""
    words, zone = page.words, ZoneInfo(page.zone)
    first = deliveries.asking_first(shown)
    more = len(shown) - len(first)
    return Figure(
        key="sources",
        headline=deliveries.sources_headline(shown, words),
        subtitle=words.t("Per source: the last delivery, and how many rows count"),
        drawings=(),
        table=deliveries.sources_table(shown, zone, words),
        provenance=register_of(answer),
        source=register_line(page),
        lead=deliveries.sources_table(first, zone, words, brief=True),
        note=words.n(
            "{count} more source is up to date; the table lists it too.",
            "{count} more sources are up to date; the table lists them too.",
            more,
        )
        if more
        else "",
    )


def refused_figure(page: Page, rejected: int, shown: tuple[Refused, ...]) -> Figure:
    """The rows that could not be used; the list holds the first of each file."""
    words = page.words
    table = deliveries.refused_table(shown, words)
    beyond = max(rejected - sum(row.line is not None for row in shown), 0)
    return Figure(
        key="refused",
        headline=deliveries.refused_headline(rejected, shown, words),
        subtitle=refused_subtitle(bool(deliveries.held_files(find_home(None))), words),
        drawings=(),
        table=table,
        provenance=register_of(data.ask("refused_rows")),
        source=register_line(page),
        note=words.n("{count} more is not listed.", "{count} more are not listed.", beyond) if beyond else "",
        lead=deliveries.refused_brief(shown, words),
    )


def refused_subtitle(is_one_held: bool, words: Wording) -> str:
    """What to do. Of a file that waits for a decision no other row counts yet."""
    if is_one_held:
        return words.t(
            "Correct them in the file and add it again; the other rows of the file count already, "
            "but not those of a file that waits for your decision"
        )
    return words.t("Correct them in the file and add it again; the other rows of the file count already")


def register_of(answer: Answer) -> Provenance:
    """The story of what this page says: every file that was received is behind it."""
    return provenance([answer], deliveries.received_files(find_home(None)))


def register_line(page: Page) -> str:
    """The source of what this page says: Kring's own register."""
    return page.words.t("Source: register of received files · as of {day}", day=page.words.date(page.as_of))


def show_runs(home: Home, zone: ZoneInfo, style: Style) -> None:
    """What ran, how it ended, and when Kring works by itself next."""
    words = style.words
    shown = runs.runs_of(home, data.settings().schedule, datetime.now(UTC), zone)
    with st.container(key="fig-runs"):
        st.header(plain(runs.runs_headline(shown, words)), anchor=False)
        st.caption(plain(runs.due_words(shown, zone, words)))
        if shown.last:
            st.html(runs.runs_table(shown.last, zone, words).html(style.tokens))


def show_releases(home: Home, zone: ZoneInfo, style: Style) -> None:
    """The releases that are kept."""
    words = style.words
    kept, served = deliveries.kept_releases(home)
    with st.container(key="fig-releases"):
        st.header(words.n("{count} release is kept", "{count} releases are kept", len(kept)), anchor=False)
        st.caption(
            words.t("Each run with something new makes a release. Going back: kring releases rollback")
        )
        st.html(deliveries.releases_table(kept, served, zone, words).html(style.tokens))


def first_files(home: Home, style: Style) -> None:
    """The page of a home without a release: only adding files makes sense."""
    words = style.words
    zone = ZoneInfo(
        data.settings().network.time_zone
    )  # before a word is said: without settings there is no page
    st.title(page_entry("data").title.in_language(words.language), anchor=False)
    st.markdown(words.t("There are no figures yet. Add your first file."))
    add_files(home, words)
    show_unmapped(home, words)
    show_runs(home, zone, style)


def main() -> None:
    """The page."""
    require(Role.COORDINATOR)
    home = find_home(None)
    if not home.current_pointer.exists():
        first_files(home, Style(tokens_for(st.context.theme.type), Wording(current_language())))
        return
    page = open_page()
    words, style = page.words, page.style
    show_title(page, page_entry("data").title.in_language(words.language))
    answer = data.ask("data_status")
    failing = facts.failed_connections(data.ask("attention").records())
    shown = deliveries.source_statuses(answer.records(), failing)
    show_held(home, words)
    show_unmapped(home, words)
    lead, side = st.columns([2.1, 1], gap="large")
    with lead:
        show(sources_figure(page, shown, answer), style)
    with side:
        add_files(home, words)
    rejected = sum(row.rejected for row in shown)
    refused = deliveries.refused_rows(data.ask("refused_rows").records())
    if refused:
        show(refused_figure(page, rejected, refused), style)
    show_mappings(home, words)
    show_runs(home, ZoneInfo(page.zone), style)
    show_releases(home, ZoneInfo(page.zone), style)


main()
