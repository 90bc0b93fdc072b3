"""The tree of a compiled expression: what CEL's checker made of it, with the place of each node.

``cel_expr_python`` gives no tree, but a program serializes to ``cel.expr.CheckedExpr``, a protobuf message whose field
numbers never change.  The few fields that are read are described here.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

__all__ = ["children", "place_of", "tree_of"]

_PACKAGE = "remit.tree"
_FIELDS: dict[str, dict[str, tuple[int, str]]] = {
    "Any": {"value": (2, "bytes")},
    "Checked": {"expr": (4, "Expr"), "source_info": (5, "SourceInfo")},
    "SourceInfo": {"positions": (4, "*Position")},
    "Position": {"key": (1, "int64"), "value": (2, "int32")},
    "Expr": {
        "id": (2, "int64"),
        "const": (3, "Constant"),
        "ident": (4, "Ident"),
        "select": (5, "Select"),
        "call": (6, "Call"),
        "list": (7, "List"),
        "struct": (8, "Struct"),
        "comprehension": (9, "Comprehension"),
    },
    "Constant": {"string": (6, "string")},
    "Ident": {"name": (1, "string")},
    "Select": {"operand": (1, "Expr"), "field": (2, "string"), "test_only": (3, "bool")},
    "Call": {"target": (1, "Expr"), "function": (2, "string"), "args": (3, "*Expr")},
    "List": {"elements": (1, "*Expr")},
    "Struct": {"entries": (2, "*Entry")},
    "Entry": {"map_key": (3, "Expr"), "value": (4, "Expr")},
    "Comprehension": {
        "variable": (1, "string"),
        "range": (2, "Expr"),
        "start": (4, "Expr"),
        "condition": (5, "Expr"),
        "step": (6, "Expr"),
        "result": (7, "Expr"),
    },
}
"""Messages of ``cel/expr/checked.proto`` and ``syntax.proto``: field, number, type; ``*`` for many."""


def tree_of(program: Any) -> Any:
    """The checked expression of a compiled program: ``expr``, and ``source_info`` with the place of each node.

    None where more macros stand in each other (15 or so) than protobuf reads.
    """
    from google.protobuf.message import DecodeError

    any_, checked = _classes()
    try:
        return checked.FromString(any_.FromString(program.serialize()).value)
    except DecodeError:
        return None


def place_of(tree: Any, node: Any) -> int:
    """Where a node begins in its source, in characters from 0."""
    return next((one.value for one in tree.source_info.positions if one.key == node.id), 0)


def children(node: Any) -> tuple[Any, ...]:
    """The nodes right below a node."""
    match node.WhichOneof("kind"):
        case "select":
            return (node.select.operand,)
        case "call":
            target = (node.call.target,) if node.call.HasField("target") else ()
            return (*target, *node.call.args)
        case "list":
            return tuple(node.list.elements)
        case "struct":
            return tuple(part for entry in node.struct.entries for part in (entry.map_key, entry.value))
        case "comprehension":
            found = node.comprehension
            return (found.range, found.start, found.condition, found.step, found.result)
        case _:
            return ()


@lru_cache(maxsize=1)
def _classes() -> tuple[Any, Any]:
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

    file = descriptor_pb2.FileDescriptorProto(name="remit_tree.proto", package=_PACKAGE, syntax="proto3")
    kinds = {name: getattr(descriptor_pb2.FieldDescriptorProto, f"TYPE_{name.upper()}") for name in _SCALARS}
    for message, fields in _FIELDS.items():
        made = file.message_type.add(name=message)
        if message in _ONE_OF:
            made.oneof_decl.add(name="kind")
        for name, (number, said) in fields.items():
            kind = said.removeprefix("*")
            part = made.field.add(name=name, number=number)
            part.label = part.LABEL_REPEATED if said != kind else part.LABEL_OPTIONAL
            part.type = kinds.get(kind, part.TYPE_MESSAGE)
            if kind not in kinds:
                part.type_name = f".{_PACKAGE}.{kind}"
            if message in _ONE_OF and name != "id":
                part.oneof_index = 0
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    any_, checked = (
        message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{_PACKAGE}.{name}")) for name in ("Any", "Checked")
    )
    return any_, checked


_SCALARS = ("string", "bytes", "bool", "int64", "int32")
_ONE_OF = ("Expr", "Constant")
