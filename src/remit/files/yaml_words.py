"""What libyaml says of broken YAML, in our words and with the mend."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Wording", "wording"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """How one kind of broken YAML is told."""

    message: str
    expected: str | None = None
    mend: str | None = None
    tells_beginning: bool = False


_QUOTE = "put quotes around the whole text"
_FIELD = (
    'put the field in quotes (`lines: "list of {text: text <= 80}"`) or write `lines: {list of: {text: text <= 80}}`'
)

_TAB = Wording(message="a tab where spaces belong", expected="spaces", mend="replace the tab by spaces")

_WORDINGS: tuple[tuple[str, Wording], ...] = (
    ("found a tab character", _TAB),
    (
        "mapping values are not allowed",
        Wording(
            message="a second `: ` where none can stand",
            expected="one `key: value`, with keys of one mapping indented alike",
            mend=f"{_QUOTE}, or correct the indentation",
        ),
    ),
    (
        "block sequence entries are not allowed",
        Wording(message="a `-` where no list can begin", mend="begin the list on a line of its own, or write [a, b]"),
    ),
    (
        "did not find expected ',' or ']'",
        Wording(
            message="a `[` list is not closed",
            tells_beginning=True,
            expected="`,` or `]`",
            mend="close the list with `]`",
        ),
    ),
    (
        "did not find expected ',' or '}'",
        Wording(
            message="a `{` mapping is not closed",
            tells_beginning=True,
            expected="`,` or `}`",
            mend="close the mapping with `}`; text that holds `,`, `[`, `]`, `{` or `}` needs quotes here",
        ),
    ),
    (
        "did not find expected key",
        Wording(
            message="this does not go with the lines above",
            expected="a key, indented like the keys above it",
            mend="correct the indentation, or put quotes around the whole value (a quote inside single quotes is '')",
        ),
    ),
    (
        "did not find expected '-' indicator",
        Wording(message="this is no entry of the list above", expected="`- `", mend="correct the indentation"),
    ),
    (
        "did not find expected alphabetic or numeric character",
        Wording(message="text can't begin with `*` or `&`", mend='put it in quotes: `"*"`'),
    ),
    (
        "found character that cannot start any token",
        Wording(message="text can't begin with this character", mend=_QUOTE),
    ),
    (
        "found unexpected end of stream",
        Wording(
            message="a quote is opened and never closed",
            tells_beginning=True,
            expected="the closing quote",
            mend="close the quote",
        ),
    ),
    (
        "found unknown escape character",
        Wording(
            message="`\\` begins no escape that YAML knows here", mend="use single quotes: they keep `\\` as it is"
        ),
    ),
    (
        "could not find expected ':'",
        Wording(message="a key without `:`", expected="`key: value`", mend="put `: ` behind the key"),
    ),
    (
        "did not find expected <document start>",
        Wording(message="this does not go with what stands before it", mend="correct the indentation or the brackets"),
    ),
    (
        "did not find expected comment or line break",
        Wording(message="text behind `|` or `>`", mend="begin the text on the next line, indented"),
    ),
    (
        "found invalid Unicode character escape",
        Wording(message="this escape is no character", mend="write the character itself"),
    ),
    ("found undefined tag handle", Wording(message="a tag (`!...`)", expected="plain values", mend=_QUOTE)),
    ("control characters are not allowed", Wording(message="a control character", mend="take the character away")),
)


def wording(problem: str, *, line: str, column: int) -> Wording:
    """The wording for what libyaml calls ``problem``, at ``column`` (from 1) of ``line``."""
    if line[column - 1 : column] == "\t":
        return _TAB
    for said, known in _WORDINGS:
        if said in problem:
            if "mapping values" in said and ("of {" in line or "optional {" in line):
                return Wording(message=known.message, expected=known.expected, mend=_FIELD)
            return known
    return Wording(message=f"this is not YAML: {problem}")
