"""`docs/commands.md` names every command and every option that there is."""

from __future__ import annotations

from collections.abc import Iterator

import click

from tests.cli.conftest import PROJECT


def every_command(group: click.Group, name: str = "rounds") -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for part in group.list_commands(context):
        found = group.get_command(context, part)
        assert found is not None
        if isinstance(found, click.Group):
            yield from every_command(found, f"{name} {part}")
        else:
            yield f"{name} {part}", found


def test_every_command_and_option_is_documented() -> None:
    from pipeline.cli.main import cli

    page = (PROJECT / "docs" / "commands.md").read_text()
    words = page.replace(
        "pause | resume | cancel NAME", "pause rounds campaign resume rounds campaign cancel"
    )
    words = words.replace("feeds list | show", "feeds list rounds feeds show").replace(
        "feeds fetch | pause | resume | remove",
        "feeds fetch rounds feeds pause rounds feeds resume rounds feeds remove",
    )
    missing = []
    for name, command in every_command(cli):
        options = [o for p in command.params for o in p.opts if o.startswith("--") and p.name != "as_json"]
        missing += [name] if name not in words else []
        missing += [f"{name} {option}" for option in options if option not in page]
    assert missing == []


def test_every_command_that_answers_takes_json() -> None:
    from pipeline.cli.main import cli

    servers = {"rounds web", "rounds run", "rounds pump", "rounds inbox", "rounds demo"}
    silent = {
        name
        for name, command in every_command(cli)
        if not any(param.name == "as_json" for param in command.params)
    }
    assert silent <= servers
