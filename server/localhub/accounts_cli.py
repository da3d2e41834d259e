"""`localhub user …` and `localhub group …`: the accounts of a served hub.

They work on the hub's database, whether the hub runs or not; a running one is told what has ended.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from .cli_common import AsJson, DataDir, data_dir, fail, say
from .domain.permissions import Role
from .owner import owner_name

if TYPE_CHECKING:
    from .services.accounts import Accounts

user_app = typer.Typer(help="Accounts of a hub that is served.", no_args_is_help=True)
group_app = typer.Typer(help="Groups of accounts.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="The account's name.", show_default=False)]
Group = Annotated[str, typer.Argument(help="The group's name.", show_default=False)]


@user_app.command("add")
def add_user(
    name: Name,
    email: Annotated[Optional[str], typer.Option(help="E-mail address.", show_default="NAME@localhost")] = None,  # noqa: UP045
    full_name: Annotated[str, typer.Option("--full-name", help="The person's name.")] = "",
    admin: Annotated[bool, typer.Option("--admin", help="May see all accounts and sign-ins.")] = False,
    data: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Add an account. The password is asked for, or read as the first line of standard input."""
    with _accounts(data, as_json) as accounts:
        password = _password(name)
        role = Role.ADMIN if admin else Role.USER
        user = accounts.add(name, email or f"{name}@localhost", full_name, role, password)
    say({"id": user.id, "name": user.name, "email": user.email, "role": role.value}, f"Added {user.name}.", as_json)


@user_app.command("list")
def list_users(data: DataDir = None, as_json: AsJson = False) -> None:
    """List the accounts."""
    with _accounts(data, as_json) as accounts:
        people = [
            {
                "id": row.id,
                "name": row.name,
                "fullName": row.full_name,
                "email": row.email,
                "role": row.role,
                "groups": [group.name for group in row.groups],
                "hasPassword": row.password_hash is not None,
            }
            for row in accounts.people()
        ]
    if as_json:
        typer.echo(json.dumps({"users": people}, ensure_ascii=False))
        return
    for each in people:
        typer.echo(_line(each))


@user_app.command("remove")
def remove_user(name: Name, data: DataDir = None, as_json: AsJson = False) -> None:
    """Remove an account: its tokens stop working at once, its jobs stay in the data folder."""
    if name.casefold() == owner_name().casefold():
        fail(f"{name} runs this hub: its command line needs that account. Give it another password instead.", as_json)
    with _accounts(data, as_json) as accounts:
        accounts.remove(name)
    _tell(data, as_json)
    say({"removed": name}, f"Removed {name}. Jobs that run go on; “localhub stop --jobs” ends all.", as_json)


@user_app.command("password")
def set_password(name: Name, data: DataDir = None, as_json: AsJson = False) -> None:
    """Give an account another password and end its sign-ins."""
    with _accounts(data, as_json) as accounts:
        accounts.set_password(name, _password(name))
    _tell(data, as_json)
    say({"changed": name}, f"{name} has a new password and must sign in again everywhere.", as_json)


@group_app.command("add")
def add_group(group: Group, data: DataDir = None, as_json: AsJson = False) -> None:
    """Add a group."""
    with _accounts(data, as_json) as accounts:
        accounts.add_group(group)
    say({"group": group}, f"Added the group {group}.", as_json)


@group_app.command("list")
def list_groups(data: DataDir = None, as_json: AsJson = False) -> None:
    """List the groups and their members."""
    with _accounts(data, as_json) as accounts:
        groups = [{"name": each.name, "members": accounts.members(each.name)} for each in accounts.groups()]
    if as_json:
        typer.echo(json.dumps({"groups": groups}, ensure_ascii=False))
        return
    for each in groups:
        typer.echo(f"{each['name']}: {', '.join(each['members']) or 'nobody'}")


@group_app.command("remove")
def remove_group(group: Group, data: DataDir = None, as_json: AsJson = False) -> None:
    """Remove a group; its members keep their accounts."""
    with _accounts(data, as_json) as accounts:
        accounts.remove_group(group)
    say({"removed": group}, f"Removed the group {group}.", as_json)


@group_app.command("join")
def join(group: Group, name: Name, data: DataDir = None, as_json: AsJson = False) -> None:
    """Put an account into a group."""
    with _accounts(data, as_json) as accounts:
        accounts.join(group, name)
    say({"group": group, "name": name}, f"{name} is in {group}.", as_json)


@group_app.command("leave")
def leave(group: Group, name: Name, data: DataDir = None, as_json: AsJson = False) -> None:
    """Take an account out of a group."""
    with _accounts(data, as_json) as accounts:
        accounts.leave(group, name)
    say({"group": group, "name": name}, f"{name} is not in {group} any more.", as_json)


@contextmanager
def _accounts(data: Path | None, as_json: bool) -> Iterator["Accounts"]:
    """The accounts of that data folder. What is refused ends the command."""
    from .domain.refusals import Refusal
    from .services.accounts import Accounts
    from .services.files import private_dir
    from .services.store import Store

    folder = data_dir(data)
    try:
        store = Store(private_dir(folder) / "hub.sqlite")
    except OSError as error:
        fail(f"The data folder {folder} cannot be used: {error.strerror}.", as_json)
    try:
        yield Accounts(store)
    except Refusal as refusal:
        fail(str(refusal), as_json)
    finally:
        store.close()


def _tell(data: Path | None, as_json: bool) -> None:
    """A hub that runs there lets nobody in any more whose sign-ins have ended."""
    from . import hub_client
    from .control_paths import ACCOUNTS_CHANGED_PATH

    try:
        hub_client.ask(data_dir(data) / "state", "POST", ACCOUNTS_CHANGED_PATH)
    except hub_client.NotRunning:
        return
    except hub_client.CannotReach as error:
        fail(f"It is done, but the hub that runs there was not told: {error} Restart it.", as_json)


def _password(name: str) -> str:
    if sys.stdin.isatty():
        return str(typer.prompt(f"Password of {name}", hide_input=True, confirmation_prompt=True, err=True))
    return sys.stdin.readline().rstrip("\r\n")


def _line(person: dict[str, Any]) -> str:
    parts = [person["name"], person["fullName"], person["email"], person["role"] if person["role"] == "admin" else ""]
    groups = f"in {', '.join(person['groups'])}" if person["groups"] else ""
    note = "" if person["hasPassword"] else "no password: the account of this computer's own command line"
    return ", ".join(part for part in (*parts, groups, note) if part)
