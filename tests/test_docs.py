"""The documentation is true: its commands print what it shows, its tables come from the code, its links lead somewhere.

A `console` block holds commands (`$ `) and what they print; a line `...` stands for lines left out, at most one a
command. A comment `<!-- table: NAME -->` stands above a table of `documented_tables.py`. `./scripts/docs` brings both
up to date.
"""

from __future__ import annotations

import difflib
import io
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from app import errors
from app.api.application import create_app
from app.cli.main import INTERRUPTED, PIPE_CLOSED, main
from app.match import policy
from app.settings import TEST_PREFIX, read_settings
from tests.documented_tables import TABLES, TODAY, commands

ROOT = Path(__file__).parents[1]
KEY = re.compile(r"ig_[\w-]{43}")
TOKEN = re.compile(r"token=[\w-]{43}")
WRITE = bool(os.environ.get(f"{TEST_PREFIX}WRITE_DOCS"))
DOCUMENTS = sorted(
    [ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "entity_lists" / "README.md", *(ROOT / "docs").rglob("*.md")]
)
# Set-up and tests are run by CI, not by their own test.
NOT_RUN = ("git clone", "cd ", "./scripts/setup", "./scripts/test", ". .venv/bin/activate", "docker ", "KEY=")
# Of ./scripts/eval, ./scripts/bench, curl, docker and Python's json.tool.
OTHER_OPTIONS = {
    "--garbled",
    "--help",
    "--data",
    "--data-binary",
    "--largest",
    "--rounds",
    "--calls",
    "--bulk",
    "--lists",
    "--rows",
    "--write",
    "--silent",
    "--rm",
    "--volume",
    "--no-ensure-ascii",
    "--target",
    "--quiet",
    "--message",
    # Of what docs/deploy.md sets up a machine with.
    "--system",
    "--home-dir",
    "--shell",
    "--now",
    "--unit",
    "--file",
    "--dbname",
    "--no-owner",
    "--exit-on-error",
}
# What differs from run to run, and what changes with every entry or weight without making the documentation wrong.
MASKS = (
    (re.compile(r"\b\d+\.\d+ s\b"), "0.0 s"),
    (re.compile(r"(?<=\d\d-\d\d\+)[0-9a-f]{12}"), "0" * 12),
    (re.compile(r'(?<="policy": ")[0-9a-f]{12}'), "0" * 12),
    (re.compile(r'(?<=listing_digest: ")[0-9a-f]{12}'), "0" * 12),
    (re.compile(r"(?<=\bcall_)[\w-]{22}"), "0" * 22),
    (re.compile(r"(?<=\bjob_)[\w-]{22}"), "0" * 22),
    (re.compile(r"(?<=\bparty_)[\w-]{22}"), "0" * 22),
    (re.compile(r'(?<=at": ")[\dT:.+-]+Z?'), "0" * 22),
    (re.compile(r'(?<="request_id": ")[0-9a-f]{16}'), "0" * 16),
    (re.compile(r"\b\d+:[0-9a-f]{64}\b"), "0:" + "0" * 64),
)


@dataclass
class Server:
    """`importgate serve` in a process of its own; `greeting` is what it prints before it serves."""

    address: str
    key: str
    greeting: str


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    command = [sys.executable, "-c", "from app.cli.main import main; main()", "serve", "--port", "0"]
    environ = os.environ | {"IMPORTGATE_DATA_DIR": str(tmp_path_factory.mktemp("serve"))}
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as run:
        assert run.stdout is not None
        greeting = ""
        for line in run.stdout:
            greeting += line
            if line.isspace() and "ig_" in greeting:  # the blank line below the key
                break
        address, key = re.search(r"http://\S+", greeting), KEY.search(greeting)
        assert address is not None, greeting
        assert key is not None, greeting
        yield Server(address[0], key[0], greeting)
        run.terminate()


@dataclass
class Shell:
    """Runs the commands of one document, in the checkout, on the documentation's day."""

    server: Callable[[], Server]
    scratch: Path
    exit_code: int = 0
    variables: dict[str, str] = field(default_factory=dict)
    runners: dict[str, Callable[[str], str]] = field(init=False)

    def __post_init__(self) -> None:
        self.runners = {
            "importgate ": self._importgate,
            "./scripts/serve": self._serve,
            "./scripts/eval": self._eval,
            "curl ": self._curl,
            "cp -r examples/ci ": self._example,
            "git ": self._shell,
            "printf ": self._shell,
            "cat ": lambda command: Path(shlex.split(command)[1]).read_text(encoding="utf-8"),
            "echo $?": lambda _: f"{self.exit_code}\n",
        }

    def run(self, command: str) -> list[str]:
        """What the command prints, line by line, without trailing blanks."""
        if command.startswith(NOT_RUN):
            return []
        if noted := re.fullmatch(r"([A-Z]+)=\$\((curl .*) \| jq -r (\S+)\)", command):
            self.variables[noted[1]] = self._picked(noted[2], noted[3])
            return []
        for start, runner in self.runners.items():
            if command.startswith(start):
                lines = [line.rstrip() for line in runner(command).splitlines()]
                while lines and not lines[-1]:
                    lines.pop()
                return lines
        raise AssertionError(f"the documentation's tests cannot run {command!r}")

    def _importgate(self, command: str) -> str:
        result = CliRunner().invoke(main, shlex.split(command)[1:], catch_exceptions=False)
        self.exit_code = result.exit_code
        return KEY.sub("ig_...", result.output)

    def _example(self, _command: str) -> str:
        """From here on the document works in a copy."""
        shutil.copytree(ROOT / "examples" / "ci", self.scratch)
        os.chdir(self.scratch)  # the fixture goes back
        return ""

    @staticmethod
    def _shell(command: str) -> str:
        who = {
            f"GIT_{role}_{what}": "buyer@example.org" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
        }
        done = subprocess.run(["sh", "-c", command], env=os.environ | who, capture_output=True, text=True, check=True)
        return done.stdout

    def _serve(self, _command: str) -> str:
        server = self.server()
        greeting = server.greeting.replace(server.address, "http://127.0.0.1:8000")
        return TOKEN.sub("token=...", KEY.sub("ig_...", greeting))

    @staticmethod
    def _eval(_command: str) -> str:
        from scripts.evaluation.__main__ import main as evaluate

        with redirect_stdout(io.StringIO()) as output, pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "argv", ["scripts/eval"])
            evaluate()
        return output.getvalue()

    def _picked(self, command: str, path: str) -> str:
        """One value of an answer, as jq gives it: `.items[0].id`."""
        value = json.loads(self._curl(command))
        for name, place in re.findall(r"\.(\w+)|\[(\d+)\]", path):
            value = value[name] if name else value[int(place)]
        return str(value)

    def _curl(self, command: str) -> str:
        server = self.server()
        command = command.replace("http://127.0.0.1:8000", server.address)
        for name, value in {"KEY": server.key, **self.variables}.items():
            command = command.replace(f"${name}", value)
        call, pipe, rest = command.partition(" | ")
        words = iter(shlex.split(call)[1:])
        address, headers, body = "", {}, None
        for word in words:
            if word in ("-H", "--header"):
                name, _, value = next(words).partition(": ")
                headers[name] = value
            elif word in ("-d", "--data"):
                body = next(words).encode()
            elif word == "--data-binary":
                body = (ROOT / next(words).removeprefix("@")).read_bytes()
            elif word not in ("-s", "--silent"):
                address = word
        try:
            with urllib.request.urlopen(urllib.request.Request(address, body, headers), timeout=60) as answer:
                text = answer.read().decode()
        except urllib.error.HTTPError as error:
            text = error.read().decode()
        if not pipe:
            return text
        assert rest == "python3 -m json.tool --no-ensure-ascii"
        return json.dumps(json.loads(text), indent=4, ensure_ascii=False)


@pytest.fixture
def shell(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Shell:
    class Day(date):
        @classmethod
        def today(cls) -> date:
            return TODAY

    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("IMPORTGATE_DATA_DIR", str(tmp_path))
    monkeypatch.setattr("app.cli.options.date", Day)
    monkeypatch.setattr("app.cli.lists.date", Day)
    return Shell(lambda: request.getfixturevalue("server"), tmp_path / "suppliers-repository")


def _masked(line: str) -> str:
    for pattern, instead in MASKS:
        line = pattern.sub(instead, line)
    return line


def _abridged(printed: Sequence[str], shown: Sequence[str]) -> list[str]:
    """What is printed, cut like what is shown: as many lines before and after the `...`."""
    places = [place for place, line in enumerate(shown) if line.strip() == "..."]
    assert len(places) <= 1, f"one ... for a command: {shown}"
    if not places or len(printed) < len(shown):
        return list(printed)
    before, after = places[0], len(shown) - places[0] - 1
    return [*printed[:before], shown[before], *printed[len(printed) - after :]]


def _brought_up_to_date(lines: Sequence[str], shell: Shell) -> list[str]:
    """A document with what its commands print and its tables hold today; what is masked stays as it was."""
    out: list[str] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        out.append(line)
        at += 1
        if table := re.fullmatch(r"<!-- table: (\w+) -->", line):
            while at < len(lines) and (lines[at].startswith("|") or not lines[at]):
                at += 1
            out += ["", *TABLES[table[1]](), ""]
        elif line == "```console":
            end = lines.index("```", at)
            for command, shown in _commands_shown(lines[at:end]):
                printed = _abridged(shell.run(" ".join(part.strip(" \\") for part in command)[2:]), shown)
                as_shown = {_masked(line): line for line in shown}
                out += [*command, *(as_shown.get(_masked(line), line) for line in printed)]
            at = end
    return out


def _commands_shown(block: Sequence[str]) -> list[tuple[list[str], list[str]]]:
    """The commands of a block, each in its lines and with what is shown below it."""
    found: list[tuple[list[str], list[str]]] = []
    for line in block:
        if line.startswith("$ "):
            found.append(([line], []))
        else:
            command, shown = found[-1]
            goes_on = command[-1].endswith("\\") or "".join(command).count("'") % 2
            (command if goes_on and not shown else shown).append(line)
    return found


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_what_is_shown_is_what_comes_out(path: Path, shell: Shell) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    today = _brought_up_to_date(lines, shell)
    if WRITE:
        path.write_text("\n".join(today) + "\n", encoding="utf-8")
    elif lines != today:
        changes = "\n".join(difflib.unified_diff(lines, today, "shown", "true", lineterm="", n=1))
        pytest.fail(f"./scripts/docs brings the documentation up to date; read what it changes:\n{changes}")


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(path: Path) -> None:
    text = re.sub(r"^```.*?^```", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if not re.match(r"[a-z]+:", link):
            file, _, anchor = link.partition("#")
            target = (path.parent / file).resolve() if file else path
            assert target.exists(), f"{path.relative_to(ROOT)}: there is no {link}"
            assert not anchor or anchor in _anchors(target), f"{path.relative_to(ROOT)}: no heading for {link}"


def _anchors(path: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_exit_code_is_documented_and_none_that_does_not_exist() -> None:
    def tree(error: type[errors.ImportgateError]) -> Iterator[int]:
        yield error.exit_code
        for child in error.__subclasses__():
            yield from tree(child)

    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    table = readme.partition("| exit code |")[2].partition("\n\n")[0]
    documented = {int(code) for code in re.findall(r"^\| (\d+) \|", table, re.MULTILINE)}
    assert documented == {0, 1, INTERRUPTED, PIPE_CLOSED, *tree(errors.ImportgateError)}
    helped = {int(code) for code in re.findall(r"\b(\d) ", CliRunner().invoke(main, ["--help"]).output)}
    assert helped <= documented


def test_every_command_and_option_named_exists() -> None:
    known = dict(commands())
    options = {name for command in [main, *known.values()] for p in command.params for name in p.opts}
    for path in DOCUMENTS:
        text = path.read_text(encoding="utf-8")
        for said in re.findall(r"(?:`|^\$ )importgate ((?:lists |key )?[a-z]+)\b", text, re.MULTILINE):
            groups = {name.partition(" ")[0] for name in known}
            assert said in known or said in groups, f"{path.relative_to(ROOT)}: there is no importgate {said}"
        for option in re.findall(r"(?<![\w-])--[a-z][a-z-]+", text):
            assert option in options | OTHER_OPTIONS, f"{path.relative_to(ROOT)}: there is no {option}"


def test_every_call_of_the_api_is_documented_and_none_that_does_not_exist() -> None:
    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"^\| `([A-Z]+ /\S+)` \|", text, re.MULTILINE))
    paths = create_app(read_settings()).openapi()["paths"]
    assert documented == {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}


def test_scripts_that_are_named_exist() -> None:
    for path in DOCUMENTS:
        for script in re.findall(r"\./(scripts/\w+)", path.read_text(encoding="utf-8")):
            assert os.access(ROOT / script, os.X_OK), f"{path.relative_to(ROOT)}: there is no {script}"


def test_scores_of_rules_are_those_of_the_policy() -> None:
    text = " ".join((ROOT / "docs" / "matching.md").read_text(encoding="utf-8").split())
    said = f"score {policy.IDENTICAL:.2f}, the same sound {policy.SAME_SOUND:.2f}, a slip {policy.ONE_SLIP:.2f}; "
    assert f"{said}nothing that is merely alike scores more than {policy.MOST:.2f}" in text
    assert f"the nearest {policy.CANDIDATES} listed names" in text
