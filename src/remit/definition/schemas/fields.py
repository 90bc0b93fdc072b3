"""The short form of fields: ``{subject: text <= 200, amount: number >= 0}`` into a closed JSON Schema.

::

    field  = ["optional"] type
    type   = "text" length | "number" [range] | "integer" [range] | "yes/no" | "date" | "datetime" | list
           | "{" name ":" field {"," name ":" field} "}"        an object, closed
           | "[" value {"," value} "]"                          an enumeration of texts or of numbers
           | ["[...]"] "from" file "#" column                   an enumeration from a column of a CSV file
    list   = "list" ["<=" n] "of" type                          at most n entries, 1000 where nothing is said
    length = "<=" n | n ".." n                                  in characters
    range  = number ".." number | {("<=" | ">=" | "<" | ">") number}

Objects and enumerations may be YAML mappings and lists too, and ``{list of: ...}`` and ``{optional: ...}`` stand for
``list of ...`` and ``optional ...`` where quotes would be needed.  An optional field may be absent; it is never null.
A ``datetime`` is RFC 3339 text with an offset.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NoReturn

from remit.definition.flaws import Flaw, found, listing, problems_of, shortened, suggestion
from remit.definition.positions import Path
from remit.errors import DefinitionInvalid

__all__ = ["MAX_ENUMERATION", "MAX_FIELDS", "BuiltFields", "build_fields", "schema_of_fields", "with_enumerations"]

MAX_FIELDS: Final = 1000
MAX_ENUMERATION: Final = 10_000
MAX_LIST: Final = 100_000
_DEFAULT_LIST: Final = 1000
_MAX_CHARACTERS: Final = 1_000_000
_MAX_SOURCE: Final = 4000
_MAX_NESTING: Final = 16

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<text>"(?:[^"\\]|\\.)*"|'(?:[^']|'')*')
    | (?P<sign>\.\.|<=|>=|[<>{}\[\],:])
    | (?P<word>(?:(?!\.\.)[^\s"'<>{}\[\],:])+)
    )""",
    re.VERBOSE,
)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}\Z")
_NOT_NAMES: Final = frozenset({"true", "false", "null", "in"})  # CEL can't write input.in
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,18})?\Z")
_LEAST = re.compile(r"[0-9]{1,7}\Z")
_COUNT = re.compile(r"[1-9][0-9]{0,8}\Z")
_LIST_KEY = re.compile(r"(?P<optional>optional\s+)?list(?:\s*<=\s*(?P<most>[0-9]+))?\s+of\Z")
_FROM = re.compile(
    r"(?P<before>(?:optional\s+)?(?:list(?:\s*<=\s*[0-9]+)?\s+of\s+)*)"
    r"(?:\[\s*\.\.\.\s*\]\s+)?from\s+(?P<file>[^#]*[^#\s])\s*#\s*(?P<column>\S.*?)\s*\Z"
)
_LIST_OF = re.compile(r"list(?:\s*<=\s*[0-9]+)?\s+of\b")

_TYPES: Final = ("text", "number", "integer", "yes/no", "date", "datetime", "list", "optional", "from")
_OTHER_WORDS: Final = {
    "string": "text <= 200",
    "str": "text <= 200",
    "varchar": "text <= 200",
    "char": "text <= 200",
    "int": "integer",
    "long": "integer",
    "float": "number",
    "double": "number",
    "decimal": "number",
    "money": "number >= 0",
    "bool": "yes/no",
    "boolean": "yes/no",
    "timestamp": "datetime",
    "time": "datetime",
    "array": "list of ...",
    "enum": "[one, other]",
    "object": "{name: text <= 80}",
}
_WRONG_BOUND: Final = "the list is bounded wrongly"
_LIST_BOUNDS: Final = f"from 1 to {MAX_LIST:,} entries"
_NO_OPTIONAL_ENTRY: Final = "the entries of a list can't be optional"
_KEYWORDS: Final = {">=": "minimum", ">": "exclusiveMinimum", "<=": "maximum", "<": "exclusiveMaximum"}


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltFields:
    """The schema of some fields, or None and the flaws that keep it from being made. Paths begin at the fields."""

    schema: dict[str, Any] | None
    flaws: tuple[Flaw, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Field:
    schema: dict[str, Any]
    optional: bool = False


class _Refused(Exception):
    """One field can't be read."""

    def __init__(
        self, message: str, *, expected: str, found: str, mend: str | None = None, column: int | None = None
    ) -> None:
        super().__init__(message)
        self.message, self.expected, self.found, self.mend, self.column = message, expected, found, mend, column

    def at(self, path: Path, *, at_key: bool = False) -> Flaw:
        return Flaw(
            path=path,
            message=self.message,
            expected=self.expected,
            found=self.found,
            mend=self.mend,
            at_key=at_key,
            column=self.column,
        )


def schema_of_fields(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The closed JSON Schema (2020-12) of fields in the short form; strings are always bounded.

    Raises:
        DefinitionInvalid: with one problem for each field that can't be read, by its path.
    """
    built = build_fields(fields)
    if built.schema is None:
        raise DefinitionInvalid(problems=problems_of(built.flaws))
    return built.schema


def build_fields(fields: Mapping[str, Any]) -> BuiltFields:
    """:func:`schema_of_fields` with the flaws as values."""
    builder = _Builder()
    schema = builder.object(fields, ())
    return BuiltFields(schema=None if builder.flaws else schema, flaws=tuple(builder.flaws))


def with_enumerations(fields: Mapping[str, Any], load: Callable[[str, str, Path], list[str]]) -> dict[str, Any]:
    """The fields with every ``from file#column`` replaced by the values that ``load(file, column, path)`` gives.

    What is no such reference is kept as it is, valid or not.
    """
    return {name: _taken_in(value, (name,), load, _MAX_NESTING) for name, value in fields.items()}


def _taken_in(value: Any, path: Path, load: Callable[[str, str, Path], list[str]], depth: int) -> Any:
    if isinstance(value, Mapping) and depth > 0:
        return {name: _taken_in(below, (*path, name), load, depth - 1) for name, below in value.items()}
    reference = _FROM.match(value.strip()) if isinstance(value, str) and len(value) <= _MAX_SOURCE else None
    if reference is None:
        return value
    taken: Any = load(reference["file"], reference["column"], path)
    before = reference["before"]
    for word in reversed(_LIST_OF.findall(before)):
        taken = {" ".join(word.split()): taken}
    return {"optional": taken} if before.startswith("optional") else taken


class _Builder:
    """Fields that are YAML values into schemas, with all flaws."""

    def __init__(self) -> None:
        self.flaws: list[Flaw] = []
        self._n_fields = 0

    def object(self, fields: Mapping[str, Any], path: Path) -> dict[str, Any]:
        if not fields:
            self._flaw(_Refused("there are no fields", expected="at least one `name: type`", found="nothing"), path)
        made: dict[str, _Field] = {}
        for name, value in fields.items():
            below = (*path, name)
            try:
                _check_name(name)
            except _Refused as refused:
                self._flaw(refused, below, at_key=True)
            made[name] = self._field(value, below)
        self._n_fields += len(made)
        if self._n_fields > MAX_FIELDS:
            self._flaw(
                _Refused("there are too many fields", expected=f"at most {MAX_FIELDS}", found=f"{self._n_fields}"), path
            )
        return _closed(made)

    def _flaw(self, refused: _Refused, path: Path, *, at_key: bool = False) -> None:
        self.flaws.append(refused.at(path, at_key=at_key))

    def _field(self, value: Any, path: Path) -> _Field:
        if len(path) > _MAX_NESTING:
            self._flaw(
                _Refused("nested too deeply", expected=f"at most {_MAX_NESTING} levels", found=f"{len(path)} levels"),
                path,
            )
            return _Field(schema={})
        if isinstance(value, Mapping):
            return self._mapping(value, path)
        try:
            if isinstance(value, str):
                return _Reader(value).whole_field()
            if isinstance(value, list | tuple):
                return _Field(schema=_enumeration(value))
        except _Refused as refused:
            self._flaw(refused, path)
            return _Field(schema={})
        untyped = _Refused(
            f"`{path[-1]}` has no type",
            expected=f"a type: {listing(_TYPES)}, a list of the allowed values, or a mapping",
            found=found(value),
            mend="write `yes/no`" if isinstance(value, bool) else None,
        )
        self._flaw(untyped, path)
        return _Field(schema={})

    def _mapping(self, value: Mapping[str, Any], path: Path) -> _Field:
        if len(value) == 1:
            ((key, inner),) = value.items()
            below = (*path, key)
            if key == "optional":
                made = self._field(inner, below)
                if made.optional:
                    self._flaw(_Refused("`optional` stands twice", expected="it once", found="twice"), below)
                return _Field(schema=made.schema, optional=True)
            if match := _LIST_KEY.match(key):
                most = int(match["most"]) if match["most"] is not None else _DEFAULT_LIST
                item = self._field(inner, below)
                if item.optional:
                    self._flaw(_Refused(_NO_OPTIONAL_ENTRY, expected="`list of ...`", found="`optional`"), below)
                if not 1 <= most <= MAX_LIST:
                    self._flaw(_Refused(_WRONG_BOUND, expected=_LIST_BOUNDS, found=f"{most}"), below, at_key=True)
                return _Field(schema=_list(item.schema, most), optional=match["optional"] is not None)
        return _Field(schema=self.object(value, path))


def _closed(fields: Mapping[str, _Field]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {name: made.schema for name, made in fields.items()},
        "required": [name for name, made in fields.items() if not made.optional],
        "additionalProperties": False,
    }


def _list(items: dict[str, Any], most: int) -> dict[str, Any]:
    return {"type": "array", "items": items, "maxItems": most}


def _check_name(name: str) -> None:
    if _NAME.match(name) and name not in _NOT_NAMES:
        return
    plain = re.sub(r"[^A-Za-z0-9_]+", "_", name).strip("_")
    raise _Refused(
        f"`{shortened(name)}` can't be the name of a field",
        expected="letters, digits and `_`, beginning with a letter, at most 64 (expressions say `input.name`)",
        found=found(name),
        mend=f"write `{plain}`" if _NAME.match(plain) and plain not in _NOT_NAMES else None,
    )


def _enumeration(values: Sequence[Any]) -> dict[str, Any]:
    expected = "the allowed values, all texts or all numbers, each once"
    if not values:
        raise _Refused("nothing is allowed", expected=expected, found="an empty list")
    if len(values) > MAX_ENUMERATION:
        raise _Refused(
            "there are too many allowed values", expected=f"at most {MAX_ENUMERATION}", found=f"{len(values)}"
        )
    if any(isinstance(value, bool) for value in values):
        raise _Refused(
            "`true` and `false` are no texts", expected=expected, found="`true` or `false`", mend="write `yes/no`"
        )
    if None in values:
        raise _Refused("`null` is no answer", expected=expected, found="nothing", mend="write `optional [...]`")
    for value in values:
        if not isinstance(value, str | int | float):
            raise _Refused("an allowed value is neither text nor number", expected=expected, found=found(value))
    kinds = {_kind(value) for value in values}
    if len(kinds) > 1 and "string" in kinds:
        odd = next(value for value in values if not isinstance(value, str))
        raise _Refused(
            "texts and numbers are mixed", expected=expected, found=found(odd), mend=f'put quotes around it: "{odd}"'
        )
    seen: set[Any] = set()
    for value in values:
        if value in seen:
            raise _Refused(f"`{shortened(str(value))}` is allowed twice", expected=expected, found=found(value))
        seen.add(value)
    return {"type": "number" if len(kinds) > 1 else kinds.pop(), "enum": list(values)}


def _kind(value: str | float) -> str:
    if isinstance(value, str):
        return "string"
    return "integer" if isinstance(value, int) else "number"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Token:
    text: str
    column: int
    quoted: bool = False


class _Reader:
    """One field that is written as a text."""

    def __init__(self, source: str) -> None:
        if len(source) > _MAX_SOURCE:
            raise _Refused(
                "the field is too long", expected=f"at most {_MAX_SOURCE} characters", found=f"{len(source)}"
            )
        self._source = source
        self._tokens = _tokens(source)
        self._at = 0
        self._depth = 0

    def whole_field(self) -> _Field:
        """The field; nothing may follow it."""
        made = self._field()
        token = self._peek()
        if token is not None and token.text == "<=" and made.schema.get("type") == "array":
            self._refuse(
                "the bound of a list stands before `of`",
                expected="`list <= 50 of ...`",
                mend="write `list <= n of ...`",
            )
        if token is not None:
            self._refuse("the field goes on where it should end", expected="nothing more")
        return made

    def _peek(self) -> _Token | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _take(self) -> _Token | None:
        token = self._peek()
        self._at += 1
        return token

    def _next_is(self, *words: str) -> bool:
        token = self._peek()
        return token is not None and not token.quoted and token.text in words

    def _refuse(self, message: str, *, expected: str, mend: str | None = None) -> NoReturn:
        token = self._peek()
        raise _Refused(
            message,
            expected=expected,
            found=f"`{shortened(token.text)}`" if token is not None else "the end",
            mend=mend,
            column=token.column if token is not None else len(self._source) + 1,
        )

    def _expect(self, sign: str, what: str) -> None:
        if not self._next_is(sign):
            self._refuse(f"`{sign}` is missing", expected=f"`{sign}` {what}")
        self._at += 1

    def _field(self) -> _Field:
        optional = self._next_is("optional")
        if optional:
            self._at += 1
        return _Field(schema=self._type(), optional=optional)

    def _type(self) -> dict[str, Any]:
        self._depth += 1
        if self._depth > _MAX_NESTING:
            self._refuse("nested too deeply", expected=f"at most {_MAX_NESTING} levels")
        token = self._peek()
        if token is None or token.quoted:
            self._refuse("the type is missing", expected=listing(_TYPES))
        readers: Mapping[str, Callable[[], dict[str, Any]]] = {
            "text": self._text,
            "number": lambda: self._numbers("number"),
            "integer": lambda: self._numbers("integer"),
            "yes/no": lambda: self._plain({"type": "boolean"}),
            "date": lambda: self._plain({"type": "string", "format": "date", "maxLength": 10}),
            "datetime": lambda: self._plain({"type": "string", "format": "date-time", "maxLength": 40}),
            "list": self._list,
            "{": self._object,
            "[": self._options,
        }
        reader = readers.get(token.text)
        if reader is None:
            self._unknown(token.text)
        made = reader()
        self._depth -= 1
        return made

    def _unknown(self, word: str) -> NoReturn:
        if word == "from":
            self._refuse(
                "values from a file are not taken in here",
                expected="`from file.csv#column` as the whole field, in a definition that is read from a file",
            )
        if word == "optional":
            self._refuse("`optional` can't stand here", expected="`optional` at the beginning of a field")
        other = _OTHER_WORDS.get(word.lower())
        mend = f"write `{other}`" if other is not None else suggestion(word, _TYPES)
        self._refuse(f"`{shortened(word)}` is no type", expected=listing(_TYPES), mend=mend)

    def _plain(self, schema: dict[str, Any]) -> dict[str, Any]:
        self._at += 1
        return schema

    def _text(self) -> dict[str, Any]:
        self._at += 1
        if self._next_is("<="):
            self._at += 1
            return {"type": "string", "maxLength": self._count(_MAX_CHARACTERS)}
        token = self._peek()
        if token is None or token.quoted or not _LEAST.match(token.text):
            self._refuse(
                "the text has no bound", expected="`<=` and the most characters it may have", mend="write `text <= 200`"
            )
        self._at += 1
        self._expect("..", "and the most characters")
        most = self._count(_MAX_CHARACTERS)
        if int(token.text) > most:
            self._at -= 1
            self._refuse("the length ends before it begins", expected=f"at least {token.text}")
        return {"type": "string", "minLength": int(token.text), "maxLength": most}

    def _count(self, most: int) -> int:
        token = self._peek()
        if token is None or not _COUNT.match(token.text) or int(token.text) > most:
            self._refuse("a bound is missing", expected=f"a whole number from 1 to {most:,}")
        self._at += 1
        return int(token.text)

    def _numbers(self, kind: str) -> dict[str, Any]:
        self._at += 1
        schema: dict[str, Any] = {"type": kind}
        token = self._peek()
        if token is not None and not token.quoted and _NUMBER.match(token.text):
            schema["minimum"] = self._number(kind)
            self._expect("..", "and the highest value")
            schema["maximum"] = self._number(kind)
        while self._next_is(*_KEYWORDS):
            sign = self._peek()
            keyword = _KEYWORDS[sign.text] if sign is not None else ""
            side = "inimum" if "inimum" in keyword else "aximum"
            if any(side in key for key in schema):
                self._refuse("this side is bounded twice", expected="one bound below and one above")
            self._at += 1
            schema[keyword] = self._number(kind)
        low = schema.get("minimum", schema.get("exclusiveMinimum"))
        high = schema.get("maximum", schema.get("exclusiveMaximum"))
        strict = "exclusiveMinimum" in schema or "exclusiveMaximum" in schema
        if low is not None and high is not None and (low > high or (strict and low == high)):
            self._at -= 1
            self._refuse("no number fits the bounds", expected="a lower bound below the upper one")
        return schema

    def _number(self, kind: str) -> int | float:
        token = self._peek()
        text = token.text if token is not None and not token.quoted else ""
        if not _NUMBER.match(text) or (kind == "integer" and "." in text):
            what = "a whole number" if kind == "integer" else "a number, such as 5 or 0.5"
            self._refuse("a bound is missing", expected=what)
        self._at += 1
        return float(text) if "." in text else int(text)

    def _list(self) -> dict[str, Any]:
        self._at += 1
        most = _DEFAULT_LIST
        if self._next_is("<="):
            self._at += 1
            most = self._count(MAX_LIST)
        self._expect("of", "and the type of the entries")
        if self._next_is("optional"):
            self._refuse(_NO_OPTIONAL_ENTRY, expected="`list of ...`")
        return _list(self._type(), most)

    def _object(self) -> dict[str, Any]:
        self._at += 1
        fields: dict[str, _Field] = {}
        while True:
            name = self._name(fields)
            self._expect(":", f"behind `{name}`")
            fields[name] = self._field()
            if self._next_is("}"):
                self._at += 1
                return _closed(fields)
            if not self._next_is(","):
                self._refuse("the `{` is not closed", expected="`,` or `}`")
            self._at += 1

    def _name(self, known: Mapping[str, _Field]) -> str:
        token = self._peek()
        if token is None or token.text in ("}", ",", ":"):
            self._refuse("a field has no name", expected="`name: type`")
        try:
            _check_name(token.text)
        except _Refused as refused:
            refused.column = token.column
            raise
        if token.text in known:
            self._refuse(f"the field `{token.text}` stands twice", expected="each field once")
        self._at += 1
        return token.text

    def _options(self) -> dict[str, Any]:
        opening = self._take()
        values: list[Any] = []
        while not self._next_is("]"):
            values.append(self._option())
            if self._next_is(","):
                self._at += 1
            elif not self._next_is("]"):
                self._refuse("the `[` is not closed", expected="`,` or `]`")
        self._at += 1
        try:
            return _enumeration(values)
        except _Refused as refused:
            refused.column = opening.column if opening is not None else None
            raise

    def _option(self) -> Any:
        """One allowed value: quoted, or everything up to the next comma."""
        words: list[str] = []
        while (token := self._peek()) is not None and (token.quoted or token.text not in (",", "]", "[", "{", "}")):
            self._at += 1
            if token.quoted and not words:
                return token.text
            words.append(token.text)
        text = " ".join(words)
        if not text:
            self._refuse("an allowed value is missing", expected="a text or a number")
        if text in ("true", "false"):
            return text == "true"
        return (float(text) if "." in text else int(text)) if _NUMBER.match(text) else text


def _tokens(source: str) -> list[_Token]:
    tokens: list[_Token] = []
    at = 0
    end = len(source.rstrip())
    while at < end:
        match = _TOKEN.match(source, at)
        if match is None:
            column = at + 1
            raise _Refused(
                "a quote is not closed", expected="the closing quote", found=shortened(source[at:]), column=column
            )
        text = match["text"]
        if text is not None:
            inner = text[1:-1]
            plain = inner.replace("''", "'") if text[0] == "'" else re.sub(r"\\(.)", r"\1", inner)
            tokens.append(_Token(text=plain, column=match.start("text") + 1, quoted=True))
        else:
            kind = "sign" if match["sign"] is not None else "word"
            tokens.append(_Token(text=match[kind], column=match.start(kind) + 1))
        at = match.end()
    return tokens
