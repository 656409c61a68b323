import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from typer.main import get_command

from tocsin.interfaces.cli import app

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "reference" / "cli.md").read_text(encoding="utf-8")


def commands(group: Any, path: str) -> Iterator[tuple[str, Any]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}", command


def sections() -> dict[str, str]:
    """What the page says of each command, by its words without arguments."""
    found = re.split(r"^## `(.+)`$", PAGE, flags=re.MULTILINE)[1:]
    titles = [re.sub(r"( \[.*| [A-Z]+)+$", "", title) for title in found[::2]]
    return dict(zip(titles, found[1::2], strict=True))


def test_every_command_has_a_section_and_every_section_a_command() -> None:
    assert set(sections()) == {path for path, _ in commands(get_command(app), "tocsin")}


def test_every_option_is_documented_and_every_documented_option_exists() -> None:
    told = sections()
    for path, command in commands(get_command(app), "tocsin"):
        options = {
            name
            for parameter in command.params
            for name in parameter.opts
            if name.startswith("--") and name != "--help"
        }
        assert set(re.findall(r"^\| `(--[a-z-]+)", told[path], flags=re.MULTILINE)) == options, path


def test_every_argument_is_in_the_title() -> None:
    for path, command in commands(get_command(app), "tocsin"):
        for parameter in command.params:
            if parameter.param_type_name == "argument":
                name = (parameter.metavar or parameter.name).strip("[].")
                assert re.search(rf"^## `{path}.*{name}", PAGE, flags=re.MULTILINE), (path, name)
