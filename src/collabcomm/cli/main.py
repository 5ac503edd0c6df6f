"""The command line: open, call, report. Problems become a sentence and exit code 1."""

from __future__ import annotations

import click

from collabcomm import __version__
from collabcomm.cli.backup import backup_command, restore_command
from collabcomm.cli.cohort import cohort_group
from collabcomm.cli.course import build_command, check_command, pack_command, schema_command
from collabcomm.cli.learner import learner_group
from collabcomm.cli.replay import replay_command
from collabcomm.cli.results import results_group
from collabcomm.cli.serve import serve_command
from collabcomm.cli.shared import Group
from collabcomm.cli.token import token_group


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="collabcomm")
def main() -> None:
    """Check, build and serve a course, and look after its results.

    Example: collabcomm check
    """


for command in (
    check_command,
    replay_command,
    pack_command,
    schema_command,
    build_command,
    serve_command,
    cohort_group,
    token_group,
    learner_group,
    results_group,
    backup_command,
    restore_command,
):
    main.add_command(command)
