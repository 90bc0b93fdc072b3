"""Any callable is an executor, and its digest changes with everything it is made of."""

import asyncio
import functools
import inspect
import math
import time
from datetime import timedelta

import pytest

from remit.errors import ArgumentInvalid, ExecutorInvalid
from remit.executors import bind, executor, load, performer, spec_of
from remit.executors.function import AsyncFunctionExecutor
from remit.executors.pinning import pinned_digest
from remit.items import Answer, ExecutorKind, FaultKind

TWO = {"team": ["orders", "fraud"], "amount": "number"}


def to_orders(given):
    return {"team": "orders"}


def to_fraud(given):
    return {"team": "fraud"}


async def to_orders_async(given):
    await asyncio.sleep(0)
    return "orders", 0.75


def typed_pair(given) -> tuple[str, float]:
    return "orders", 0.5


def typed_answer(given) -> Answer:
    return Answer(output={"team": "orders"}, confidence=0.5)


@pytest.fixture
def bound(work, spec):
    def make(function, outputs=None, decisions=("team",), **given):
        return bind(function, spec(**given), definition=work(outputs=outputs, decisions=decisions))

    return make


@pytest.fixture
def loaded(tmp_path, work, spec):
    def make(text, *, entry="rules.py:decide", other_files=None, **given):
        (tmp_path / "rules.py").write_text(text, encoding="utf-8")
        for name, content in (other_files or {}).items():
            (tmp_path / name).write_text(content, encoding="utf-8")
        return load(spec(entry=entry, **given), root=tmp_path, definition=work())

    return make


def returning(value):
    return functools.partial(lambda returned, given: returned, value)


class TestWhatAFunctionMayReturn:
    @pytest.mark.parametrize(
        ("value", "output", "confidence"),
        [
            ({"team": "orders"}, {"team": "orders"}, None),
            ("orders", {"team": "orders"}, None),
            (("orders", 0.75), {"team": "orders"}, 0.75),
            (({"team": "orders"}, 0.75), {"team": "orders"}, 0.75),
            (Answer(output={"team": "orders"}, confidence=0.25), {"team": "orders"}, 0.25),
        ],
    )
    def test_where_the_work_has_one_output_field(self, bound, value, output, confidence):
        found = bound(returning(value), version="1").answer({})
        assert (found.output, found.confidence, found.fault) == (output, confidence, None)

    def test_where_it_has_several_a_bare_value_is_rubbish_with_the_fields(self, bound):
        found = bound(returning("orders"), outputs=TWO, version="1").answer({})
        assert found.fault.kind is FaultKind.RUBBISH
        assert found.fault.text == "the function returned a str, not a dict with the output fields (team, amount)"

    def test_a_dict_is_the_output_whatever_the_fields(self, bound):
        assert bound(returning({"x": 1}), outputs=TWO, version="1").answer({}).output == {"x": 1}

    @pytest.mark.parametrize("outputs", [None, TWO])
    def test_nothing_is_rubbish(self, bound, outputs):
        found = bound(returning(None), outputs=outputs, version="1").answer({})
        assert found.fault.text == "the function returned nothing"

    def test_a_coroutine_of_a_plain_function_is_rubbish_and_is_closed(self, bound):
        found = bound(lambda given: to_orders_async(given), version="1").answer({})
        assert found.fault.text == "the function returned a coroutine: write it with async def"

    @pytest.mark.parametrize("value", [("orders", 0.75), Answer(output={"team": "orders"}, confidence=0.75)])
    def test_a_confidence_that_the_file_says_is_none_is_not_given(self, bound, value):
        found = bound(returning(value), version="1", confidence="none").answer({})
        assert (found.output, found.confidence) == ({"team": "orders"}, None)


class TestHowAFunctionIsCalled:
    def test_with_a_copy_that_it_may_change(self, bound):
        def spoil(given):
            given["lines"][0]["n"] = 99
            given["more"] = True
            return "orders"

        given = {"lines": [{"n": 1}], "subject": "x"}
        bound(spoil).answer(given)
        assert given == {"lines": [{"n": 1}], "subject": "x"}

    def test_with_the_settings_as_keyword_arguments(self, bound):
        def decide(given, *, limit):
            return "fraud" if given["n"] > limit else "orders"

        made = bound(decide, settings={"limit": 10})
        assert made.answer({"n": 11}).output == {"team": "fraud"}
        assert made.answer({"n": 10}).output == {"team": "orders"}

    @pytest.mark.parametrize(
        ("function", "settings"),
        [
            (lambda: 1, {}),
            (lambda a, b: 1, {}),
            (lambda given: 1, {"limit": 1}),
            (lambda given, *, limit: 1, {}),
        ],
    )
    def test_a_function_that_can_not_be_called_so_is_refused_beforehand(self, bound, function, settings):
        with pytest.raises(ExecutorInvalid, match="can't be called"):
            bound(function, version="1", settings=settings)

    def test_a_coroutine_function_is_awaited(self, bound):
        made = bound(to_orders_async)
        assert isinstance(made, AsyncFunctionExecutor)
        assert made.answer({}).output == {"team": "orders"}
        with performer(made, clock=time.perf_counter) as perform:
            assert [perform({}).confidence for _ in range(3)] == [0.75] * 3

    def test_an_object_with_an_async_call_is_awaited(self, bound):
        class Service:
            async def __call__(self, given):
                return "orders"

        assert bound(Service(), version="1").answer({}).output == {"team": "orders"}

    def test_a_coroutine_that_hangs_times_out(self, bound):
        async def hang(given):
            await asyncio.Event().wait()

        made = bound(hang, deadline=timedelta(seconds=0.02))
        with performer(made, clock=time.perf_counter) as perform:
            assert perform({}).fault.kind is FaultKind.TIMEOUT

    def test_a_function_written_in_c_works(self, bound):
        assert bound(math.fsum, version="1", outputs={"sum": "number"}, decisions=()).answer({}).output == {"sum": 0.0}


class TestWhetherItGivesConfidence:
    @pytest.mark.parametrize(
        ("function", "given", "expected"),
        [
            (to_orders, {}, False),
            (typed_pair, {}, True),
            (typed_answer, {}, True),
            (typed_pair, {"confidence": "none"}, False),
            (to_orders, {"confidence": "share of votes"}, True),
        ],
    )
    def test_by_the_file_then_by_the_annotation(self, bound, function, given, expected):
        assert bound(function, **given).gives_confidence is expected

    def test_an_annotation_that_names_nothing_says_nothing(self, bound):
        def decide(given) -> "NoSuchType":  # noqa: F821
            return "orders"

        assert bound(decide).gives_confidence is False


class TestTheDigestOfAFile:
    TEXT = "def decide(given):\n    return 'orders'\n"

    def test_is_the_same_for_the_same_bytes(self, loaded):
        assert loaded(self.TEXT).digest == loaded(self.TEXT).digest

    def test_is_the_one_that_needs_no_loading(self, loaded, tmp_path, work, spec):
        made = loaded("import helper\n" + self.TEXT, other_files={"helper.py": "", "x.csv": ""}, files=("x.csv",))
        assert pinned_digest(made.spec, root=tmp_path, definition=work()) == made.digest

    @pytest.mark.parametrize(
        "change",
        [
            {"version": "2"},
            {"settings": {"limit": 1}},
            {"confidence": "none"},
            {"files": ("words.csv",)},
            {"entry": "rules.py:other"},
        ],
    )
    def test_changes_with_what_the_executor_file_says(self, loaded, change):
        text = "def decide(given, limit=0):\n    return 'orders'\nother = decide\n"
        files = {"words.csv": "a\n"}
        assert loaded(text, other_files=files, **change).digest != loaded(text, other_files=files).digest

    @pytest.mark.parametrize(
        "change",
        [
            {"name": "two"},
            {"deadline": timedelta(seconds=1)},
            {"retries": 3},
            {"cost_per_item": 1.0},
            {"author": "somebody"},
            {"incumbent": True},
            {"assumes": ("true",)},
        ],
    )
    def test_does_not_change_with_what_plays_no_part_in_the_answer(self, loaded, change):
        assert loaded(self.TEXT, **change).digest == loaded(self.TEXT).digest

    def test_changes_with_the_source_and_with_what_it_imports_and_with_its_files(self, loaded):
        text = "import helper\n" + self.TEXT
        files = {"helper.py": "N = 1\n", "words.csv": "a\n"}
        digests = {
            loaded(text, other_files=files, files=("words.csv",)).digest,
            loaded(text + "#\n", other_files=files, files=("words.csv",)).digest,
            loaded(text, other_files={**files, "helper.py": "N = 2\n"}, files=("words.csv",)).digest,
            loaded(text, other_files={**files, "words.csv": "b\n"}, files=("words.csv",)).digest,
        }
        assert len(digests) == 4

    def test_a_file_that_is_listed_and_not_there_is_refused(self, loaded):
        with pytest.raises(ExecutorInvalid, match=r"there is no file `words.csv`"):
            loaded(self.TEXT, files=("words.csv",))


class TestBinding:
    def test_a_function_is_pinned_by_its_file_and_name(self, bound):
        assert bound(to_orders).digest == bound(to_orders).digest
        assert bound(to_orders).digest != bound(to_fraud).digest

    def test_inside_a_project_what_it_imports_counts_too(self, tmp_path, work, spec):
        from remit.executors.source import load_callable

        (tmp_path / "rules.py").write_text("import helper\ndef decide(given):\n    return 1\n")
        (tmp_path / "helper.py").write_text("N = 1\n")
        function = load_callable("rules.py:decide", root=tmp_path).function
        first = bind(function, spec(), definition=work(), root=tmp_path).digest
        (tmp_path / "helper.py").write_text("N = 2\n")
        assert bind(function, spec(), definition=work(), root=tmp_path).digest != first

    @pytest.mark.parametrize(
        "function",
        [
            lambda given: 1,
            functools.partial(to_orders),
            "x".join,
            math.sqrt,
            dict,
            returning(1),
        ],
    )
    def test_what_its_source_does_not_pin_needs_a_version(self, bound, function):
        with pytest.raises(ExecutorInvalid) as refused:
            bound(function)
        assert refused.value.problems[0].where.path == "version"
        first, second = bound(function, version="1").digest, bound(function, version="2").digest
        assert first != second

    def test_a_closure_needs_a_version(self, bound):
        limit = 3

        def decide(given):
            return limit

        with pytest.raises(ExecutorInvalid, match="can't be pinned"):
            bound(decide)

    def test_a_method_needs_a_version(self, bound):
        class Rules:
            def decide(self, given):
                return 1

        with pytest.raises(ExecutorInvalid, match="can't be pinned"):
            bound(Rules().decide)

    def test_extra_files_count(self, tmp_path, work, spec):
        digests = set()
        for text in ("a", "b"):
            (tmp_path / "words.csv").write_text(text)
            digests.add(bind(to_orders, spec(files=("words.csv",)), definition=work(), root=tmp_path).digest)
        assert len(digests) == 2

    def test_extra_files_need_the_project(self, bound):
        with pytest.raises(ExecutorInvalid, match="folder of the project"):
            bound(to_orders, files=("words.csv",))

    def test_a_function_of_another_work_is_refused(self, bound):
        with pytest.raises(ExecutorInvalid, match="is for `other`"):
            bound(to_orders, work="other")

    def test_a_function_without_mark_and_spec_is_refused(self, work):
        with pytest.raises(ExecutorInvalid, match="not marked") as refused:
            bind(to_orders, definition=work())
        assert refused.value.problems[0].mend == 'put @remit.executor("triage") above it'

    def test_a_function_given_by_text_has_no_source(self, bound):
        space = {}
        code = compile("def made(given):\n    return 1\n", "<string>", "exec")
        exec(code, space)
        with pytest.raises(ExecutorInvalid, match="can't be pinned"):
            bound(space["made"])


class TestTheDecorator:
    def test_gives_the_very_function_back(self):
        def decide(given: dict) -> dict:
            """Docs."""
            return {"team": "orders"}

        code, signature = decide.__code__, inspect.signature(decide)
        marked = executor("triage", version="1")(decide)
        assert marked is decide
        assert marked.__code__ is code
        assert inspect.signature(marked) == signature
        assert marked.__doc__ == "Docs."
        assert not hasattr(marked, "__wrapped__")

    def test_says_what_an_executor_file_would_say(self, work):
        @executor(
            "triage",
            version="2",
            incumbent=True,
            deadline=timedelta(seconds=2),
            retries=1,
            cost_per_item=0.5,
            confidence="none",
            settings={"limit": 3},
            assumes=["input.subject != ''"],
            author="dev",
        )
        def route_mail(given, limit):
            return "orders"

        spec = spec_of(route_mail)
        assert (spec.name, spec.work, spec.kind) == ("route-mail", "triage", ExecutorKind.FUNCTION)
        assert (spec.version, spec.incumbent, spec.retries, spec.cost_per_item) == ("2", True, 1, 0.5)
        assert (spec.settings, spec.assumes, spec.author) == ({"limit": 3}, ("input.subject != ''",), "dev")
        assert bind(route_mail, definition=work()).answer({}).output == {"team": "orders"}

    def test_a_name_can_be_given(self):
        assert spec_of(executor("triage", name="best")(lambda given: 1)).name == "best"

    def test_nothing_else_knows_of_it(self):
        assert spec_of(to_orders) is None

    @pytest.mark.parametrize("thing", [functools.partial(to_orders), math.sqrt, dict])
    def test_only_a_function_can_be_marked(self, thing):
        with pytest.raises(ArgumentInvalid, match="only a function"):
            executor("triage")(thing)


def test_a_function_executor_needs_an_entry_and_has_no_file(work, spec, tmp_path):
    with pytest.raises(ExecutorInvalid, match="needs an `entry`"):
        load(spec(), root=tmp_path, definition=work())
    with pytest.raises(ExecutorInvalid, match="has no `file`"):
        load(spec(entry="a.py:b", file="c.csv"), root=tmp_path, definition=work())
