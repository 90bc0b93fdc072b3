r"""Confidence from the log-probabilities of tokens, renormalised over the alternatives of each decision.

The model writes JSON.  Of one decision, let `A` be the allowed answers, each as the JSON text it would be written as,
and `a*` the one that was written.  Token by token along the value, `S` is the set of alternatives that what was
written up to there could still become; at first `S = A`.  At each token the service tells the chances `p(u)` of the
likeliest tokens.  A token `u` that continues no alternative is left out: that is the renormalisation.  The others are

- those that leave the same alternatives as the written token does (it is one of them), which are taken to go on as it
  did: together `m`;
- those that leave only `a*`: together `w` (another way to cut the same answer into tokens);
- the rest, which lead away from what was written, or may: together `r`.

Alternatives of `S` that none of the listed tokens continues are not known.  Each begins with a token that is at most as
likely as the least likely listed one, and all together have no more than what the list leaves of 1, so they are given
`x = min(1 - sum p, n * least p)`: the most they can have, as long as each begins with one token.  With `c` the
confidence after the token,

    confidence = (m * c + w) / (m + w + r + x)

and `c = 1` where `S = {a*}`: what then follows is forced and says nothing.  The tokens are walked from the last to the
first.  It is the chance with which the model, kept to the alternatives and drawn from at temperature 1, answers `a*`,
as far as the listed tokens tell; what they do not tell lowers it.  It is not the product of the chances of all tokens,
which falls with the length of an answer and counts what is no alternative.

Where several decisions are made, the confidence is that of the least certain one: the answer is acted on as a whole.
Decisions whose answers can't be listed (text, numbers) are left out.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from remit.executors.llm.json_text import value_spans
from remit.items import Json

__all__ = ["Token", "confidence_of", "tokens_of"]

_AFTER_A_NUMBER: Final = b",}] \n\r\t"
_SPACE: Final = b" \n\r\t"
_DECIMALS: Final = 9
_ROUNDED: Final = 1e-6
"""How far above 0 the logarithm of a chance may be, because somebody rounded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """One token that was written, its chance, and what the service tells of the likeliest ones in its place.

    What it tells is only looked at where a decision is made: there are twenty of them for each token.
    """

    written: bytes
    chance: float
    listed: Sequence[Any] = ()

    def chances(self) -> Mapping[bytes, float] | None:
        """The chances of the listed tokens, this one among them; None where what is told can't be read."""
        found: dict[bytes, float] = {}
        for one in self.listed:
            token, p = _token(one)
            if token is None or p is None:
                return None
            found[token] = found.get(token, 0.0) + p
        found.setdefault(self.written, self.chance)
        return found

    @property
    def least(self) -> float:
        """The most that a token can have which is not listed."""
        return min((p for _, p in map(_token, self.listed) if p is not None), default=1.0)


def tokens_of(told: object) -> tuple[Token, ...] | None:
    """The tokens out of what the service tells (the list ``logprobs`` of a chat completion).

    None where it tells nothing, or something else.
    """
    if not isinstance(told, list) or not told:
        return None
    made: list[Token] = []
    for one in told:
        written, chance = _token(one)
        if written is None or chance is None:
            return None
        listed = one.get("top_logprobs")
        made.append(Token(written=written, chance=chance, listed=listed if isinstance(listed, list) else ()))
    return tuple(made)


def _token(one: Any) -> tuple[bytes | None, float | None]:
    if not isinstance(one, Mapping):
        return None, None
    text, raw, logprob = one.get("token"), one.get("bytes"), one.get("logprob")
    if isinstance(logprob, bool) or not isinstance(logprob, int | float) or not logprob <= _ROUNDED:  # not a number too
        return None, None
    chance = math.exp(min(logprob, 0.0))
    if isinstance(raw, list):
        try:
            return bytes(raw), chance
        except (TypeError, ValueError):
            return None, None
    return (text.encode("utf-8", "replace") if isinstance(text, str) else None), chance


def confidence_of(text: str, tokens: Sequence[Token], decisions: Mapping[str, Sequence[Json]]) -> float | None:
    """The confidence in an answer, as the module says.

    Args:
        text: the JSON object that was written.
        tokens: all that was written, token by token; ``text`` has to stand in it exactly once.
        decisions: the fields that are decided, each with its allowed answers.

    Returns:
        A number in [0, 1]; None where there is no such decision, or where the tokens are not those of the text.
    """
    whole = b"".join(token.written for token in tokens)
    content = text.encode()
    start = whole.find(content)
    if start < 0 or whole.find(content, start + 1) >= 0:
        return None
    spans = value_spans(text)
    found: list[float] = []
    for field, allowed in decisions.items():
        span = spans.get(field)
        if span is None or len(allowed) == 0:
            return None
        first, last = (start + len(text[:at].encode()) for at in span)
        one = _Walk(whole, tokens, first, last, allowed).confidence()
        if one is None:
            return None
        found.append(one)
    return round(min(found), _DECIMALS) if found else None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """One token on the way: what stays on it, what is sure of the answer, and all that is counted."""

    stays: float
    sure: float
    total: float


class _Walk:
    """The way along the tokens of one value."""

    def __init__(self, whole: bytes, tokens: Sequence[Token], first: int, last: int, allowed: Sequence[Json]) -> None:
        self._whole = whole
        self._tokens = tokens
        self._first = first
        written = whole[first:last]
        meant = json.loads(written)
        others = (one for one in allowed if type(one) is not type(meant) or one != meant)
        self._answer = written
        self._alternatives = {written, *(_spelt(one) for one in others)}

    def confidence(self) -> float | None:
        steps = self._steps()
        if steps is None:
            return None
        confidence = 1.0
        for step in reversed(steps):
            confidence = (step.stays * confidence + step.sure) / step.total if step.total > 0.0 else 0.0
        return min(confidence, 1.0)

    def _steps(self) -> list[_Step] | None:
        steps: list[_Step] = []
        alive = self._alternatives
        offset = 0
        for token in self._tokens:
            end = offset + len(token.written)
            if end > self._first and len(alive) > 1:
                chances = token.chances()
                if chances is None:
                    return None
                alive, step = self._step(token, chances, offset, alive)
                steps.append(step)
            offset = end
        return steps

    def _step(
        self, token: Token, chances: Mapping[bytes, float], offset: int, alive: set[bytes]
    ) -> tuple[set[bytes], _Step]:
        left = {one: self._after(token.written, offset, one) for one in alive}
        kept = {one for one, fits in left.items() if fits}
        stays = sure = other = 0.0
        seen: set[bytes] = set()
        for candidate, chance in chances.items():
            fitting = kept if candidate == token.written else self._fitting(candidate, offset, alive)
            seen |= fitting
            if not fitting:
                continue
            if fitting == kept:
                stays += chance
            elif fitting == {self._answer}:
                sure += chance
            else:
                other += chance
        unseen = len(alive - seen)
        rest = max(1.0 - sum(chances.values()), 0.0)
        unknown = min(rest, unseen * token.least)
        return kept, _Step(stays=stays, sure=sure, total=stays + sure + other + unknown)

    def _fitting(self, candidate: bytes, offset: int, alive: Iterable[bytes]) -> set[bytes]:
        return {one for one in alive if self._after(candidate, offset, one)}

    def _after(self, candidate: bytes, offset: int, alternative: bytes) -> bool:
        """Whether ``candidate``, written at ``offset``, could be part of the text with this alternative in it."""
        before = self._whole[offset : self._first]
        if offset >= self._first:
            done = offset - self._first
            if done < len(alternative):
                return _continues(candidate, alternative[done:], is_text=alternative[:1] == b'"')
            return bool(candidate) and candidate[:1] in _AFTER_A_NUMBER
        if not before.strip(_SPACE):  # how much space stands before a value makes no difference
            bare = candidate.lstrip(_SPACE)
            return (bool(candidate) and not bare) or _continues(bare, alternative, is_text=alternative[:1] == b'"')
        return _continues(candidate, before + alternative, is_text=alternative[:1] == b'"')


def _continues(candidate: bytes, rest: bytes, *, is_text: bool) -> bool:
    if not candidate:
        return False  # a token without text (the end, mostly)
    if len(candidate) <= len(rest):
        return rest.startswith(candidate)
    after = candidate[len(rest) :][:1]
    return candidate.startswith(rest) and (is_text or after in _AFTER_A_NUMBER)


def _spelt(value: Json) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
