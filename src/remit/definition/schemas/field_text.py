"""One field of the short form that is written as a text: ``optional list <= 5 of {name: text <= 80}``."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, NoReturn

from remit.definition.flaws import listing, shortened, suggestion
from remit.definition.schemas.field_types import (
    DEFAULT_LIST,
    MAX_LIST,
    MAX_NESTING,
    MAX_SOURCE,
    TYPE_WORDS,
    FieldRefused,
    OneField,
    bounded_list,
    check_name,
    closed_object,
    enumeration,
)

__all__ = ["FieldText"]

_MAX_CHARACTERS: Final = 1_000_000

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<text>"(?:[^"\\]|\\.)*"|'(?:[^']|'')*')
    | (?P<sign>\.\.|<=|>=|[<>{}\[\],:])
    | (?P<word>(?:(?!\.\.)[^\s"'<>{}\[\],:])+)
    )""",
    re.VERBOSE,
)
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,18})?\Z")
_LEAST = re.compile(r"[0-9]{1,7}\Z")
_COUNT = re.compile(r"[1-9][0-9]{0,8}\Z")

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
_KEYWORDS: Final = {">=": "minimum", ">": "exclusiveMinimum", "<=": "maximum", "<": "exclusiveMaximum"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Token:
    text: str
    column: int
    quoted: bool = False


class FieldText:
    """One field that is written as a text."""

    def __init__(self, source: str) -> None:
        if len(source) > MAX_SOURCE:
            raise FieldRefused(
                "the field is too long", expected=f"at most {MAX_SOURCE} characters", found=f"{len(source)}"
            )
        self._source = source
        self._tokens = _tokens(source)
        self._at = 0
        self._depth = 0

    def whole_field(self) -> OneField:
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
        raise FieldRefused(
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

    def _field(self) -> OneField:
        optional = self._next_is("optional")
        if optional:
            self._at += 1
        return OneField(schema=self._type(), optional=optional)

    def _type(self) -> dict[str, Any]:
        self._depth += 1
        if self._depth > MAX_NESTING:
            self._refuse("nested too deeply", expected=f"at most {MAX_NESTING} levels")
        token = self._peek()
        if token is None or token.quoted:
            self._refuse("the type is missing", expected=listing(TYPE_WORDS))
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
        mend = f"write `{other}`" if other is not None else suggestion(word, TYPE_WORDS)
        self._refuse(f"`{shortened(word)}` is no type", expected=listing(TYPE_WORDS), mend=mend)

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
        allowed = f"a whole number from 1 to {most:,}"
        if token is None or token.quoted or not _COUNT.match(token.text):
            self._refuse("a bound is missing", expected=allowed)
        if int(token.text) > most:
            self._refuse("the bound is too large", expected=allowed)
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
            if kind == "integer" and _NUMBER.match(text):
                self._refuse("the bound is no whole number", expected="a whole number")
            self._refuse(
                "a bound is missing", expected="a number, such as 5 or 0.5" if kind == "number" else "a whole number"
            )
        self._at += 1
        return float(text) if "." in text else int(text)

    def _list(self) -> dict[str, Any]:
        self._at += 1
        most = DEFAULT_LIST
        if self._next_is("<="):
            self._at += 1
            most = self._count(MAX_LIST)
        self._expect("of", "and the type of the entries")
        return bounded_list(self._type(), most)

    def _object(self) -> dict[str, Any]:
        self._at += 1
        fields: dict[str, OneField] = {}
        while True:
            name = self._name(fields)
            self._expect(":", f"behind `{name}`")
            fields[name] = self._field()
            if self._next_is("}"):
                self._at += 1
                return closed_object(fields)
            if not self._next_is(","):
                self._refuse("the `{` is not closed", expected="`,` or `}`")
            self._at += 1

    def _name(self, known: Mapping[str, OneField]) -> str:
        token = self._peek()
        if token is None or token.text in ("}", ",", ":"):
            self._refuse("a field has no name", expected="`name: type`")
        try:
            check_name(token.text)
        except FieldRefused as refused:
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
            return enumeration(values)
        except FieldRefused as refused:
            refused.column = opening.column if opening is not None else None
            raise

    def _option(self) -> Any:
        """One allowed value: quoted, or everything up to the next comma."""
        token = self._peek()
        if token is not None and token.quoted:
            self._at += 1
            return token.text
        words: list[str] = []
        while (token := self._peek()) is not None and not token.quoted and token.text not in (",", "]", "[", "{", "}"):
            self._at += 1
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
            raise FieldRefused(
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
