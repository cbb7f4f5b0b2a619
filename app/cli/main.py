"""`importgate`: the command line. Commands are imported when they are used, errors become one sentence and a code."""

from __future__ import annotations

import gc
import sys
import traceback
from importlib import import_module
from typing import Any

import click

from app.errors import ImportgateError

COMMANDS = {
    "check": ("app.cli.check:check", "Screen one or a few names and explain what is found."),
    "screen": ("app.cli.screen:screen", "Screen the parties of a shipment file."),
    "gate": ("app.cli.gate:gate", "Screen supplier and shipment files in CI."),
    "waive": ("app.cli.waive:waive", "Waive a finding of the gate, signed and until a day."),
    "lists": ("app.cli.lists:lists", "Show and check the entity lists."),
    "serve": ("app.cli.serve:serve", "Serve the screening API and its web pages until Ctrl+C."),
    "worker": ("app.cli.worker:worker", "Screen uploaded files until Ctrl+C or SIGTERM."),
    "backup": ("app.cli.backup:backup", "Copy the database to PATH, whole and consistent, while the service runs."),
    "key": ("app.cli.key:key", "Create, list and revoke API keys."),
    "audit": ("app.cli.audit:audit", "Verify and export the audit log."),
}
_OBJECTS = 20_000  # between two walks of the garbage collector: what a start makes is there to stay
COULD_NOT_COMPLETE = 3
INTERRUPTED = 130  # what shells report for Ctrl-C; 141 for a pipe that was closed
PIPE_CLOSED = 141


class _Commands(click.Group):
    """Knows its commands by import path, and maps the tree of errors once."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return super().get_command(ctx, cmd_name)
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Without importing any command."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, help_) for name, (_, help_) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()  # here, where a closed pipe is still an error that can be mapped
        except ImportgateError as error:
            click.echo(f"importgate: {error}", err=True)
            ctx.exit(error.exit_code)
        except KeyboardInterrupt:
            click.echo(
                "importgate: interrupted; what was screened so far is written (a file as NAME.partial)", err=True
            )
            ctx.exit(INTERRUPTED)
        except BrokenPipeError:
            _silence_stdout()
            ctx.exit(PIPE_CLOSED)
        except Exception as error:
            if isinstance(error, (click.ClickException, click.exceptions.Exit, click.Abort)):
                raise
            # Python's own exit code for this, 1, means a finding: what broke must not look like a result.
            traceback.print_exc()
            ctx.exit(COULD_NOT_COMPLETE)
        return result


def _silence_stdout() -> None:
    """Nobody reads stdout any more: Python must not try to flush it again on its way out."""
    import os

    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


_CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 110}


@click.group("importgate", cls=_Commands, context_settings=_CONTEXT)
@click.version_option(package_name="importgate", message="importgate %(version)s")
def main() -> None:
    """Screen the parties of a supply chain against entity lists tied to Uyghur forced labour.

    \b
    Exit codes: 0 done, findings included; 1 the gate or `audit verify` found something;
    2 wrong usage or configuration; 3 could not be completed (unreadable input, incomplete rows).
    """
    gc.set_threshold(_OBJECTS, *gc.get_threshold()[1:])


if __name__ == "__main__":
    main()
