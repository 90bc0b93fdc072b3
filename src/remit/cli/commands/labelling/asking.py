"""Asking for one answer, field by field: one key for what can be listed, typed text for the rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from remit.cases.cells import ABSENT, CellFault, answer_text, reader_of
from remit.cases.labelling.label import asked_fields
from remit.cli.commands.labelling.keys import Keyboard
from remit.definition.model import Definition
from remit.definition.schemas import answers, leaf, output_schema
from remit.items import Json
from remit.report.text import visible

__all__ = ["COMMANDS", "Answering", "Field", "Wish"]

_KEYS: Final = "123456789abcdefghijklmnoprtvwxyz"
COMMANDS: Final = {"u": "undo", "s": "skip", "?": "question", "q": "stop"}
_MOST_SHOWN: Final = 2000


class Wish(Enum):
    """What a person wants instead of answering."""

    UNDO = "u"
    SKIP = "s"
    QUESTION = "?"
    STOP = "q"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field to answer: what is asked, what is good, and a key for every answer where they can be listed."""

    name: str
    question: str
    good: str | None
    keys: Mapping[str, Json] | None
    read: Callable[[str], Json]


class Answering:
    """Asks a person about the fields of one definition.

    Args:
        definition: the work.
        keyboard: where the answers come from.
        say: shows a text.
        wishes: what may be wished instead of an answer.
    """

    def __init__(
        self,
        definition: Definition,
        keyboard: Keyboard,
        say: Callable[[str], None],
        *,
        wishes: tuple[Wish, ...] = tuple(Wish),
    ) -> None:
        schema = output_schema(definition)
        decisions = {one.id: one for one in definition.decisions}
        self.fields = tuple(
            Field(
                name=name,
                question=(decisions[name].question if name in decisions else None) or name,
                good=decisions[name].good if name in decisions else None,
                keys=_keys(answers(schema, name)),
                read=reader_of(leaf(schema, name) or {}),
            )
            for name in asked_fields(definition)
        )
        self._keyboard, self._say, self._wishes = keyboard, say, wishes

    def given(self, given: Mapping[str, Json], order: tuple[str, ...]) -> str:
        """An input as the labeller sees it: every declared field, in the order of the definition."""
        names = [*(name for name in order if name in given), *(name for name in given if name not in order)]
        lines = []
        for name in names:
            text = answer_text(given[name])
            more = f" … ({len(text):,} characters)" if len(text) > _MOST_SHOWN else ""
            shown = "\n".join(visible(line) for line in text[:_MOST_SHOWN].splitlines()) + more
            lines.append(f"  {visible(name)}: {shown}")
        return "\n".join(lines)

    def answer(self) -> dict[str, Json] | Wish:
        """An answer to every field, or what the person wants instead.

        Raises:
            Ended: the input is at its end.
        """
        found: dict[str, Json] = {}
        for field in self.fields:
            value = self._field(field)
            if isinstance(value, Wish):
                return value
            found[field.name] = value
        return found

    def _field(self, field: Field) -> Json | Wish:
        self._say(f"{visible(field.question)}" + (f"\n  good: {visible(field.good)}" if field.good else ""))
        others = "  ".join(f"[{one.value}] {COMMANDS[one.value]}" for one in self._wishes)
        if field.keys is not None:
            listed = "  ".join(f"[{key}] {visible(answer_text(value))}" for key, value in field.keys.items())
            self._say(f"  {listed}\n  {others}")
        else:
            self._say(f"  type the answer and press Enter; {others}")
        while True:
            value = self._once(field)
            if value is not None:
                return value

    def _once(self, field: Field) -> Json | Wish:
        """One try; None where it was no answer."""
        text = self._keyboard.key() if field.keys is not None else self._keyboard.line()
        wish = next((one for one in self._wishes if one.value == text), None)
        if wish is not None:
            return wish
        if field.keys is None:
            return self._typed(field, text)
        if text in field.keys:
            return field.keys[text]
        by_text = {answer_text(value): value for value in field.keys.values()}
        if text in by_text:
            return by_text[text]
        if text:
            keys = ", ".join(field.keys)
            self._say(f"  {visible(text)} is no answer here: {keys}, or {', '.join(one.value for one in self._wishes)}")
        return None

    def _typed(self, field: Field, text: str) -> Json:
        try:
            value = field.read(text)
        except CellFault as fault:
            self._say(f"  {visible(field.name)} {fault}: expected {fault.expected}")
            return None
        if value is ABSENT:
            self._say("  nothing is no answer: type one, or ? where you do not know")
            return None
        return value


def _keys(options: tuple[Json, ...] | None) -> dict[str, Json] | None:
    """A key for every answer; None where they can't be listed, are too many, or look like keys of others."""
    if options is None or len(options) > len(_KEYS):
        return None
    if options == (True, False):
        return {"y": True, "n": False}
    texts = [answer_text(option) for option in options]
    if all(len(text) == 1 and text not in COMMANDS and text.isalnum() for text in texts):
        return dict(zip(texts, options, strict=True))
    if set(texts) & {*_KEYS, *COMMANDS}:
        return None
    return dict(zip(_KEYS, options, strict=False))
