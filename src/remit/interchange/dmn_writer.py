"""Decision tables of a work definition as a DMN file, in the form that modellers open.

Source: OMG DMN 1.3, the version that the modellers in use write; a table of ours has nothing that later ones added.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from remit.definition.flaws import listing
from remit.definition.model import Decision, Definition, Json, Table
from remit.definition.positions import Path, SourceMap, dotted
from remit.definition.schemas import input_schema, leaf, output_schema, properties, required
from remit.definition.schemas.look import followed
from remit.definition.tables import CompiledTable, answers_in_order
from remit.definition.tables.cells import Interval, OneOf, UnaryTest, parse_output
from remit.definition.tables.columns import Column, columns_of
from remit.definition.tables.hits import LISTS
from remit.errors import Location, NotFound, Problem, TableInvalid
from remit.interchange.feel import FeelFault, FeelType, feel_literal, feel_test
from remit.interchange.names import FEEL_WORDS

__all__ = ["lost_in_dmn", "write_dmn"]

_NAMESPACES: Final = (
    ("xmlns", "https://www.omg.org/spec/DMN/20191111/MODEL/"),
    ("xmlns:dmndi", "https://www.omg.org/spec/DMN/20191111/DMNDI/"),
    ("xmlns:dc", "http://www.omg.org/spec/DMN/20180521/DC/"),
    ("xmlns:di", "http://www.omg.org/spec/DMN/20180521/DI/"),
)
_WIDTH, _HEIGHT, _GAP = 180, 80, 40


def write_dmn(definition: Definition, *, decision: str | None = None, source: SourceMap | None = None) -> str:
    """The decision tables of a definition as a DMN 1.3 file.

    Args:
        definition: the work.
        decision: the id of the one decision that is wanted; by default all that have a table.
        source: where the values of the definition stand, for errors.

    Raises:
        NotFound: there is no such decision, or it has no table.
        TableInvalid: everything that DMN can't say: computed columns, types that it does not know.
    """
    wanted = [
        (i, one, one.table)
        for i, one in enumerate(definition.decisions)
        if one.table is not None and decision in (None, one.id)
    ]
    if not wanted:
        raise NotFound(
            f"`{definition.id}` has no decision table" + (f" for `{decision}`" if decision is not None else ""),
            expected=", ".join(one.id for one in definition.decisions if one.table is not None) or "a `table`",
            found=decision,
            mend="write the table of a decision first",
        )
    writer = _Writer(definition, source)
    for i, one, table in wanted:
        writer.add(one, table, ("decisions", i, "table"))
    return writer.text()


def lost_in_dmn(definition: Definition, *, decision: str | None = None) -> tuple[str, ...]:
    """What of the fields of these tables a DMN file does not say, so that it does not come in again."""
    schema = input_schema(definition)
    inputs: dict[str, Mapping[str, Json]] = {}
    outputs: dict[str, Mapping[str, Json]] = {}
    for one in definition.decisions:
        if one.table is None or decision not in (None, one.id):
            continue
        for column in columns_of(one.table, definition):
            if column.path is not None:
                inputs[dotted(column.path)] = leaf(schema, dotted(column.path)) or {}
        outputs |= {name: leaf(output_schema(definition), name) or {} for name in one.table.out}
    fields = {**{f"input.{name}": node for name, node in inputs.items()}, **outputs}
    whole = [name for name, node in fields.items() if "integer" in str(node.get("type"))]
    optional = [f"input.{name}" for name in inputs if name.partition(".")[0] not in required(schema)]
    texts = [name for name, node in fields.items() if node.get("type") == "string" and "enum" not in node]
    told = [
        (whole, "whole numbers become numbers"),
        (optional, "optional inputs become required ones"),
        (texts, "texts lose their bounds"),
    ]
    lost = [f"{what}: {listing(names, joint='and')}" for names, what in told if names]
    return (*lost, "only the tables go out: the id of the work, and all that is not a table, do not come in again")


class _Writer:
    """One file as it is written."""

    def __init__(self, definition: Definition, source: SourceMap | None) -> None:
        self._definition = definition
        self._source = source
        self._problems: list[Problem] = []
        self._inputs: dict[str, FeelType | None] = {}
        self._decisions: list[str] = []
        self._shapes: list[str] = []
        self._edges: list[_Edge] = []

    def text(self) -> str:
        if self._problems:
            raise TableInvalid(problems=self._problems)
        name = self._definition.title or self._definition.id
        names = " ".join(f"{key}={quoteattr(value)}" for key, value in _NAMESPACES)
        head = f"id={quoteattr(f'definitions_{self._definition.id}')} name={quoteattr(name)}"
        lines = [
            '<?xml version="1.0" encoding="UTF-8"?>',
            f'<definitions {names} {head} namespace="urn:remit" exporter="Remit">',
            *(line for one, type_ in self._inputs.items() for line in _input_data(one, type_)),
            *self._decisions,
            *self._diagram(),
            "</definitions>",
        ]
        return "\n".join(lines) + "\n"

    def add(self, decision: Decision, table: Table, path: Path) -> None:
        order = answers_in_order(table, output_schema(self._definition))
        compiled = CompiledTable(table, order=order, where=self._where(path))
        columns = columns_of(table, self._definition)
        types = [self._input_type(column, (*path, "in", i)) for i, column in enumerate(columns)]
        answers = [self._output_type(table, name, (*path, "out", i)) for i, name in enumerate(table.out)]
        roots = dict.fromkeys(column.path[0] for column in columns if column.path is not None)
        id_ = f"decision_{decision.id}"
        self._shapes.append(id_)
        made = [f"  <decision id={quoteattr(id_)} name={quoteattr(decision.id)}>"]
        if decision.question is not None:
            made.append(f"    <question>{self._plain(decision.question, path)}</question>")
        for root in roots:
            edge = _Edge(id=f"requirement_{decision.id}_{root}", start=root, end=len(self._shapes) - 1)
            self._edges.append(edge)
            made += [
                f"    <informationRequirement id={quoteattr(edge.id)}>",
                f"      <requiredInput href={quoteattr(f'#input_{root}')} />",
                "    </informationRequirement>",
            ]
        aggregation = f' aggregation="{table.aggregation}"' if table.aggregation is not None else ""
        head = f'hitPolicy="{table.hit_policy}"{aggregation}'
        made.append(f"    <decisionTable id={quoteattr(f'table_{decision.id}')} {head}>")
        for i, (column, type_) in enumerate(zip(columns, types, strict=True)):
            made += self._input(decision.id, i, column, type_, (*path, "in", i))
        for i, (name, type_) in enumerate(zip(table.out, answers, strict=True)):
            made += self._output(decision.id, i, name, type_, order.get(name), (*path, "out", i))
        for i, rule in enumerate(compiled.rules):
            made += self._rule(decision.id, i, rule.tests, types, list(rule.output.values()), answers, path)
        self._decisions += [*made, "    </decisionTable>", "  </decision>"]

    def _where(self, path: Path) -> Location:
        return self._source.locate(path) if self._source is not None else Location(path=dotted(path))

    def _problem(self, path: Path, message: str, expected: str, mend: str | None = None) -> None:
        self._problems.append(Problem(message=message, where=self._where(path), expected=expected, mend=mend))

    def _input_type(self, column: Column, path: Path) -> FeelType:
        if column.path is None:
            self._problem(
                path,
                f"`{column.source}` is computed in CEL, which DMN does not know",
                "columns that are fields, such as `input.amount`",
                "make what it computes an input",
            )
            return FeelType.TEXT
        if words := FEEL_WORDS.intersection(column.path):
            self._problem(path, f"`{min(words)}` is a word of FEEL and can't be a name there", "another field name")
        type_ = self._type(self._node(column.path), path)
        self._inputs.setdefault(column.path[0], type_ if len(column.path) == 1 else None)
        return type_

    def _node(self, way: Sequence[str]) -> Mapping[str, Json]:
        """The schema of an input field."""
        root = input_schema(self._definition)
        node: Mapping[str, Json] = root
        for name in way:
            node = followed(properties(followed(node, root)).get(name), root)
        return node

    def _output_type(self, table: Table, name: str, path: Path) -> FeelType:
        if table.aggregation is not None:
            values = [parse_output(row[-1]) for row in table.rules]
            return FeelType.NUMBER if not any(isinstance(one, str | bool) for one in values) else FeelType.TEXT
        root = output_schema(self._definition)
        node = followed(properties(root).get(name), root)
        if table.hit_policy in LISTS:
            node = followed(node.get("items"), root)
        return self._type(node, path)

    def _type(self, node: Mapping[str, Json], path: Path) -> FeelType:
        kinds = node.get("type")
        kinds = {kinds} if isinstance(kinds, str) else set(kinds or ()) - {"null"}
        if not kinds and isinstance(node.get("enum"), list):
            kinds = {"string" if isinstance(one, str) else "number" for one in node["enum"] if one is not None}
        if kinds == {"string"}:
            formats = {"date": FeelType.DATE, "date-time": FeelType.DATE_TIME}
            return formats.get(str(node.get("format")), FeelType.TEXT)
        if kinds and kinds <= {"number", "integer"}:
            return FeelType.NUMBER
        if kinds == {"boolean"}:
            return FeelType.YES_NO
        self._problem(path, "the column has no type that DMN knows", "text, a number, yes/no, a date or a datetime")
        return FeelType.TEXT

    def _input(self, decision: str, index: int, column: Column, type_: FeelType, path: Path) -> Iterator[str]:
        name = ".".join(column.path or ())
        key = f"{decision}_{index + 1}"
        yield f"      <input id={quoteattr(f'input_column_{key}')} label={quoteattr(name)}>"
        yield f'        <inputExpression id={quoteattr(f"expression_{key}")} typeRef="{type_}">'
        yield f"          <text>{escape(name)}</text>"
        yield "        </inputExpression>"
        allowed = _bounds(self._node(column.path)) if column.path is not None and type_ is FeelType.NUMBER else None
        allowed = _listed(column.domain.listed) or allowed
        yield from self._values("inputValues", f"input_values_{key}", allowed, type_, path)
        yield "      </input>"

    def _output(
        self, decision: str, index: int, name: str, type_: FeelType, listed: Sequence[Json] | None, path: Path
    ) -> Iterator[str]:
        key = f"{decision}_{index + 1}"
        head = f"id={quoteattr(f'output_{key}')} label={quoteattr(name)} name={quoteattr(name)}"
        yield f'      <output {head} typeRef="{type_}">'
        yield from self._values("outputValues", f"output_values_{key}", _listed(listed), type_, path)
        yield "      </output>"

    def _values(self, element: str, id_: str, allowed: UnaryTest | None, type_: FeelType, path: Path) -> Iterator[str]:
        if allowed is None:
            return
        yield f"        <{element} id={quoteattr(id_)}>"
        try:
            yield f"          <text>{escape(feel_test(allowed, type_))}</text>"
        except FeelFault as fault:
            self._problem(path, str(fault), "values that FEEL can say")
        yield f"        </{element}>"

    def _rule(
        self,
        decision: str,
        index: int,
        tests: Sequence[UnaryTest],
        types: Sequence[FeelType],
        answers: Sequence[str | int | float],
        answer_types: Sequence[FeelType],
        path: Path,
    ) -> Iterator[str]:
        key = f"{decision}_{index + 1}"
        yield f"      <rule id={quoteattr(f'rule_{key}')}>"
        try:
            for i, (test, type_) in enumerate(zip(tests, types, strict=True), 1):
                yield from _entry("inputEntry", f"test_{key}_{i}", feel_test(test, type_))
            for i, (answer, type_) in enumerate(zip(answers, answer_types, strict=True), 1):
                yield from _entry("outputEntry", f"answer_{key}_{i}", feel_literal(answer, type_))
        except FeelFault as fault:
            self._problem((*path, "rules", index), f"rule {index + 1}: {fault}", "values that FEEL can say")
        yield "      </rule>"

    def _plain(self, text: str, path: Path) -> str:
        try:
            feel_literal(text, FeelType.TEXT)
        except FeelFault as fault:
            self._problem(path, str(fault), "text that XML can hold")
            return ""
        return escape(text)

    def _diagram(self) -> Iterator[str]:
        """Where the shapes stand: without it a modeller shows an empty page."""
        yield "  <dmndi:DMNDI>"
        yield '    <dmndi:DMNDiagram id="diagram_1">'
        for row, ids in ((0, self._shapes), (1, [f"input_{name}" for name in self._inputs])):
            for i, id_ in enumerate(ids):
                x, y = _GAP + i * (_WIDTH + _GAP), _GAP + row * (_HEIGHT + 2 * _GAP)
                yield f"      <dmndi:DMNShape id={quoteattr(f'shape_{id_}')} dmnElementRef={quoteattr(id_)}>"
                yield f'        <dc:Bounds height="{_HEIGHT}" width="{_WIDTH}" x="{x}" y="{y}" />'
                yield "      </dmndi:DMNShape>"
        names = list(self._inputs)
        for edge in self._edges:
            yield f"      <dmndi:DMNEdge id={quoteattr(f'edge_{edge.id}')} dmnElementRef={quoteattr(edge.id)}>"
            yield _waypoint(names.index(edge.start), 2 * (_HEIGHT + _GAP) - _HEIGHT + _GAP)
            yield _waypoint(edge.end, _HEIGHT + _GAP)
            yield "      </dmndi:DMNEdge>"
        yield "    </dmndi:DMNDiagram>"
        yield "  </dmndi:DMNDI>"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Edge:
    """A line from an input, by its name, to a decision, by its place."""

    id: str
    start: str
    end: int


def _waypoint(column: int, y: int) -> str:
    return f'        <di:waypoint x="{_GAP + column * (_WIDTH + _GAP) + _WIDTH // 2}" y="{y}" />'


def _listed(values: Sequence[Json] | None) -> UnaryTest | None:
    kept = tuple(one for one in values or () if isinstance(one, str | int | float))
    return OneOf(values=kept) if kept else None


def _bounds(node: Mapping[str, Json]) -> UnaryTest | None:
    """The bounds of a number as a test; None where it has none."""
    ends: dict[str, int | float] = {}
    for key, end in (
        ("minimum", "low"),
        ("exclusiveMinimum", "low"),
        ("maximum", "high"),
        ("exclusiveMaximum", "high"),
    ):
        if isinstance(value := node.get(key), int | float):
            ends[end] = value
    if not ends:
        return None
    return Interval(
        low=ends.get("low"),
        high=ends.get("high"),
        low_in="exclusiveMinimum" not in node,
        high_in="exclusiveMaximum" not in node,
    )


def _input_data(name: str, type_: FeelType | None) -> Iterator[str]:
    yield f"  <inputData id={quoteattr(f'input_{name}')} name={quoteattr(name)}>"
    reference = f' typeRef="{type_}"' if type_ is not None else ""
    yield f"    <variable id={quoteattr(f'variable_{name}')} name={quoteattr(name)}{reference} />"
    yield "  </inputData>"


def _entry(element: str, id_: str, text: str) -> Iterator[str]:
    yield f"        <{element} id={quoteattr(id_)}>"
    yield f"          <text>{escape(text)}</text>"
    yield f"        </{element}>"
