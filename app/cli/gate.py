"""`importgate gate`: supplier and shipment files in CI."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.cli.options import AS_OF, COLUMNS, LISTS, open_screener, parse_column
from app.errors import Place, UsageError
from app.reports.gate import GATE_REPORTS, renderer
from app.reports.gate_files import write_report

if TYPE_CHECKING:
    from app.gate.collect import Job
    from app.gate.config import GateConfig
    from app.gate.model import GateResult
    from app.gate.run import Order
    from app.gate.verdict import Verdict

_HELP = {
    "sarif": "Write SARIF 2.1.0, for code scanning.",
    "junit": "Write JUnit XML, for test reports.",
    "summary": "Write Markdown; added at the end where it is $GITHUB_STEP_SUMMARY.",
    "gitlab": "Write GitLab's code quality JSON.",
    "jsonl": "Write JSON lines: every finding, and the --baseline of later runs.",
    "html": "Write one HTML page.",
}
_Command = Callable[..., Any]


def _report_options(command: _Command) -> _Command:
    for name in reversed(GATE_REPORTS):
        command = click.option(f"--{name}", metavar="PATH", help=_HELP[name])(command)
    return command


@click.command()
@click.argument("files", metavar="[FILE]...", nargs=-1)
@click.option("--config", type=click.Path(path_type=Path), metavar="PATH", help="importgate.toml if left out.")
@LISTS
@COLUMNS
@click.option(
    "--fail-on", type=click.Choice(("block", "review", "never")), help="The lightest finding that fails: block."
)
@click.option("--strict", is_flag=True, help="Warnings and waivers for nothing that was found fail too.")
@click.option("--allow-incomplete", is_flag=True, help="Parties that could not be screened in full are told, no more.")
@click.option("--max-list-age", type=click.IntRange(min=1), metavar="DAYS", help="Fail (3) where a list is older.")
@click.option("--waivers", metavar="PATH", help="importgate-waivers.yaml if left out.")
@click.option("--baseline", metavar="PATH", help="A former --jsonl: only findings that are not in it fail.")
@click.option("--against", metavar="REV", help="A git revision: only findings that the files did not have there fail.")
@click.option(
    "--relations",
    metavar="PATH",
    help="CSV of who supplies or owns whom, as for screen: exposure to a blocked party is a finding.",
)
@_report_options
@click.option("--annotations", is_flag=True, help="Print annotations for GitHub too.")
@click.option("--quiet", is_flag=True, help="Print the last line only.")
@AS_OF
def gate(files: tuple[str, ...], as_of: date, annotations: bool, quiet: bool, **options: Any) -> None:
    """Screen supplier and shipment files in CI.

    The exit code says whether they may pass.
    FILE is CSV, XLSX or JSON lines, or a pattern such as 'suppliers/**/*.csv'. Without any, the files that the
    patterns of importgate.toml name are screened. Every report is written before the exit.

    \b
    Exit codes: 0 clear; 1 a finding; 2 wrong usage or configuration;
    3 could not complete (unreadable input, parties not screened in full, lists too old). A failure outranks a finding.
    """
    from app.gate.run import run_gate
    from app.gate.verdict import judge

    config, root = _configured(options)
    order = _order(files, config, root, options)
    screener = open_screener(options["lists"] or configured_lists(config, root), as_of)
    _check_policy(config, list(screener.titles), options["config"])
    result = run_gate(order, screener)
    result = _write_reports(result, config, root, options)
    verdict = judge(result)
    _print(result, verdict, annotations, quiet)
    click.get_current_context().exit(verdict.exit_code)


def _configured(options: Mapping[str, Any]) -> tuple[GateConfig, Path]:
    """The configuration with the options over it, and the folder that its paths start from."""
    from app.gate.config import GateConfig, default_config_path, load_config
    from app.gate.model import FailOn

    path = options["config"] or default_config_path()
    config, root = (load_config(path), path.parent) if path else (GateConfig(), Path())
    if "-" in [options[name] for name in GATE_REPORTS]:
        raise UsageError("a report needs a path: standard output shows the findings")
    if options["strict"] and options["allow_incomplete"]:
        raise UsageError("--strict and --allow-incomplete contradict each other; give one of them")
    if options["fail_on"]:
        config = replace(config, fail_on=FailOn(options["fail_on"]))
    if options["max_list_age"]:
        config = replace(config, max_list_age_days=options["max_list_age"])
    if options["strict"]:
        config = replace(config, strict=True, allow_incomplete=False)
    if options["allow_incomplete"]:
        config = replace(config, strict=False, allow_incomplete=True)
    return config, root


def _order(files: Sequence[str], config: GateConfig, root: Path, options: Mapping[str, Any]) -> Order:
    from app.gate.baseline import load_baseline
    from app.gate.collect import Job
    from app.gate.revision import Revision
    from app.gate.run import Order
    from app.screening.waivers import load_waivers

    if options["baseline"] and options["against"]:
        raise UsageError("--baseline and --against are two ways to say what is known; give one of them")
    jobs = _jobs(files, config, root, [parse_column(item) for item in options["columns"]])
    waivers = waivers_path(options["waivers"], config, root)
    against = Revision(options["against"]) if options["against"] else None
    baseline = None if against else _chosen(options["baseline"], config.baseline, root)
    relations = _chosen(options["relations"], config.relations, root)
    return Order(
        jobs=jobs,
        config=config,
        waivers=load_waivers(waivers) if waivers else (),
        waivers_file=_shown(waivers) if waivers else "",
        baseline=load_baseline(baseline) if baseline else None,
        against=against,
        compared_with=against.name if against else _shown(baseline) if baseline else "",
        relations=Job(_shown(relations), relations) if relations else None,
    )


def _jobs(files: Sequence[str], config: GateConfig, root: Path, columns: Sequence[tuple[str, str]]) -> list[Job]:
    from app.gate.collect import Job
    from app.gate.patterns import expand

    if files:
        paths = expand(files)
    elif config.files:
        paths = expand([_everywhere(rule.pattern) for rule in config.files], root)
    else:
        raise UsageError("give the FILEs to screen, or name them in importgate.toml under [[files]]")
    return [Job(_shown(path), path, columns, config.rule_for(Path(os.path.relpath(path, root)))) for path in paths]


def _everywhere(pattern: str) -> str:
    return pattern if "/" in pattern else f"**/{pattern}"


def waivers_path(given: str | None, config: GateConfig, root: Path) -> Path | None:
    """The file that the option or the configuration names, else the usual one if it is there."""
    from app.gate.config import WAIVERS_FILE

    chosen = _chosen(given, config.waivers, root)
    usual = root / WAIVERS_FILE
    return chosen or (usual if usual.is_file() else None)


def _chosen(option: str | None, configured: str, root: Path) -> Path | None:
    """An option's path starts from the working directory, a configured one from the configuration's folder."""
    if option:
        return Path(option)
    return root / configured if configured else None


def configured_lists(config: GateConfig, root: Path) -> list[str]:
    """What `lists` of the configuration names; files start from its folder."""
    return [str(root / item) if (root / item).is_file() else item for item in config.lists]


def _check_policy(config: GateConfig, known: Sequence[str], path: Path | None) -> None:
    for list_id in config.policy:
        if list_id not in known:
            from difflib import get_close_matches

            nearest = get_close_matches(list_id, known, n=1)
            hint = f"did you mean {nearest[0]!r}?" if nearest else f"the lists are {', '.join(known)}"
            raise UsageError(f"policy: no list {list_id!r} is screened; {hint}", Place(str(path or "importgate.toml")))


def _shown(path: Path) -> str:
    """How reports call a file: from the working directory, where it lies below it."""
    shown = Path(os.path.relpath(path))
    return path.resolve().as_posix() if ".." in shown.parts else shown.as_posix()


def _write_reports(result: GateResult, config: GateConfig, root: Path, options: Mapping[str, Any]) -> GateResult:
    """Writes what was asked for; what cannot be written becomes a failure of the result."""
    from app.gate.model import Failure
    from app.gate.verdict import judge

    for item in fields(config.reports):
        path = _chosen(options[item.name], getattr(config.reports, item.name), root)
        if path is None:
            continue
        append = item.name == "summary" and str(path) == os.environ.get("GITHUB_STEP_SUMMARY")
        problem = write_report(path, renderer(item.name)(result, judge(result)), append=append)
        if problem:
            failure = Failure("", f"--{item.name} {path} cannot be written ({problem}); choose another file", 3)
            result = replace(result, failures=(*result.failures, failure))
    return result


def _print(result: GateResult, verdict: Verdict, annotations: bool, quiet: bool) -> None:
    from app.reports import annotations as workflow_commands
    from app.reports import terminal

    text = terminal.render(result, verdict)
    click.echo(text.splitlines()[-1] if quiet else text.rstrip("\n"), color=None if _wants_colour() else False)
    if annotations:
        click.echo(workflow_commands.render(result, verdict).rstrip("\n"))


def _wants_colour() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")
