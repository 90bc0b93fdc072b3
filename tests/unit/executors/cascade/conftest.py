"""Parts of cascades: executors made of a function, and the others of their work by name."""

from datetime import timedelta

import pytest

from remit.errors import NotFound
from remit.executors.cascade import Siblings
from remit.executors.cascade.executor import AsyncCascadeExecutor, CascadeExecutor
from remit.executors.cascade.walk import Member
from remit.items import Answer, ExecutorKind


class Made:
    """An executor of a function of the input; it counts how often it was asked."""

    def __init__(self, spec, answer, *, sure=True):
        self.spec = spec
        self.digest = spec.name.ljust(64, "0")
        self.gives_confidence = sure
        self.n_asked = 0
        self._answer = answer

    def answer(self, given):
        self.n_asked += 1
        got = self._answer(given)
        if isinstance(got, BaseException):
            raise got
        return got


class MadeAsync(Made):
    """The same as a coroutine; what its function returns may be awaited first."""

    async def answer_async(self, given):
        self.n_asked += 1
        got = self._answer(given)
        if hasattr(got, "__await__"):
            got = await got
        if isinstance(got, BaseException):
            raise got
        return got


@pytest.fixture
def part(spec):
    """Makes a part: what it says, and from which confidence on it is taken."""

    def make(name, answer, *, at_least=None, sure=True, steps=None, cost=1.0, made=Made, deadline_s=5.0, **given):
        says = answer if callable(answer) else lambda _: answer
        kind = given.pop("kind", ExecutorKind.FUNCTION)
        described = spec(kind, name=name, cost_per_item=cost, deadline=timedelta(seconds=deadline_s), **given)
        return Member(name=name, executor=made(described, says, sure=sure), at_least=at_least, steps=steps)

    return make


@pytest.fixture
def cascade(spec):
    """Makes a cascade of parts; it is async where one of them is."""

    def make(*members, deadline_s=5.0, tuned=None, **given):
        is_async = any(isinstance(one.executor, MadeAsync) for one in members)
        described = spec(ExecutorKind.CASCADE, name="cascade", deadline=timedelta(seconds=deadline_s))
        made = AsyncCascadeExecutor if is_async else CascadeExecutor
        return made(members, spec=described, digest="c" * 64, tuned=tuned, **given)

    return make


@pytest.fixture
def said():
    """An answer of a part."""

    def make(team="orders", confidence=None, **more):
        return Answer(output={"team": team}, confidence=confidence, **more)

    return make


@pytest.fixture
def siblings():
    """The executors of a work, from a list of them."""

    def make(*executors):
        by_name = {one.spec.name: one for one in executors}

        def found(name):
            if name not in by_name:
                raise NotFound(f"there is no executor `{name}`", expected="one of " + ", ".join(by_name), found=name)
            return by_name[name]

        return Siblings(spec=lambda name: found(name).spec, executor=found, digest=lambda name: found(name).digest)

    return make
