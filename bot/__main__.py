"""The command line, `milepost` or `python -m bot`: what can be done, and how a failure is told.

Each command imports what it needs when it runs. So `--help` is quick, and a flow that is written wrongly stops the
commands that use it with a message of its own instead of all of them with a traceback.
"""
# ruff: noqa: PLC0415

from __future__ import annotations

import sys
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bot import start_up
from bot.errors import StartError
from conversations.notation import FlowError
from records.roles import Role

start_up.begin()

cli = typer.Typer(
    name="milepost",
    help="A text-message companion for goals.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
staff_cli = typer.Typer(help="The people who work with clients.", no_args_is_help=True)
import_cli = typer.Typer(help="Bring in what a county has already.", no_args_is_help=True)
token_cli = typer.Typer(help="Other systems that call the API.", no_args_is_help=True)
flow_cli = typer.Typer(help="The conversations: play them, print them, walk their paths.", no_args_is_help=True)
cli.add_typer(staff_cli, name="staff")
cli.add_typer(import_cli, name="import")
cli.add_typer(token_cli, name="token")
cli.add_typer(flow_cli, name="flow")


class Only(StrEnum):
    WEB = "web"
    SCHEDULER = "scheduler"


class Held(StrEnum):
    ALL = "all"
    UNPROMPTED = "unprompted"
    CLIENT = "client"
    CAMPAIGN = "campaign"


@cli.command()
def serve(
    only: Annotated[Only | None, typer.Option(help="Do one part; other processes do the other.")] = None,
    clock_file: Annotated[
        Path | None,
        typer.Option(help="Rehearse: stand still at the time in this file. Only with TWILIO_API_BASE on this machine."),
    ] = None,
) -> None:
    """Answer the provider's webhooks and the staff's browsers, and send what falls due."""
    from bot.app import Part
    from bot.commands.serve import serve as run

    run(Part(only) if only else Part.ALL, clock_file)


@cli.command()
def demo(
    folder: Annotated[Path, typer.Option(help="Where the demo keeps its data.")] = Path("demo-data"),
    port: Annotated[int | None, typer.Option(help="The port; by default PORT, else 8080, else a free one.")] = None,
) -> None:
    """Run a made-up county with a phone simulator. No account is needed, and no text leaves this machine."""
    from bot.commands.demo import demo as run

    run(folder, port)


@cli.command()
def county() -> None:
    """Print a county file with every key, to copy and change: that of the demo."""
    from bot.county_file import EXAMPLE

    typer.echo(EXAMPLE.read_text(encoding="utf-8"), nl=False)


@cli.command()
def check() -> None:
    """Look at everything before it matters: settings, county file, texts, flows, database. Exit status 1 on errors."""
    from bot.check import check_all
    from bot.commands.report import report

    raise typer.Exit(report(check_all()))


@cli.command()
def migrate() -> None:
    """Make the database's tables those of this release."""
    from bot.commands.migrate import migrate as run

    run()


@cli.command()
def backup(
    file: Annotated[Path, typer.Argument(help="The file to write; a backup of that name is replaced.", dir_okay=False)],
) -> None:
    """Copy the database to a file, while Milepost runs, and read the copy through. For SQLite."""
    from bot.commands.backup import backup as run

    run(file)


@cli.command()
def restore(
    file: Annotated[Path, typer.Argument(help="What `milepost backup` wrote.", dir_okay=False)],
    *,
    replace: Annotated[bool, typer.Option("--replace", help="Put the database that is there aside.")] = False,
) -> None:
    """Put a backup back. What was sent since it was made does not go out again. Milepost must be stopped."""
    from bot.commands.backup import restore as run

    run(file, replace=replace)


@cli.command()
def restored(
    made_at: Annotated[
        datetime | None,
        typer.Option(
            metavar="MOMENT",
            help="When the backup was begun, or what moment was recovered: 2027-03-02T09:00-08:00.",
            formats=["%Y-%m-%dT%H:%M%z", "%Y-%m-%dT%H:%M:%S%z"],
        ),
    ] = None,
) -> None:
    """Say that the database was put back by other means, such as pg_restore, before Milepost is started again."""
    from bot.commands.backup import restored as run

    run(made_at)


@cli.command()
def simulate(
    clients: Annotated[int, typer.Option(help="How many virtual clients.", min=1, max=100_000)] = 500,
    weeks: Annotated[int, typer.Option(help="How many weeks of their lives.", min=1, max=52)] = 6,
    seed: Annotated[int, typer.Option(help="The same seed gives the same weeks.")] = 1,
    jobs: Annotated[int, typer.Option(help="How many processes share the work.", min=1)] = 2,
    client: Annotated[int | None, typer.Option(help="Print this client's whole thread instead.", min=1)] = None,
    database: Annotated[
        str | None, typer.Option(help="An empty database to use, and keep, instead of a file that is thrown away.")
    ] = None,
    plant: Annotated[str | None, typer.Option(hidden=True)] = None,
) -> None:
    """Let virtual clients and staff live with the bot on a virtual clock. Exit status 1 if something is broken."""
    from bot.commands.simulate import planted, run_simulation
    from bot.simulator.simulation import Wanted

    wanted = Wanted(1, clients, weeks, seed, planted(plant))
    raise typer.Exit(run_simulation(wanted, jobs, client, database))


WhatIsHeld = Annotated[Held, typer.Argument(help="All texts, those that nobody waits for, a client's, a campaign's.")]
WhoseId = Annotated[str, typer.Argument(metavar="[ID]", help="The client's or the campaign's.", show_default=False)]


@cli.command()
def hold(
    what: WhatIsHeld,
    whose: WhoseId = "",
    because: Annotated[str, typer.Option(help="Why; staff read it.")] = "",
) -> None:
    """Hold texts back until they are released. What was claimed a moment ago still leaves."""
    from bot.commands.holds import hold as run

    run(what.value, whose, because)


@cli.command()
def release(what: WhatIsHeld, whose: WhoseId = "") -> None:
    """Let texts go that were held back. What is of no use any more does not go."""
    from bot.commands.holds import release as run

    run(what.value, whose)


@cli.command()
def holds() -> None:
    """List what is held back, since when, by whom and why."""
    from bot.commands.holds import list_holds

    list_holds()


@cli.command()
def queue() -> None:
    """Say how much waits to leave, and when it will be gone at the sender's pace."""
    from bot.commands.queue import show_queue

    show_queue()


@cli.command("whatsapp")
def whatsapp_contents() -> None:
    """Make what WhatsApp must approve before it carries it, buttons and lists; and look up what it has approved."""
    from bot.commands.whatsapp import whatsapp

    whatsapp()


@cli.command()
def trust(
    only: Annotated[list[str] | None, typer.Option(help="Only this trial, by its name; may be given again.")] = None,
    seed: Annotated[int, typer.Option(help="The same seed draws the same faults.")] = 1,
    database: Annotated[
        str | None, typer.Option(help="An empty database to use, and to empty again, instead of a file of SQLite.")
    ] = None,
    *,
    whatsapp: Annotated[bool, typer.Option("--whatsapp", help="Everybody texts on WhatsApp, not by SMS.")] = False,
    full: Annotated[bool, typer.Option("--full", help="In the sizes that the README shows, for an hour.")] = False,
) -> None:
    """Kill, cut off and lie to processes that text nobody. Exit status 1 if something was lost or doubled."""
    from bot.commands.trust import run_trials
    from records.channels import ChannelName

    channel = ChannelName.WHATSAPP if whatsapp else ChannelName.SMS
    raise typer.Exit(run_trials(only or [], seed, database, channel, full=full))


@staff_cli.command("add")
def staff_add(
    email: Annotated[str, typer.Argument(help="What they log in with.")],
    first_name: Annotated[str, typer.Argument(help="The name clients know them by.")],
    role: Annotated[Role, typer.Option(help="`milepost staff roles` says what each may do.")] = Role.ETW,
    team: Annotated[str, typer.Option(help="Their team, by its name; a new one is made.")] = "",
) -> None:
    """Add a member of staff, and print the link by which they choose a password. A script can pipe the password in."""
    from bot.commands.people import add_staff

    add_staff(email, first_name, role, team)


@staff_cli.command("team")
def staff_team(
    email: Annotated[str, typer.Argument(help="Who is put in a team.")],
    team: Annotated[str, typer.Argument(help='The team\'s name; a new one is made. "" takes them out of theirs.')],
) -> None:
    """Put somebody in a team. A supervisor sees the clients of the workers in it; without a team, all."""
    from bot.commands.people import put_in_team

    put_in_team(email, team)


@staff_cli.command("languages")
def staff_languages(
    email: str,
    writes: Annotated[list[str], typer.Argument(help="Codes, like en es. None: the county's first alone.")] = [],  # noqa: B006  typer's way
) -> None:
    """Say which languages somebody writes to clients in."""
    from bot.commands.people import set_languages

    set_languages(email, writes)


@staff_cli.command("roles")
def staff_roles() -> None:
    """Say what each role may do, and whose clients it reaches."""
    from bot.commands.people import print_roles

    print_roles()


@staff_cli.command("invite")
def staff_invite(
    email: Annotated[str, typer.Argument(help="Whose account it is.")],
    *,
    lost_second_factor: Annotated[
        bool,
        typer.Option("--lost-second-factor", help="Forget theirs, and end their log-ins."),
    ] = False,
) -> None:
    """Print a link by which somebody sets a new password and, where they have none, a second factor."""
    from bot.commands.people import invite

    invite(email, lost_second_factor=lost_second_factor)


DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would happen, and change nothing.")]
ReportFile = Annotated[
    Path | None, typer.Option("--report", help="Write what became of each row to this CSV file.", dir_okay=False)
]


@import_cli.command("clients")
def import_clients(
    file: Annotated[
        Path, typer.Argument(help="CSV or .xlsx with number, first_name, language, worker_email; maybe zone, shared.")
    ],
    *,
    dry_run: DryRun = False,
    report: ReportFile = None,
) -> None:
    """Add a list of clients. Bad rows are named and left out; the same file again changes nothing. Nobody is texted."""
    from bot.commands.importing import Wanted
    from bot.commands.importing import import_clients as run

    raise typer.Exit(run(Wanted(file, dry_run, report)))


@import_cli.command("visits")
def import_visits(
    file: Annotated[
        Path,
        typer.Argument(
            help="CSV or .xlsx with number, external_id, date, time; maybe place, bring, by_phone, first_name, "
            "worker_email, status."
        ),
    ],
    *,
    dry_run: DryRun = False,
    report: ReportFile = None,
) -> None:
    """Enter, move and end visits as the case system's list says. Clients are texted as if a worker had done it."""
    from bot.commands.importing import Wanted
    from bot.commands.importing import import_visits as run

    raise typer.Exit(run(Wanted(file, dry_run, report)))


@token_cli.command("create")
def token_create(
    name: Annotated[str, typer.Argument(help="Of the other system; staff read it in the log.")],
    scope: Annotated[list[str], typer.Option(help="What it may do, such as visits:write; give it once for each.")],
    team: Annotated[str, typer.Option(help="Only the clients of this team's workers.")] = "",
    days: Annotated[int, typer.Option(help="How long it is good.", min=1, max=366)] = 180,
) -> None:
    """Let another system in. Prints its token, which nobody can see again."""
    from bot.commands.tokens import create

    create(name, scope, team, days)


@token_cli.command("list")
def token_list() -> None:
    """List the tokens, what each may do, and when it was used last."""
    from bot.commands.tokens import list_tokens

    list_tokens()


@token_cli.command("revoke")
def token_revoke(
    token_id: Annotated[str, typer.Argument(metavar="ID", help="`milepost token list` shows it.")],
) -> None:
    """Shut another system out, at once and for good."""
    from bot.commands.tokens import revoke

    revoke(token_id)


Language = Annotated[str, typer.Option(help="A language of the catalogs: en, es.")]


@flow_cli.command("play")
def flow_play(
    name: Annotated[str, typer.Argument(help="The conversation's name; `milepost flow paths` lists them.")],
    language: Language = "en",
    script: Annotated[Path | None, typer.Option(help="Read the client's texts from a file, one a line.")] = None,
    *,
    golden: Annotated[bool, typer.Option("--golden", help="Print the run as a golden script.")] = False,
) -> None:
    """Play a conversation in the terminal, as its client. Nothing is stored or sent."""
    from bot.commands.flows import play

    play(name, language, script, golden=golden)


@flow_cli.command("page")
def flow_page(name: str, language: Language = "en") -> None:
    """Print a conversation as a page for an analyst."""
    from bot.commands.flows import page

    page(name, language)


@flow_cli.command("diagram")
def flow_diagram(name: str) -> None:
    """Print a conversation as a Mermaid diagram."""
    from bot.commands.flows import diagram

    diagram(name)


@flow_cli.command("paths")
def flow_paths(name: Annotated[str | None, typer.Argument(help="One conversation; all by default.")] = None) -> None:
    """Walk every path and count what was reached."""
    from bot.commands.flows import paths

    paths(name)


def main() -> None:
    """Run a command. What stops it is told in one message on the standard error, with exit status 1."""
    try:
        cli(prog_name="milepost")
    except StartError as error:
        sys.exit(str(error))
    except FlowError as error:
        sys.exit(f"A conversation is written wrongly:\n  - {error}")


if __name__ == "__main__":
    main()
