"""What a node of a JSON Schema asks for, in plain words, and the mend where the value shows what was meant."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from remit.definition.flaws import listing, suggestion

__all__ = ["branches", "expected", "mend", "resolved"]

Node = Mapping[str, Any]

_PLAIN_NUMBER = re.compile(r"[-+]?(?:[0-9]{1,3}(?:[, _][0-9]{3})+|[0-9]*)(?:\.[0-9]*)?\Z")
_YES = frozenset({"yes", "y", "on", "true", "t"})
_NO = frozenset({"no", "n", "off", "false", "f"})


def resolved(node: Node, root: Node) -> Node:
    """The node itself, behind its references and without the alternative `null`."""
    while True:
        reference = node.get("$ref")
        if isinstance(reference, str):
            node = root["$defs"][reference.removeprefix("#/$defs/")]
            continue
        alternatives = branches(node)
        if len(alternatives) != 1:
            return node
        node = alternatives[0]


def branches(node: Node) -> Sequence[Node]:
    """The alternatives of a node, without `null`; none where it has none."""
    alternatives = node.get("anyOf") or node.get("oneOf") or ()
    return [branch for branch in alternatives if branch.get("type") != "null"]


def expected(node: Node, root: Node, value: Any = None) -> str:
    """What a node asks for. Bounds of texts and lists are told where ``value`` is of that type and breaks them."""
    node = resolved(node, root)
    if alternatives := branches(node):
        said = dict.fromkeys(expected(branch, root, value) for branch in alternatives)
        return ", or ".join(said)
    if "const" in node:
        return f"`{node['const']}`"
    if "enum" in node:
        return listing(str(option) for option in node["enum"])
    match node.get("type"):
        case "string":
            return _text(node, value)
        case "integer":
            return f"a whole number{_range(node)}"
        case "number":
            return f"a number{_range(node)}"
        case "boolean":
            return "`true` or `false`"
        case "array":
            return _list(node, root, value)
        case "object":
            names = listing(node.get("properties", ()), joint="and")
            return f"a mapping with {names}" if names else "a mapping"
        case _:
            return "a value"


def _text(node: Node, value: Any) -> str:
    described: str | None = node.get("description")
    if ("pattern" in node or "format" in node) and described is not None:
        return described
    least, most = node.get("minLength", 0), node.get("maxLength")
    if isinstance(value, str):
        if most is not None and len(value) > most:
            return f"text of at most {most} characters"
        if len(value) < least:
            return "text that is not empty"
    return "text"


def _range(node: Node) -> str:
    least, most = node.get("minimum"), node.get("maximum")
    above, below = node.get("exclusiveMinimum"), node.get("exclusiveMaximum")
    if least is not None and most is not None:
        return f" from {least} to {most}"
    parts = [
        f"{word} {bound}"
        for word, bound in (("of at least", least), ("above", above), ("of at most", most), ("below", below))
        if bound is not None
    ]
    return f" {' and '.join(parts)}" if parts else ""


def _list(node: Node, root: Node, value: Any) -> str:
    if "prefixItems" in node:
        return f"a list of {len(node['prefixItems'])}, each {expected(node['prefixItems'][0], root)}"
    if isinstance(value, list):
        least, most = node.get("minItems", 0), node.get("maxItems")
        if most is not None and len(value) > most:
            return f"a list of at most {most}"
        if len(value) < least:
            return f"a list of at least {least}"
    return f"a list, each entry {expected(node['items'], root)}" if node.get("items") else "a list"


def mend(node: Node, root: Node, value: Any) -> str | None:
    """What to write instead, where ``value`` shows what was meant."""
    node = resolved(node, root)
    for branch in branches(node) or (node,):
        said = _mend(resolved(branch, root), value)
        if said is not None:
            return said
    return None


def _mend(node: Node, value: Any) -> str | None:
    options = node.get("enum", [node["const"]] if "const" in node else ())
    if options:
        return suggestion(value, map(str, options)) if isinstance(value, str) else None
    match node.get("type"):
        case "number" | "integer" if isinstance(value, str):
            plain = _plain_number(value)
            return None if plain is None else f"write `{plain}`"
        case "boolean" if isinstance(value, str) and value.lower() in _YES | _NO:
            return f"write `{'true' if value.lower() in _YES else 'false'}`"
        case "string" if isinstance(value, bool | int | float):
            return f'put quotes around it: "{str(value).lower()}"'
        case "array" if isinstance(value, str | int | float):
            return "write a list: `[...]`, or one `- ` line for each entry"
    return None


def _plain_number(text: str) -> str | None:
    """The plain number in ``5%``, ``+1``, ``.5`` or ``1,850``."""
    share = text.strip().endswith("%")
    digits = text.strip().removesuffix("%").strip()
    if not any(character.isdigit() for character in digits) or not _PLAIN_NUMBER.match(digits):
        return None
    number = float(re.sub("[, _]", "", digits))
    return f"{number / 100 if share else number:.12g}"
