"""The command line: what does `gaodu` do?"""

from __future__ import annotations

import sys

import typer

from api.cli import files, layers, report, service, tokens
from api.cli.session import err
from gis.errors import Problem

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="高都街道土地与农业信息系统 / Land and agriculture information system of Gaodu",
)
for commands in (service.commands, files.commands, layers.statistics_commands):
    app.registered_commands += commands.registered_commands
app.add_typer(layers.commands, name="layers")
app.add_typer(report.commands, name="report")
app.add_typer(tokens.commands, name="token")


def main() -> None:
    """Runs the command line; a refusal is printed in both languages and ends with status 1, never with a traceback."""
    try:
        app()
    except Problem as problem:
        for language in ("zh", "en"):
            err.print(problem.text(language), style="red", soft_wrap=True)
        sys.exit(1)
