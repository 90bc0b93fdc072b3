"""A work definition from its file, with everything that it pulls in from the files beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from remit.definition.flaws import Flaw, found, in_order, listing, problems_of, shortened, suggestion
from remit.definition.model import Definition
from remit.definition.positions import Path as ValuePath
from remit.definition.positions import SourceMap, dotted
from remit.definition.reading import read
from remit.definition.schemas.fields import with_enumerations
from remit.errors import DefinitionInvalid, FileUnreadable, Location, Problem, RemitError, TableInvalid
from remit.files.beside import Csv, project_root, read_csv
from remit.files.yaml_reader import YamlFile, read_yaml, read_yaml_text

__all__ = ["DefinitionFile", "definition_in", "load_definition", "pulled_in"]

_NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class DefinitionFile:
    """A definition as it was read, with the place of everything that it says."""

    definition: Definition
    source: SourceMap
    path: Path


def load_definition(path: Path, *, root: Path | None = None, any_name: bool = False) -> DefinitionFile:
    """Read ``work/<id>.yaml`` with its tables and enumerations.

    What it pulls in is named relative to the file and has to lie inside ``root``, which is the nearest folder upwards
    with a ``remit.yaml`` where it is not given, else the file's own folder.  With ``any_name`` the file may be called
    otherwise than its id.

    Raises:
        FileUnreadable: the file itself can't be read.
        YamlInvalid: the file is not plain YAML.
        DefinitionInvalid: with every problem of the definition and of the files it pulls in.
    """
    return _loaded(read_yaml(path), path, root, any_name=any_name)


def definition_in(text: str, path: Path, *, root: Path | None = None) -> DefinitionFile:
    """The definition that ``text`` would be as the file at ``path``, with the tables and enumerations beside it.

    Raises:
        YamlInvalid: the text is not plain YAML.
        DefinitionInvalid: as for :func:`load_definition`.
    """
    return _loaded(read_yaml_text(text, str(path)), path, root)


def _loaded(yaml: YamlFile, path: Path, root: Path | None, *, any_name: bool = False) -> DefinitionFile:
    pulled = _PulledIn(path.parent, root if root is not None else project_root(path), yaml.source)
    data = pulled.into(yaml.data)
    source = replace(yaml.source, elsewhere=pulled.rows)
    problems = list(pulled.problems)
    definition: Definition | None = None
    try:
        definition = read(data, source)
    except DefinitionInvalid as error:
        problems += [problem for problem in error.problems if not pulled.explains(problem)]
    id_ = data.get("id")
    if isinstance(id_, str) and id_ != path.stem and not any_name:
        problems.append(
            Problem(
                message="the id is not the name of the file",
                where=yaml.source.locate(("id",)),
                expected=f"`{path.stem}`",
                found=f"`{shortened(id_)}`",
                mend=f"rename the file to {shortened(id_)}.yaml, or write `id: {path.stem}`",
            )
        )
    if problems or definition is None:
        raise DefinitionInvalid(problems=in_order(problems))
    return DefinitionFile(definition=definition, source=source, path=path)


def pulled_in(data: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of the files that a definition pulls in, as it says them, each once; nothing is read."""
    names: dict[str, None] = {}

    def note(file: str, column: str, path: ValuePath) -> list[str]:
        del column, path
        names[file] = None
        return []

    for part in ("inputs", "outputs"):
        section = data.get(part)
        fields = section.get("fields") if isinstance(section, dict) else None
        if isinstance(fields, dict):
            with_enumerations(fields, note)
    decisions = data.get("decisions")
    for decision in decisions if isinstance(decisions, list) else ():
        table = decision.get("table") if isinstance(decision, dict) else None
        if isinstance(table, dict) and isinstance(table.get("file"), str):
            names[table["file"]] = None
    return tuple(names)


class _PulledIn:
    """What a definition pulls in, with all problems.

    ``missing`` are the paths at which nothing could be put, ``rows`` the places of the rules of tables.
    """

    def __init__(self, folder: Path, root: Path, source: SourceMap) -> None:
        self.problems: list[Problem] = []
        self.missing: set[str] = set()
        self.rows: dict[ValuePath, Location] = {}
        self._folder = folder
        self._root = root
        self._source = source
        self._read: dict[str, Csv | RemitError] = {}

    def into(self, data: dict[str, Any]) -> dict[str, Any]:
        """A copy of the data with every reference to a file replaced by what the file holds."""
        data = dict(data)
        for part in ("inputs", "outputs"):
            section = data.get(part)
            fields = section.get("fields") if isinstance(section, dict) else None
            if isinstance(section, dict) and isinstance(fields, dict):
                data[part] = {**section, "fields": with_enumerations(fields, _Columns(self, (part, "fields")))}
        decisions = data.get("decisions")
        if isinstance(decisions, list):
            data["decisions"] = [self._decision(one, ("decisions", i)) for i, one in enumerate(decisions)]
        return data

    def _decision(self, decision: Any, path: ValuePath) -> Any:
        table = decision.get("table") if isinstance(decision, dict) else None
        if not isinstance(table, dict) or not isinstance(table.get("file"), str):
            return decision
        below = (*path, "table")
        if "rules" in table:
            self._problem(
                Flaw(
                    path=(*below, "rules"),
                    message="the table has both `rules` and `file`",
                    expected="one of them",
                    mend="take one away",
                    at_key=True,
                )
            )
            return decision
        csv = self.csv(table["file"], (*below, "file"))
        width = [len(table[key]) if isinstance(table.get(key), list) else None for key in ("in", "out")]
        if csv is None or width[0] is None or width[1] is None:
            return decision
        n_before = len(self.problems)
        rules = list(self._rules(csv, width[0] + width[1], (*below, "rules")))
        if len(self.problems) > n_before:
            self.missing.add(dotted((*below, "rules")))
        return {**decision, "table": {**table, "rules": rules}}

    def _rules(self, csv: Csv, width: int, path: ValuePath) -> Iterator[list[str]]:
        named = len(csv.header.cells)
        noted = named == width + 1 and csv.header.cells[-1].lower() == _NOTE
        if named != width and not noted:
            self._row(csv, csv.header.line, f"{width} columns, as many as `in` and `out`, then `{_NOTE}`", named)
            return
        n_rules = 0
        for row in csv.rows:
            if len(row.cells) in (named, width):
                self.rows[(*path, n_rules)] = Location(file=str(csv.path), line=row.line)
                n_rules += 1
                yield list(row.cells[:width])
            else:
                self._row(csv, row.line, f"{named} cells", len(row.cells))

    def _row(self, csv: Csv, line: int, expected: str, n_cells: int) -> None:
        self.problems.append(
            Problem(
                message="the row has the wrong number of cells",
                where=Location(file=str(csv.path), line=line),
                expected=expected,
                found=f"{n_cells}",
                mend="put cells that hold a comma in double quotes",
                code=TableInvalid.code,
            )
        )

    def explains(self, problem: Problem) -> bool:
        """Whether a problem only says again that something could not be pulled in."""
        path = problem.where.path or ""
        return any(path == missing or path.startswith(f"{missing}.") for missing in self.missing)

    def csv(self, name: str, path: ValuePath) -> Csv | None:
        """The CSV file ``name``, read once; None, with a problem at ``path``, where it can't be read."""
        if name not in self._read:
            try:
                self._read[name] = read_csv(name, folder=self._folder, root=self._root)
            except (FileUnreadable, TableInvalid) as error:
                self._read[name] = error
        read_before = self._read[name]
        if isinstance(read_before, Csv):
            return read_before
        here = self._source.locate(path)
        self.missing.add(here.path or "")
        for problem in read_before.problems:
            in_file = problem.where.line is not None
            self.problems.append(
                replace(problem, where=problem.where if in_file else here, code=type(read_before).code)
            )
        return None

    def column(self, file: str, column: str, path: ValuePath) -> list[str]:
        """The values of a column, each once, in the order of the file; with a problem where there are none."""
        csv = self.csv(file, path)
        if csv is None:
            return []
        names = csv.header.cells
        if column not in names:
            self._problem(
                Flaw(
                    path=path,
                    message=f"{shortened(file)} has no column `{shortened(column)}`",
                    expected=f"one of {listing(names)}",
                    found=found(column),
                    mend=suggestion(column, names),
                )
            )
            return []
        at = names.index(column)
        values = dict.fromkeys(row.cells[at] for row in csv.rows if len(row.cells) > at and row.cells[at])
        if not values:
            self._problem(Flaw(path=path, message=f"the column `{shortened(column)}` is empty", expected="values"))
        return list(values)

    def _problem(self, flaw: Flaw) -> None:
        problems = problems_of((flaw,), self._source)
        self.problems += problems
        self.missing |= {problem.where.path or "" for problem in problems}


@dataclass(frozen=True, slots=True)
class _Columns:
    pulled: _PulledIn
    above: ValuePath

    def __call__(self, file: str, column: str, path: ValuePath) -> list[str]:
        return self.pulled.column(file, column, (*self.above, *path))
