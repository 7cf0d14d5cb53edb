"""The command `rounds`. Each subcommand is a module of this package, read only when it is called.

A module `subscribers.py` with a click command named `command` is `rounds subscribers`. An underscore in the module's
name is a hyphen in the command's; one at the end only keeps clear of a Python word (`import_.py`).
"""

from __future__ import annotations

import importlib
import os
import pkgutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

import click

import pipeline
import pipeline.cli
from pipeline.core.errors import RoundsError
from pipeline.core.unseen import shown

# Modules of this package that are not commands.
SHARED = {"__main__", "main", "answers", "doors", "findings"}


class Sentence(click.ClickException):
    """What a person can put right, said in a sentence: no traceback, exit status 2."""

    exit_code = 2

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(shown(self.message), file=file, err=file is None)


class Commands(click.Group):
    """Finds the subcommands by their files."""

    def list_commands(self, context: click.Context) -> list[str]:
        names = [module.name for module in pkgutil.iter_modules(pipeline.cli.__path__)]
        return sorted(_command_name(name) for name in names if name not in SHARED)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in self.list_commands(context):
            return None
        with plain_errors():
            _set_django_up()
            found = importlib.import_module(f"pipeline.cli.{_module_name(name)}").command
        assert isinstance(found, click.Command)
        return found

    def parse_args(self, context: click.Context, args: list[str]) -> list[str]:
        for argument in args:
            if any("\ud800" <= mark <= "\udfff" for mark in argument):
                shown = argument.encode(errors="backslashreplace").decode()
                raise Sentence(
                    f"The argument {shown} is not UTF-8 text. Write it, or name the file, in UTF-8."
                )
        return super().parse_args(context, args)

    def invoke(self, context: click.Context) -> Any:
        with plain_errors():
            return super().invoke(context)


@contextmanager
def plain_errors() -> Iterator[None]:
    """Turn what a person can put right into a sentence. Everything else is a bug and keeps its traceback."""
    from django.db import DataError, InterfaceError, OperationalError

    try:
        yield
    except RoundsError as error:
        raise Sentence(str(error)) from error
    except (OperationalError, InterfaceError) as error:
        told = f"PostgreSQL went away during the command ({_first_line(error)}). Run it again."
        raise Sentence(told) from error
    except DataError as error:
        told = f"The database cannot hold a value: {_first_line(error)}. Shorten it. Nothing was written."
        raise Sentence(told) from error


def _set_django_up() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pipeline.settings")
    import django
    from django.apps import apps

    if not apps.ready:
        django.setup()


def _command_name(module: str) -> str:
    return module.rstrip("_").replace("_", "-")


def _module_name(command: str) -> str:
    name = command.replace("-", "_")
    return next(
        module.name
        for module in pkgutil.iter_modules(pipeline.cli.__path__)
        if module.name.rstrip("_") == name
    )


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(pipeline.__version__, prog_name="rounds")
def cli() -> None:
    """Rounds turns a health article into a weekly email series and proves the consent of everyone it mails."""


def main() -> None:
    cli(prog_name="rounds")
