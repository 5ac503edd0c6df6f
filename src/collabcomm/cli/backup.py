"""The commands `backup` and `restore`."""

from __future__ import annotations

from pathlib import Path

import click

from collabcomm.cli.shared import database_option, open_store
from collabcomm.texts import counted


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@database_option
def backup_command(file: Path, database: str) -> None:
    """Write all results to one file, while the service goes on working.

    The file holds names and the signing key: keep it as a secret. Example: collabcomm backup
    results.backup
    """
    store = open_store(database)
    from collabcomm.store.backup import backup

    click.echo(f"{counted(backup(store, file), 'row')} written to {file}.")


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@database_option
def restore_command(file: Path, database: str) -> None:
    """Read a backup into an empty database: all of it, or nothing.

    Also the way from SQLite to PostgreSQL. Example: collabcomm restore results.backup --database
    sqlite:///restored.sqlite3
    """
    store = open_store(database)
    from collabcomm.store.backup import restore

    click.echo(f"{counted(restore(store, file), 'row')} restored.")
