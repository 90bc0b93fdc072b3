"""Decision tables of a DMN file as a draft of a work definition.

Read is what tables of ours can say: decision tables over named inputs, with unary tests over literals.  Everything
else is refused with its name and line, all of it at once; nothing is guessed and nothing dropped without a word.

Source: OMG DMN 1.3, 1.4 and 1.5, sections 6 (elements), 8 (decision tables).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Final

from remit.definition.flaws import listing, shortened
from remit.definition.model import Aggregation, HitPolicy
from remit.definition.reading import read
from remit.definition.reading.references import MAX_ENTRIES, MAX_RULES
from remit.definition.tables.cells import (
    Anything,
    CellFault,
    CellValue,
    Interval,
    OneOf,
    UnaryTest,
    values_of,
    written,
    written_output,
)
from remit.definition.tables.hits import LISTS, RANKED
from remit.errors import DefinitionInvalid, Location, Problem, TableInvalid
from remit.interchange.feel import FeelFault, FeelType, read_literal, read_test
from remit.interchange.names import FEEL_WORDS, FieldIds, slug_of
from remit.interchange.xml_reader import XmlElement, read_xml

__all__ = ["DMN_NAMESPACES", "ImportedWork", "read_dmn"]

DMN_NAMESPACES: Final = {
    "https://www.omg.org/spec/DMN/20191111/MODEL/": "1.3",
    "https://www.omg.org/spec/DMN/20211108/MODEL/": "1.4",
    "https://www.omg.org/spec/DMN/20230324/MODEL/": "1.5",
}

_TYPES: Final = {
    "string": FeelType.TEXT,
    "number": FeelType.NUMBER,
    "integer": FeelType.NUMBER,
    "long": FeelType.NUMBER,
    "double": FeelType.NUMBER,
    "boolean": FeelType.YES_NO,
    "date": FeelType.DATE,
    "dateTime": FeelType.DATE_TIME,
    "date and time": FeelType.DATE_TIME,
}
_WHOLE: Final = ("integer", "long")
_FIELDS: Final = {
    FeelType.TEXT: "text <= 200",
    FeelType.NUMBER: "number",
    FeelType.YES_NO: "yes/no",
    FeelType.DATE: "date",
    FeelType.DATE_TIME: "datetime",
}
_NO_TABLES: Final = {
    "literalExpression": "a literal expression",
    "context": "a context",
    "invocation": "an invocation",
    "relation": "a relation",
    "list": "a list",
    "functionDefinition": "a function",
    "conditional": "a conditional",
    "filter": "a filter",
    "for": "a loop",
    "every": "an `every`",
    "some": "a `some`",
}
_NAME = re.compile(r"[^\W\d][\w ]*(?:\s*\.\s*[^\W\d][\w ]*)*\Z")
_MAX_PROBLEMS: Final = 50
_MAX_COLUMNS: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedWork:
    """A draft: ``definition`` as JSON data in the keys of the language, and what a person should know about it."""

    definition: dict[str, Any]
    told: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Type:
    """A type of a column: None where DMN leaves it open; ``allowed`` is its list of values as a unary test."""

    type: FeelType | None = None
    whole: bool = False
    allowed: UnaryTest = field(default_factory=Anything)


@dataclass(frozen=True, slots=True, kw_only=True)
class _In:
    """One input column: its CEL, the way to its field, its field in the short form."""

    source: str
    path: tuple[str, ...]
    field: str | list[CellValue]
    line: int


def read_dmn(data: bytes, *, file: str, id_: str | None = None) -> ImportedWork:
    """The decision tables of a DMN file as one draft of a work definition.

    Args:
        data: the file.
        file: what it is called, for errors and for the id.
        id_: the id of the work; by default made from the name of the model.

    Raises:
        TableInvalid: everything in it that tables of ours can't say, with its line.
    """
    root = read_xml(data, file=file)
    if root.name != "definitions" or root.namespace not in DMN_NAMESPACES:
        raise TableInvalid(
            "this is no DMN file of a version that is read",
            where=Location(file=file, line=root.line),
            expected=f"`definitions` of DMN {listing(DMN_NAMESPACES.values())}",
            found=f"`{shortened(root.name)}` in `{shortened(root.namespace)}`",
            mend="save it again with a newer tool",
        )
    reader = _Reader(root, file)
    made = reader.work(id_)
    reader.finish()
    try:
        read(made)
    except DefinitionInvalid as error:
        problems = [
            Problem(
                message=one.message, where=Location(file=file), expected=one.expected, found=one.found, mend=one.mend
            )
            for one in error.problems
        ]
        raise TableInvalid(problems=problems) from error
    return ImportedWork(definition=made, told=reader.told())


class _Reader:
    """One file: what was made of it, and everything that is wrong with it."""

    def __init__(self, root: XmlElement, file: str) -> None:
        self._root = root
        self._file = file
        self._ids = FieldIds()
        self._problems: list[Problem] = []
        self._told: list[str] = []
        self._types = {one.attributes.get("name", ""): one for one in root.all("itemDefinition")}
        self._variables = {
            " ".join(one.attributes.get("name", "").split()): _variable_type(one) for one in root.all("inputData")
        }
        self._inputs: dict[str, Any] = {}
        self._outputs: dict[str, Any] = {}

    def work(self, id_: str | None) -> dict[str, Any]:
        for name, what in (("businessKnowledgeModel", "a business knowledge model"), ("decisionService", "a service")):
            for one in self._root.all(name):
                self._problem(one, f"{_called(one)} is {what}", "decision tables over inputs")
        found = list(self._root.all("decision"))
        if len(found) > MAX_ENTRIES:
            self._problem(self._root, "the file has too many decisions", f"at most {MAX_ENTRIES}", f"{len(found):,}")
            found = []
        decisions = [made for one in found if (made := self._decision(one)) is not None]
        if not decisions and not self._problems:
            self._problem(self._root, "the file has no decision table", "at least one `decisionTable`")
        name = self._root.attributes.get("name") or "work"
        if len(decisions) == 1 and (only := self._root.first("decision")) is not None:
            name = only.attributes.get("name") or name
        return {
            "remit": 1,
            "id": id_ if id_ is not None else slug_of(name),
            "title": shortened(name),
            "inputs": {"fields": self._inputs},
            "outputs": {"fields": self._outputs},
            "decisions": decisions,
        }

    def finish(self) -> None:
        if self._problems:
            problems = sorted(self._problems, key=lambda one: one.where.line or 0)
            raise TableInvalid(problems=problems[:_MAX_PROBLEMS])

    def told(self) -> tuple[str, ...]:
        named = [f"`{one.name}` became `{one.id}`" for one in self._ids.changed]
        return tuple(dict.fromkeys([*named, *self._told]))

    def _problem(
        self, at: XmlElement, message: str, expected: str, found: str | None = None, mend: str | None = None
    ) -> None:
        where = Location(file=self._file, line=at.line)
        self._problems.append(Problem(message=message, where=where, expected=expected, found=found, mend=mend))

    def _decision(self, decision: XmlElement) -> dict[str, Any] | None:
        name = decision.attributes.get("name") or decision.attributes.get("id") or "decision"
        for requirement in decision.all("informationRequirement"):
            for needed in requirement.all("requiredDecision"):
                self._problem(
                    needed,
                    f"the decision `{shortened(name)}` builds on another decision",
                    "tables over inputs only",
                    found=needed.attributes.get("href"),
                    mend="give the answer of the other one as an input, in a work of its own",
                )
        table = decision.first("decisionTable")
        if table is None:
            kind = next((one for one in decision.children if one.name in _NO_TABLES), decision)
            what = _NO_TABLES.get(kind.name, "nothing")
            self._problem(kind, f"the decision `{shortened(name)}` is {what}", "a decision table", found=what)
            return None
        for beside in decision.children:
            if beside.name in _NO_TABLES or (beside.name == table.name and beside is not table):
                what = _NO_TABLES.get(beside.name, "a second decision table")
                self._problem(
                    beside,
                    f"the decision `{shortened(name)}` has {what} beside its decision table",
                    "one decision table and nothing beside it",
                    found=what,
                    mend="take out the one that does not count",
                )
        question = decision.first("question")
        text = question.text.strip() if question is not None else ""
        return self._table(table, name, text)

    def _table(self, table: XmlElement, name: str, question: str) -> dict[str, Any] | None:
        rules = list(table.all("rule"))
        columns = [*table.all("input"), *table.all("output")]
        if len(columns) > _MAX_COLUMNS or len(rules) > MAX_RULES:
            most = f"at most {_MAX_COLUMNS} columns and {MAX_RULES:,} rules"
            self._problem(table, f"`{shortened(name)}` is too large", most, found=f"{len(columns)} and {len(rules):,}")
            return None
        policy, aggregation = self._policy(table)
        ins = [self._input(one, i, rules) for i, one in enumerate(table.all("input"))]
        outs = [self._output(one, i, rules, name, policy, aggregation) for i, one in enumerate(table.all("output"))]
        if not ins or not outs:
            self._problem(
                table, f"`{shortened(name)}` has no {'input' if not ins else 'output'}", "at least one column"
            )
        rows = [row for i, rule in enumerate(rules, 1) if (row := self._rule(rule, i, len(ins), len(outs))) is not None]
        known = [one for one in ins if one is not None]
        if not outs or not known:
            return None
        made: dict[str, Any] = {"hit_policy": policy.value}
        if aggregation is not None:
            made["aggregation"] = aggregation.value
        made |= {"in": [one.source for one in known], "out": outs, "rules": rows}
        asked = {"question": question[:2000]} if question else {}
        return {"id": outs[0], **asked, "kind": "rule", "table": made}

    def _policy(self, table: XmlElement) -> tuple[HitPolicy, Aggregation | None]:
        said = table.attributes.get("hitPolicy", HitPolicy.UNIQUE.value)
        aggregation = table.attributes.get("aggregation")
        if said not in list(HitPolicy) or aggregation not in (None, *Aggregation):
            self._problem(
                table, "the hit policy is none of DMN", listing(HitPolicy), found=f"{said} {aggregation or ''}"
            )
            return HitPolicy.UNIQUE, None
        return HitPolicy(said), None if aggregation is None else Aggregation(aggregation)

    def _input(self, column: XmlElement, index: int, rules: list[XmlElement]) -> _In | None:
        expression = column.first("inputExpression")
        text = _text_of(expression)
        if expression is None or not text:
            self._problem(column, f"input {index + 1} asks for nothing", "the name of an input in `inputExpression`")
            return None
        if not self._is_feel(expression):
            return None
        name = " ".join(text.split())
        if name in self._variables:
            parts = [name]
        elif _NAME.match(name) and not FEEL_WORDS.intersection(re.findall(r"\w+", name)):
            parts = name.split(".")
        else:
            self._problem(
                expression,
                f"input {index + 1} computes something: `{shortened(name)}`",
                "the name of an input",
                found=shortened(name),
                mend="make what it computes an input",
            )
            return None
        said = self._type(expression.attributes.get("typeRef"), expression)
        if said.type is None:
            said = self._type(self._variables.get(name), expression)
        tests = [test for rule in rules if (test := _quiet_test(rule, index)) is not None]
        type_ = said if said.type is not None else replace(said, type=self._guessed(name, _values(tests)))
        allowed = self._allowed(column, "inputValues", type_)
        path = tuple(self._ids.id_of(part.strip()) for part in parts)
        found = _In(
            source=".".join(("input", *path)),
            path=path,
            field=self._field(name, type_, allowed),
            line=expression.line,
        )
        self._place(found, expression)
        return found

    def _guessed(self, name: str, values: list[CellValue]) -> FeelType:
        """The type of a column that says none, by the values in its cells."""
        kinds = {_type_of(value) for value in values}
        type_ = kinds.pop() if len(kinds) == 1 else FeelType.TEXT
        self._told.append(f"`{name}` has no type and became `{_FIELDS[type_]}`, as its cells say")
        return type_

    def _place(self, column: _In, at: XmlElement) -> None:
        """Put a field where its path leads; the same input of two tables has to be the same field."""
        here = self._inputs
        for name in column.path[:-1]:
            below = here.setdefault(name, {})
            if not isinstance(below, dict):
                self._problem(at, f"`{name}` is a value and a structure", "one of them")
                return
            here = below
        if here.setdefault(column.path[-1], column.field) != column.field:
            self._problem(at, f"`{column.source}` has two types", "the same type in every table")

    def _output(
        self,
        column: XmlElement,
        index: int,
        rules: list[XmlElement],
        decision: str,
        policy: HitPolicy,
        aggregation: Aggregation | None,
    ) -> str:
        name = " ".join((column.attributes.get("name") or decision).split())
        id_ = self._ids.id_of(name)
        if id_ in self._outputs:
            self._problem(column, f"two tables answer `{shortened(name)}`", "each output in one table")
        for default in column.all("defaultOutputEntry"):
            self._problem(
                default,
                f"`{shortened(name)}` has a default answer",
                "no `defaultOutputEntry`",
                mend="write a last rule for everything else, under FIRST",
            )
        type_ = self._type(column.attributes.get("typeRef"), column)
        values = _answers(rules, index)
        if type_.type is None:
            type_ = replace(type_, type=self._guessed(name, values))
        allowed = self._allowed(column, "outputValues", type_)
        if isinstance(allowed, Anything) and policy in RANKED:
            self._problem(column, f"nothing says which `{shortened(name)}` comes first", "`outputValues`, in order")
        if isinstance(allowed, Anything) and type_.type is FeelType.TEXT and values and aggregation is None:
            allowed = OneOf(values=tuple(dict.fromkeys(values)))
            self._told.append(f"the allowed answers of `{name}` are those that its rules give")
        if aggregation is not None:
            made: str | list[CellValue] = "integer" if aggregation is Aggregation.COUNT else "number"
        else:
            made = self._field(name, type_, allowed)
            if policy in LISTS:
                made = f"list of {made if isinstance(made, str) else _options(made)}"
        self._outputs[id_] = made
        return id_

    def _type(self, said: str | None, at: XmlElement, depth: int = 0) -> _Type:
        """The type that a `typeRef` names, through the item definitions of the file."""
        plain = (said or "Any").split(":")[-1]
        if plain == "Any":
            return _Type()
        if plain in _TYPES and plain not in self._types:
            return _Type(type=_TYPES[plain], whole=plain in _WHOLE)
        item = self._types.get(plain)
        base = item.first("typeRef") if item is not None else None
        if item is None or base is None or item.attributes.get("isCollection") == "true" or depth > 10:
            what = "structure or list" if item is not None else "type"
            self._problem(at, f"`{shortened(plain)}` is a {what} that no field can be", listing(_TYPES), found=plain)
            return _Type(type=FeelType.TEXT)
        found = self._type(base.text.strip(), base, depth + 1)
        allowed = item.first("allowedValues")
        return found if allowed is None else replace(found, allowed=self._values_test(allowed))

    def _allowed(self, column: XmlElement, element: str, type_: _Type) -> UnaryTest:
        values = column.first(element)
        return type_.allowed if values is None or not _text_of(values) else self._values_test(values)

    def _values_test(self, values: XmlElement) -> UnaryTest:
        try:
            return read_test(_text_of(values))
        except FeelFault as fault:
            self._problem(values, f"the allowed values are no list: {fault}", "values with commas between them")
            return Anything()

    def _field(self, name: str, type_: _Type, allowed: UnaryTest) -> str | list[CellValue]:
        """A field in the short form."""
        feel = type_.type if type_.type is not None else FeelType.TEXT
        plain = "integer" if type_.whole else _FIELDS[feel]
        match allowed:
            case OneOf() if feel in (FeelType.TEXT, FeelType.NUMBER):
                return list(allowed.values)
            case Interval(low=None | int() | float(), high=None | int() | float()) if feel is FeelType.NUMBER:
                return f"{plain}{_bounds(allowed)}"
            case Anything() | OneOf():
                pass
            case _:
                self._told.append(f"the bounds of `{name}` can't be said in the short form and are left out")
        if feel is FeelType.TEXT:
            self._told.append(f"`{name}` became `{plain}`: DMN gives texts no bound")
        return plain

    def _rule(self, rule: XmlElement, number: int, n_in: int, n_out: int) -> list[CellValue] | None:
        ins, outs = list(rule.all("inputEntry")), list(rule.all("outputEntry"))
        if (len(ins), len(outs)) != (n_in, n_out):
            self._problem(
                rule,
                f"rule {number} has the wrong number of cells",
                f"{n_in} tests and {n_out} answers",
                found=f"{len(ins)} and {len(outs)}",
            )
            return None
        if any(True for name in ("description", "annotationEntry") for one in rule.all(name) if _words(one)):
            self._told.append("descriptions and annotations of rules are not kept")
        cells = [self._cell(entry, f"rule {number}, input {i}") for i, entry in enumerate(ins, 1)]
        answers = [self._answer(entry, f"rule {number}, output {i}") for i, entry in enumerate(outs, 1)]
        return [*cells, *answers]

    def _cell(self, entry: XmlElement, where: str) -> str:
        if not self._is_feel(entry):
            return "-"
        try:
            return written(read_test(_text_of(entry)))
        except (FeelFault, CellFault) as fault:
            self._problem(
                entry,
                f"{where}: {fault}",
                'values, comparisons and ranges, such as `"a", "b"`, `< 10`, `[1..5]`',
                found=shortened(_text_of(entry)),
                mend="make what it computes an input",
            )
            return "-"

    def _answer(self, entry: XmlElement, where: str) -> CellValue:
        text = _text_of(entry)
        if not self._is_feel(entry):
            return 0
        try:
            value = read_literal(text)
            return written_output(value) if isinstance(value, str) else value
        except (FeelFault, CellFault) as fault:
            self._problem(
                entry,
                f"{where}: {fault}",
                'one value, such as `"a"`, `5` or `true`',
                found=shortened(text),
            )
            return 0

    def _is_feel(self, at: XmlElement) -> bool:
        said = at.attributes.get("expressionLanguage") or self._root.attributes.get("expressionLanguage") or "feel"
        if "feel" in said.lower():
            return True
        self._problem(at, f"this is written in `{shortened(said)}`", "FEEL", found=shortened(said))
        return False


def _called(one: XmlElement) -> str:
    return f"`{shortened(one.attributes.get('name') or one.attributes.get('id') or one.name)}`"


def _variable_type(data: XmlElement) -> str | None:
    variable = data.first("variable")
    return variable.attributes.get("typeRef") if variable is not None else None


def _text_of(element: XmlElement | None) -> str:
    text = element.first("text") if element is not None else None
    return text.text.strip() if text is not None else ""


def _words(element: XmlElement) -> str:
    return element.text.strip() or _text_of(element)


def _quiet_test(rule: XmlElement, index: int) -> UnaryTest | None:
    """The test of one cell, to learn the type of its column; None where it is told as a problem elsewhere."""
    entries = list(rule.all("inputEntry"))
    try:
        return read_test(_text_of(entries[index])) if index < len(entries) else None
    except FeelFault:
        return None


def _values(tests: list[UnaryTest]) -> list[CellValue]:
    return [value for test in tests for value in values_of(test)]


def _answers(rules: list[XmlElement], index: int) -> list[CellValue]:
    found: list[CellValue] = []
    for rule in rules:
        entries = list(rule.all("outputEntry"))
        try:
            if index < len(entries):
                found.append(read_literal(_text_of(entries[index])))
        except FeelFault:
            continue
    return found


def _type_of(value: CellValue) -> FeelType:
    if isinstance(value, bool):
        return FeelType.YES_NO
    return FeelType.TEXT if isinstance(value, str) else FeelType.NUMBER


def _bounds(test: Interval) -> str:
    text = ""
    if test.low is not None:
        text += f" >{'=' if test.low_in else ''} {format(Decimal(str(test.low)), 'f')}"
    if test.high is not None:
        text += f" <{'=' if test.high_in else ''} {format(Decimal(str(test.high)), 'f')}"
    return text


def _options(values: list[CellValue]) -> str:
    """The allowed values as a text of the short form."""
    quoted = (
        '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' if isinstance(value, str) else str(value)
        for value in values
    )
    return f"[{', '.join(quoted)}]"
