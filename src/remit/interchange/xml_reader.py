"""XML as elements with their lines, from files that nobody vouches for.

A document type declaration is refused where it begins, so that no entity is ever declared, expanded or fetched; size,
depth and number of elements are bounded.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, NoReturn
from xml.parsers import expat  # declares no entity here: a document type declaration ends the reading

from remit.errors import Location, TableInvalid

__all__ = ["MAX_BYTES", "XmlElement", "read_xml"]

MAX_BYTES: Final = 10_000_000
_MAX_DEPTH: Final = 100
_MAX_ELEMENTS: Final = 500_000


@dataclass(slots=True, kw_only=True)
class XmlElement:
    """One element: its namespace and name, its attributes without their namespaces, its own text, its line."""

    namespace: str
    name: str
    attributes: dict[str, str]
    line: int
    children: list[XmlElement] = field(default_factory=list)
    text: str = ""

    def all(self, name: str) -> Iterator[XmlElement]:
        """The children of that name in the same namespace."""
        return (one for one in self.children if one.name == name and one.namespace == self.namespace)

    def first(self, name: str) -> XmlElement | None:
        """The first child of that name; None where there is none."""
        return next(self.all(name), None)


def read_xml(data: bytes, *, file: str) -> XmlElement:
    """The root element of an XML document.

    Args:
        data: the document, with its encoding declared where it is not UTF-8.
        file: what it is called, for errors.

    Raises:
        TableInvalid: it is too large, nested too deep, no well-formed XML, or has a document type declaration.
    """
    if len(data) > MAX_BYTES:
        _refuse(file, 1, "the file is too large", expected=f"at most {MAX_BYTES:,} bytes", found=f"{len(data):,}")
    reading = _Reading(file)
    try:
        reading.parser.Parse(data, True)  # noqa: FBT003 - the C function takes it by place
    except expat.ExpatError as error:
        _refuse(file, error.lineno, f"this is no XML: {expat.ErrorString(error.code)}", expected="well-formed XML")
    except (LookupError, ValueError) as error:
        _refuse(file, 1, f"this is no XML: {error}", expected="XML in UTF-8")
    if reading.root is None:
        _refuse(file, 1, "this is no XML: there is no element", expected="well-formed XML")
    return reading.root


def _refuse(file: str, line: int, message: str, *, expected: str, found: str | None = None) -> NoReturn:
    raise TableInvalid(message, where=Location(file=file, line=line), expected=expected, found=found)


class _Reading:
    """The elements as they come."""

    def __init__(self, file: str) -> None:
        self.root: XmlElement | None = None
        self._file = file
        self._open: list[XmlElement] = []
        self._texts: list[list[str]] = []
        self._n_elements = 0
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters

    def _doctype(self, *_declared: object) -> None:
        _refuse(
            self._file,
            self.parser.CurrentLineNumber,
            "the file has a document type declaration",
            expected="plain XML: declarations can make a small file endless, or fetch others",
            found="<!DOCTYPE",
        )

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        line = self.parser.CurrentLineNumber
        self._n_elements += 1
        if len(self._open) >= _MAX_DEPTH:
            _refuse(self._file, line, "the file is nested too deep", expected=f"at most {_MAX_DEPTH} levels")
        if self._n_elements > _MAX_ELEMENTS:
            _refuse(self._file, line, "the file has too many elements", expected=f"at most {_MAX_ELEMENTS:,}")
        namespace, _, local = name.rpartition(" ")
        made = XmlElement(
            namespace=namespace,
            name=local,
            attributes={key.rpartition(" ")[2]: value for key, value in attributes.items() if " " not in key},
            line=line,
        )
        if self._open:
            self._open[-1].children.append(made)
        else:
            self.root = made
        self._open.append(made)
        self._texts.append([])

    def _end(self, _name: str) -> None:
        self._open.pop().text = "".join(self._texts.pop())

    def _characters(self, text: str) -> None:
        self._texts[-1].append(text)
