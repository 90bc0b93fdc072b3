"""What ``remit check`` does once its options are read: judge, and show in one of four formats."""

from __future__ import annotations

from dataclasses import dataclass

from remit.cli.output import Output
from remit.definition.levels import Level
from remit.errors import InvalidInput, ProjectInvalid
from remit.project import Project
from remit.readiness.finding import Readiness, State

__all__ = ["Report", "checked", "shown"]

_EXPRESSIONS = "IO06"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The readiness of the works that could be read, and what is wrong with the others."""

    works: tuple[Readiness, ...]
    unreadable: tuple[InvalidInput, ...]

    @property
    def invalid(self) -> bool:
        """Whether a definition can't be used: it breaks the language, or an expression of it does."""
        broken = any(
            result.rule == _EXPRESSIONS and result.state is State.FAIL for one in self.works for result in one.results
        )
        return bool(self.unreadable) or broken

    @property
    def reached(self) -> bool:
        """Whether every work reaches the level it was judged for."""
        return all(one.reached for one in self.works)


def checked(project: Project, work_ids: tuple[str, ...], *, for_level: Level | None, executor: str | None) -> Report:
    """Judge the works named, or all of them; one that can't be read does not keep the others from being judged."""
    ids = work_ids or project.work_ids
    if not ids:
        raise ProjectInvalid(
            "there is no work in this project",
            expected="a definition work/<id>.yaml",
            found="none",
            mend="`remit define` asks for one; `remit schema` gives your editor the language",
        )
    works: list[Readiness] = []
    unreadable: list[InvalidInput] = []
    for id_ in ids:
        try:
            works.append(project.work(id_).check(for_level=for_level, executor=executor))
        except InvalidInput as fault:
            unreadable.append(fault)
    return Report(works=tuple(works), unreadable=tuple(unreadable))


def shown(report: Report, output: Output, *, format_: str) -> None:
    """Show a report."""
    if output.as_json:
        _document(report, output)
    elif format_ == "github":
        _github(report, output)
    elif format_ == "junit":
        _junit(report, output)
    else:
        _text(report, output)


def _document(report: Report, output: Output) -> None:
    from remit.report.documents import readiness_document, versioned
    from remit.report.problems import problems_document

    output.document(
        versioned(
            "check",
            {
                "works": [readiness_document(one) for one in report.works],
                "errors": [problems_document(fault) for fault in report.unreadable],
            },
        )
    )


def _github(report: Report, output: Output) -> None:
    from remit.report.github import github_problems, github_readiness

    for lines in (
        *(github_problems(fault) for fault in report.unreadable),
        *(github_readiness(one) for one in report.works),
    ):
        if lines:
            output.text(lines)


def _junit(report: Report, output: Output) -> None:
    from remit.readiness.catalogue import CATALOGUE
    from remit.report.junit import junit_report

    titles = {card.id: card.title for card in CATALOGUE}
    output.text(junit_report(report.works, report.unreadable, titles=titles))


def _text(report: Report, output: Output) -> None:
    from remit.report.terminal import render_readiness

    for fault in report.unreadable:
        output.error(fault)
    for i, one in enumerate(report.works):
        output.text(("\n" if i else "") + render_readiness(one, width=output.width, colour=output.colour))
