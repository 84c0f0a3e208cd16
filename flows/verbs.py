"""The verbs of `kring`. Heavy imports live inside the verb that needs them."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from etl.errors import UsageError
from etl.home import Home, find_home
from flows.asking import AnswerFormat, AskedRole, answer
from flows.backup import backup_command, restore_command
from flows.options import HomeOption, JsonOption, in_whole_sentences
from flows.organisation import organisation_app
from flows.person import person_app
from flows.review import review_app
from flows.rotation import rotate_key_command

if TYPE_CHECKING:
    from dashboard.serving import ServingCommand

REFUSED_INPUT = 3

app = typer.Typer(
    name="kring",
    help="Shows a learning network how it grows, who meets in it and what it talks about.",
    epilog="Every verb takes --debug, which adds the traceback to an error.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
releases_app = typer.Typer(
    help="The releases that are kept: list them, go back, compare.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(releases_app, name="releases")

theme_app = typer.Typer(
    help="The themes: list them, name them, take a name back.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(theme_app, name="theme")
app.add_typer(organisation_app, name="organisation")
app.add_typer(review_app, name="review")
app.add_typer(person_app, name="person")
person_app.command("rotate-key")(rotate_key_command)
app.command("backup")(backup_command)
app.command("restore")(restore_command)


def _say_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        print(f"Kring {version('kring')}")
        raise typer.Exit


@app.callback()
def about(
    version: Annotated[
        bool,
        typer.Option("--version", is_eager=True, callback=_say_version, help="Say which version this is."),
    ] = False,
) -> None:
    """Takes what stands before a verb."""


AddressOption = Annotated[str, typer.Option(help="Address to serve on. Without sign-in: this computer only.")]
PortOption = Annotated[int, typer.Option(min=1, max=65535, help="Port to serve on.")]


@app.command()
def demo(
    home: HomeOption = None,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Stop after the refresh.")] = False,
    address: AddressOption = "127.0.0.1",
    port: PortOption = 8501,
) -> None:
    """Write the demo network's exports into an inbox, refresh, and start the dashboard."""
    from etl.demo import write_demo
    from flows.printing import say, shown_progress
    from flows.run import refresh

    chosen = find_home(home)
    if not no_serve:
        _require_servable(chosen, address, port)
    if not chosen.exists:
        _require_empty(chosen)
        write_demo(chosen)
    elif not (chosen.root / DEMO_MARK).exists():
        raise UsageError(
            str(chosen.root), "a home of your own network", "a new folder", "Choose one with --home."
        )
    (chosen.root / DEMO_MARK).touch(mode=0o600)
    with shown_progress(as_json=False) as progress:
        report = refresh(chosen, progress=progress)
    say(f"The demo network: {report.people} people as of {report.as_of}, release {report.release}.")
    if report.rows_rejected:
        say(f"Some of its rows are refused on purpose: see kring ask refused_rows --home {chosen.root}.")
    if not no_serve:
        _serve(chosen, address, port)


@app.command()
def init(folder: Annotated[Path, typer.Argument(help="The folder to make.")]) -> None:
    """Make a home for a network: folders, and a commented kring.toml."""
    from etl.settings_template import default_settings_text

    home = Home(folder.expanduser().absolute())
    if home.exists:
        raise UsageError(str(home.root), "a home already", "a new folder")
    if home.is_half_restored:
        home.require()
    home.create()
    home.settings_file.write_text(default_settings_text(), encoding="utf-8")
    home.settings_file.chmod(0o600)
    print(f"A home at {home.root}. Drop exports in {home.inbox}, then: kring refresh --home {folder}")


@app.command()
def inspect(
    files: Annotated[list[Path], typer.Argument(help="Files or folders.", exists=True)],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say what each file is and exactly what it would yield. Writes nothing."""
    from etl.settings import Settings, load_settings
    from etl.sources.inspect import inspect as inspect_files
    from etl.sources.reading import reading_json
    from flows.printing import print_readings

    chosen = find_home(home)
    if home is not None:
        chosen.require()
    settings = load_settings(chosen) if chosen.exists else Settings()
    readings = inspect_files(files, settings)
    if as_json:
        print(reading_json(readings))
    else:
        print_readings(readings)
    if any(reading.status.value == "rejected" or reading.rows.rejected for reading in readings):
        raise typer.Exit(REFUSED_INPUT)


@app.command()
def refresh(
    home: HomeOption = None,
    as_of: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="The day that counts as today."),
    ] = None,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Read and build everything again.")] = False,
    accept: Annotated[
        str | None, typer.Option(help="Try a refused file again, by its SHA-256 or the start of it.")
    ] = None,
    leave_out: Annotated[
        str | None, typer.Option(help="Do not use a file that waits, by its SHA-256 or the start of it.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Take what is in the inbox, read it, build, check, and publish a release when anything changed."""
    from etl.ledger import STARTED_BY, StartedBy
    from flows.printing import print_report, shown_progress
    from flows.run import refresh as run_refresh

    started_by = StartedBy(os.environ.get(STARTED_BY, StartedBy.HAND.value))
    with shown_progress(as_json) as progress:
        day = as_of.date() if as_of else None
        report = run_refresh(find_home(home), day, rebuild, accept, progress, started_by, leave_out)
    if as_json:
        print(report.json())
    else:
        print_report(report)
    if report.refused_input:
        raise typer.Exit(REFUSED_INPUT)


@app.command()
def questions(
    role: Annotated[AskedRole, typer.Option(help="Those that this role may ask.")] = AskedRole.COORDINATOR,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the questions that may be asked, with their parameters."""
    from flows.printing import print_questions
    from queries.catalog import Role
    from queries.catalog import questions as all_questions

    if home is not None:  # the same in every home, but there must be one
        find_home(home).require()
    print_questions([each for each in all_questions() if each.role <= Role[role.value.upper()]], as_json)


@app.command()
def ask(
    name: Annotated[str, typer.Argument(help="The question; see kring questions.")],
    parameter: Annotated[list[str] | None, typer.Option("-p", help="A parameter, as key=value.")] = None,
    role: Annotated[AskedRole, typer.Option(help="Ask as this role.")] = AskedRole.COORDINATOR,
    format_: Annotated[AnswerFormat, typer.Option("--format", help="How to print.")] = AnswerFormat.TABLE,
    home: HomeOption = None,
) -> None:
    """Answer a question from the current release."""
    answer(name, parameter or [], role, format_, home)


@app.command()
def feeds() -> None:
    """List the feeds and their fields: what one row of input can mean."""
    from etl.schema.feeds import FEEDS

    for feed in FEEDS:
        print(f"{feed.name}: {feed.meaning}")
        needs = " and ".join("/".join(group) for group in feed.required)
        print(f"    needs {needs}")
        for column in feed.columns:
            print(f"    {column.name} ({column.type.name.lower()}): {column.meaning}")


@app.command()
def status(home: HomeOption = None) -> None:
    """Show the release being served, the sources, the last runs and what was refused."""
    from flows.health import print_status

    print_status(find_home(home).require())


@app.command()
def doctor(home: HomeOption = None) -> None:
    """Check Python, the pins, the packages, the browser, and the home's settings and rights."""
    from flows.health import print_diagnosis

    if not print_diagnosis(find_home(home), is_named=bool(home or os.environ.get("KRING_HOME"))):
        raise typer.Exit(1)


@app.command()
def dashboard(home: HomeOption = None, address: AddressOption = "127.0.0.1", port: PortOption = 8501) -> None:
    """Start the dashboard."""
    _serve(find_home(home).require(), address, port)


@app.command()
def serve(
    home: HomeOption = None,
    address: AddressOption = "127.0.0.1",
    port: PortOption = 8501,
    prefect_port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port of the Prefect server; 0 takes a free one.")
    ] = 0,
) -> None:
    """Run the schedule and the dashboard together until Ctrl-C; all of it on this computer only."""
    from flows.serve import serve as serve_all

    serve_all(find_home(home).require(), address, port, prefect_port)


@app.command()
def publish(
    home: HomeOption = None,
    preview: Annotated[
        bool, typer.Option("--preview", help="Write the page to cache/preview/ and publish nothing.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask first.")] = False,
    correction: Annotated[
        str | None, typer.Option(help="Publish today, with this note on what was put right.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Publish the figures for everyone: on or after the fixed day, or as a correction."""
    from flows.publishing import draft_json, draft_lines, preview_site, publication_json, publish_site

    chosen = find_home(home).require()
    note = " ".join((correction or "").split()) or None
    if correction is not None and note is None:
        raise UsageError("--correction", "an empty note", "one sentence on what was put right")
    if preview or not yes:
        draft = preview_site(chosen, note)
        if preview and as_json:
            print(draft_json(chosen, draft))
        else:
            print("\n".join(draft_lines(chosen, draft)), file=sys.stderr if as_json else sys.stdout)
        if preview or not _agreed():
            return
    published = publish_site(chosen, note)
    if as_json:
        print(publication_json(published))
    else:
        print(f"Published {published.publication}: figures up to and including {published.period_end}.")


@app.command()
def public(home: HomeOption = None, address: AddressOption = "127.0.0.1", port: PortOption = 8502) -> None:
    """Serve the public page, and nothing else of the home."""
    from dashboard.public_server import serve_public
    from dashboard.serving import require_free

    chosen = find_home(home)
    require_free(address, port)
    print(f"The public page is on http://{address}:{port} (stop it with Ctrl-C)", file=sys.stderr)
    serve_public(chosen, address, port)


@releases_app.command("list")
def list_releases(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """List the releases that are kept, newest first."""
    from etl.release import releases
    from flows.printing import print_releases

    print_releases(releases(find_home(home).require()), as_json)


@releases_app.command()
def rollback(
    release: Annotated[str | None, typer.Argument(help="A release; else the one before the current.")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Serve an earlier release again. A later refresh with something new moves on from it."""
    from etl.release import rollback as roll_back
    from flows.printing import print_served

    print_served(roll_back(find_home(home).require(), release), as_json)


@releases_app.command("diff")
def diff_releases(
    a: Annotated[str, typer.Argument(help="A release: its id, current or previous.")] = "previous",
    b: Annotated[str, typer.Argument(help="Another release.")] = "current",
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Compare the tables of two releases."""
    from etl.release import diff, named_manifest
    from flows.printing import print_differences

    chosen = find_home(home).require()
    ids = (named_manifest(chosen, a).release, named_manifest(chosen, b).release)
    print_differences(ids, diff(chosen, *ids), as_json)


@theme_app.command("list")
def list_themes(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """List the themes under the names in force, the largest first."""
    from flows.theming import print_themes, themes

    print_themes(themes(find_home(home).require()), as_json)


@theme_app.command("rename")
def rename_theme(
    theme: Annotated[str, typer.Argument(help="Its id, the start of its id, or its present name.")],
    name: Annotated[str, typer.Argument(help="The new name, in Dutch.")],
    english: Annotated[
        str | None, typer.Option("--en", help="The name in English; else the same in both.")
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Name a theme. No refresh and no rebuild takes that name away."""
    from flows.theming import print_theme, rename

    print_theme(rename(find_home(home).require(), theme, name, english), as_json)


@theme_app.command("undo")
def undo_theme(
    theme: Annotated[str | None, typer.Argument(help="A theme; else the last decision of all.")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take back the last decision about a theme."""
    from flows.theming import print_theme, undo

    print_theme(undo(find_home(home).require(), theme), as_json)


DEMO_MARK = ".demo"


def _agreed() -> bool:
    """Whether a person at the terminal says yes; without one the answer is no."""
    if not sys.stdin.isatty():
        raise UsageError("publish", "nobody to ask", "a terminal, or --yes")
    return typer.confirm("Publish this for everyone?", default=False)


def _require_empty(home: Home) -> None:
    if home.root.is_dir() and any(home.root.iterdir()):
        raise UsageError(str(home.root), "a folder with other things in it", "a new folder", "Use --home.")


def _require_servable(home: Home, address: str, port: int) -> ServingCommand:
    """Refuse an address or a port before the work, not after it."""
    from dashboard.serving import require_free, streamlit_command

    command = streamlit_command(home, address, port)
    require_free(address, port)
    return command


def _serve(home: Home, address: str, port: int) -> None:
    """Become the dashboard, so that whoever stops this process stops it."""
    command = _require_servable(home, address, port)
    print(f"The dashboard is on http://{address}:{port} (stop it with Ctrl-C)", file=sys.stderr)
    sys.stderr.flush()
    os.execve(command.arguments[0], command.arguments, {**os.environ, **dict(command.environment)})


in_whole_sentences(app)  # last: it tells of every verb
