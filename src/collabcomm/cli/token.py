"""The command `token`: what assessors, trainers and other programs sign in with."""

from __future__ import annotations

import click

from collabcomm.cli.shared import database_option, open_store
from collabcomm.engine.people import MAX_NAME, ROLES, Role, now
from collabcomm.texts import counted


@click.group("token")
def token_group() -> None:
    """Give assessors, trainers and other programs access over HTTP."""


@token_group.command("create")
@click.option("--role", type=click.Choice(ROLES), required=True)
@click.option("--name", required=True, help="Who holds it.")
@database_option
def token_create(role: Role, name: str, database: str) -> None:
    """Make a token and print it, this once; only its hash is kept.

    Example: collabcomm token create --role assessor --name "Quality team"
    """
    click.echo(open_store(database).access.create_token(role, name[:MAX_NAME], now()))


@token_group.command("list")
@database_option
def token_list(database: str) -> None:
    """List who holds tokens; the tokens themselves are not known any more.

    Example: collabcomm token list
    """
    for role, name, created in open_store(database).access.tokens():
        click.echo(f"{created:%Y-%m-%d}  {role:8}  {name}")


@token_group.command("revoke")
@click.argument("name")
@database_option
def token_revoke(name: str, database: str) -> None:
    """Take back all tokens that somebody holds.

    Example: collabcomm token revoke "Quality team"
    """
    count = open_store(database).access.revoke_tokens(name[:MAX_NAME])
    if not count:
        raise click.ClickException(f"'{name}' holds no token; see: collabcomm token list")
    click.echo(f"{counted(count, 'token')} taken back.")
