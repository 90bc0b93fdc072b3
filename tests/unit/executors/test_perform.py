"""Whatever an executor does, an answer comes back in time, and the caller is neither crashed nor held up."""

import gc
import os
import signal
import threading
import time
from datetime import timedelta

import pytest

from remit.executors.perform import Breaker, decide_each, performer
from remit.executors.perform.worker import MAX_ABANDONED
from remit.items import Answer, Fault, FaultKind

CLOCK = time.perf_counter


def hang_on(gate):
    def answer(given):
        if given.get("hang"):
            gate.wait()
        return {"team": "orders"}

    return answer


def asked(executor, given=None, **more):
    with performer(executor, clock=CLOCK, **more) as perform:
        return perform(given or {"subject": "x"})


def test_an_answer_comes_back_with_the_time_it_took(executor):
    found = asked(executor(lambda _: {"team": "orders"}, cost_per_item=0.5))
    assert found.output == {"team": "orders"}
    assert 0.0 <= found.seconds < 5.0
    assert found.cost == 0.5


@pytest.mark.parametrize("at_once", [True, False])
@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (ValueError("bad"), FaultKind.ERROR),
        (RecursionError("deep"), FaultKind.ERROR),
        (MemoryError(), FaultKind.ERROR),
        (SystemExit(3), FaultKind.ERROR),
        (GeneratorExit(), FaultKind.ERROR),
        (FileNotFoundError(2, "gone"), FaultKind.ERROR),
        (ConnectionRefusedError("no"), FaultKind.UNAVAILABLE),
        (OSError(113, "no route"), FaultKind.UNAVAILABLE),
        (TimeoutError("slow"), FaultKind.TIMEOUT),
    ],
)
def test_an_executor_that_raises_is_a_fault_with_type_and_message_and_no_traceback(executor, error, kind, at_once):
    def answer(_):
        raise error

    found = asked(executor(answer, at_once=at_once))
    assert found.output is None
    assert found.fault.kind is kind
    who = "the executor was unavailable: it" if kind is FaultKind.UNAVAILABLE else "the executor"
    assert found.fault.text.startswith(f"{who} raised {type(error).__name__}")
    assert "Traceback" not in found.fault.text
    assert "\n" not in found.fault.text


def test_a_keyboard_interrupt_in_the_main_thread_is_the_users_and_passes_through(executor):
    def answer(_):
        raise KeyboardInterrupt

    with performer(executor(answer, at_once=True), clock=CLOCK) as perform, pytest.raises(KeyboardInterrupt):
        perform({})


def test_a_keyboard_interrupt_in_its_own_thread_is_a_fault_of_the_executor(executor):
    def answer(_):
        raise KeyboardInterrupt

    found = asked(executor(answer, at_once=False))
    assert found.fault == Fault(kind=FaultKind.ERROR, text="the executor raised KeyboardInterrupt")


@pytest.fixture
def interruptible():
    """A process that was started in the background may ignore the interrupt: here it counts."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_a_caller_interrupted_while_waiting_can_go_on_asking(executor, gate):
    def answer(given):
        if given.get("hang"):
            signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
            gate.wait()
        return {"team": "orders"}

    with performer(executor(answer), clock=CLOCK) as perform:
        with pytest.raises(KeyboardInterrupt):
            perform({"hang": True})
        assert perform.n_hanging == 1
        assert perform({}).output == {"team": "orders"}


def test_a_caller_interrupted_before_the_thread_woke_up_can_go_on_asking(executor, gate):
    """The clock is asked between starting the task and waiting for it."""
    calls = iter([0.0, KeyboardInterrupt])

    def interrupted():
        found = next(calls)
        if found is KeyboardInterrupt:
            raise KeyboardInterrupt
        return found

    with performer(executor(lambda _: {"team": "x"}), clock=CLOCK) as perform:
        perform.clock = interrupted
        with pytest.raises(KeyboardInterrupt):
            perform({})
        perform.clock = CLOCK
        assert perform({}).output == {"team": "x"}


@pytest.mark.parametrize("rubbish", ["orders", None, 3, Answer(output={"x": {1}}), Answer(output={}, confidence=2.0)])
def test_rubbish_is_a_fault(executor, rubbish):
    assert asked(executor(lambda _: rubbish)).fault.kind is FaultKind.RUBBISH


def test_an_executor_that_hangs_is_given_up_at_its_deadline(executor, gate):
    with performer(executor(hang_on(gate), deadline_s=0.05), clock=CLOCK) as perform:
        started = CLOCK()
        found = perform({"hang": True})
        assert CLOCK() - started < 5.0
        assert found.fault == Fault(kind=FaultKind.TIMEOUT, text="no answer within 0.05 s")
        assert found.seconds == 0.05
        assert perform({}).output == {"team": "orders"}
        assert perform.n_hanging == 1


def test_a_loop_that_never_ends_is_given_up(executor):
    stop = []

    def answer(_):
        while not stop:
            pass
        return {}

    with performer(executor(answer, deadline_s=0.05), clock=CLOCK) as perform:
        assert perform({}).fault.kind is FaultKind.TIMEOUT
        stop.append(True)


def test_an_answer_that_comes_too_late_is_a_time_out(executor):
    ticks = iter([0.0, 0.0, 0.0, 0.0, 0.0, 99.0, 99.0])
    with performer(executor(lambda _: {"team": "x"}, at_once=True), clock=lambda: next(ticks)) as perform:
        answers = [perform({}) for _ in range(2)]
    assert [one.fault.kind if one.fault else None for one in answers] == [None, FaultKind.TIMEOUT]


def test_only_so_many_calls_may_hang_and_then_the_executor_counts_as_unavailable(executor, gate):
    with performer(executor(hang_on(gate), deadline_s=0.02), clock=CLOCK) as perform:
        for _ in range(MAX_ABANDONED):
            assert perform({"hang": True}).fault.kind is FaultKind.TIMEOUT
        found = perform({})
        assert found.fault == Fault(
            kind=FaultKind.UNAVAILABLE, text="the executor was unavailable: 8 earlier calls of it still hang"
        )
        assert perform.n_hanging == MAX_ABANDONED
        gate.set()
        for thread in [one for one in threading.enumerate() if one.name == "remit-one"]:
            thread.join(5.0)
        assert perform({}).output == {"team": "orders"}


def test_the_thread_is_kept_and_goes_with_the_performer(executor, gate):
    names = []
    before = threading.active_count()
    with performer(executor(lambda _: names.append(threading.get_ident()) or {}), clock=CLOCK) as perform:
        for _ in range(3):
            perform({})
        assert len(set(names)) == 1
        assert names[0] != threading.get_ident()
    assert threading.active_count() == before


def test_a_performer_that_is_forgotten_leaves_no_thread(executor, gate):
    perform = performer(executor(lambda _: {}), clock=CLOCK)
    perform({})
    thread = next(one for one in threading.enumerate() if one.name == "remit-one")
    del perform
    gc.collect()
    thread.join(5.0)
    assert not thread.is_alive()


def test_a_closed_performer_answers_again(executor, gate):
    perform = performer(executor(lambda _: {"team": "x"}), clock=CLOCK)
    perform({})
    perform.close()
    assert perform({}).output == {"team": "x"}
    perform.close()


def test_an_executor_that_only_looks_up_runs_in_the_thread_of_the_caller(executor):
    threads = []
    asked(executor(lambda _: threads.append(threading.get_ident()) or {}, at_once=True))
    assert threads == [threading.get_ident()]


def test_callers_from_several_threads_take_turns(executor, gate):
    inside = []
    most = []

    def answer(given):
        inside.append(1)
        most.append(len(inside))
        inside.pop()
        return {"n": given["n"]}

    found = {}
    with performer(executor(answer), clock=CLOCK) as perform:
        threads = [threading.Thread(target=lambda n=n: found.update({n: perform({"n": n}).output})) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert found == {n: {"n": n} for n in range(8)}
    assert set(most) == {1}


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_a_process_that_was_forked_starts_a_thread_of_its_own(executor):
    with performer(executor(lambda _: {"team": "x"}, deadline_s=5.0), clock=CLOCK) as perform:
        perform({})
        child = os.fork()
        if child == 0:
            os._exit(0 if perform({}).output == {"team": "x"} else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


class TestRetries:
    def failing(self, executor, error, n, **given):
        calls = []

        def answer(_):
            calls.append(1)
            if len(calls) <= n:
                raise error
            return {"team": "orders"}

        return executor(answer, **given), calls

    def test_a_transient_fault_is_tried_again_after_growing_pauses(self, executor):
        made, calls = self.failing(executor, ConnectionResetError("x"), 2, retries=3)
        pauses = []
        found = asked(made, pause=pauses.append, jitter=lambda: 0.5)
        assert found.output == {"team": "orders"}
        assert len(calls) == 3
        assert pauses == [0.1, 0.2]

    def test_the_pauses_are_spread(self, executor):
        made, _ = self.failing(executor, ConnectionResetError("x"), 1, retries=1)
        pauses = []
        asked(made, pause=pauses.append, jitter=lambda: 0.0)
        assert pauses == [0.05]

    def test_retries_are_bounded_and_the_last_fault_stands(self, executor):
        made, calls = self.failing(executor, ConnectionResetError("x"), 9, retries=2)
        found = asked(made, pause=lambda _: None)
        assert len(calls) == 3
        assert found.fault.kind is FaultKind.UNAVAILABLE

    @pytest.mark.parametrize("error", [ValueError("x"), PermissionError(13, "x"), SystemExit(1)])
    def test_what_would_only_fail_again_is_not_tried_again(self, executor, error):
        made, calls = self.failing(executor, error, 1, retries=3)
        assert asked(made, pause=lambda _: None).fault.kind is FaultKind.ERROR
        assert len(calls) == 1

    def test_rubbish_is_not_tried_again(self, executor):
        calls = []
        asked(executor(lambda _: calls.append(1), retries=3), pause=lambda _: None)
        assert len(calls) == 1

    def test_no_pause_goes_beyond_the_deadline(self, executor):
        made, calls = self.failing(executor, ConnectionResetError("x"), 9, retries=9, deadline_s=0.5)
        now = [0.0]
        with performer(
            made, clock=lambda: now[0], pause=lambda s: now.__setitem__(0, now[0] + s), jitter=lambda: 0.5
        ) as perform:
            found = perform({})
        assert found.fault.kind is FaultKind.UNAVAILABLE
        assert now[0] < 0.5
        assert found.seconds == pytest.approx(now[0])
        assert len(calls) == 3  # pauses of 0.1 and 0.2; 0.4 more would be too much

    def test_the_time_of_an_answer_counts_every_attempt_and_pause(self, executor):
        made, _ = self.failing(executor, ConnectionResetError("x"), 2, retries=3)
        now = [0.0]
        with performer(made, clock=lambda: now[0], pause=lambda s: now.__setitem__(0, now[0] + s)) as perform:
            assert perform({}).seconds == pytest.approx(0.3)


class TestCoroutines:
    @pytest.fixture
    def coroutine(self, executor):
        def make(answer, **given):
            made = executor(None, **given)
            made.answer_async = answer
            return made

        return make

    def test_all_items_share_one_event_loop(self, coroutine):
        import asyncio

        loops = []

        async def answer(given):
            loops.append(asyncio.get_running_loop())
            await asyncio.sleep(0)
            return Answer(output={"n": given["n"]})

        with performer(coroutine(answer), clock=CLOCK) as perform:
            assert [perform({"n": n}).output["n"] for n in range(3)] == [0, 1, 2]
        assert len(set(map(id, loops))) == 1
        assert loops[0].is_closed()

    def test_one_that_overruns_is_cancelled_and_its_thread_kept(self, coroutine):
        import asyncio

        cancelled, threads = [], []

        async def answer(given):
            threads.append(threading.get_ident())
            try:
                await (asyncio.Event().wait() if given.get("hang") else asyncio.sleep(0))
            except asyncio.CancelledError:
                cancelled.append(True)
                raise
            return Answer(output={})

        with performer(coroutine(answer, deadline_s=0.05), clock=CLOCK) as perform:
            assert perform({"hang": True}).fault == Fault(kind=FaultKind.TIMEOUT, text="no answer within 0.05 s")
            assert perform({}).output == {}
            assert perform.n_hanging == 0
        assert cancelled == [True]
        assert len(set(threads)) == 1

    def test_one_that_blocks_its_loop_is_given_up_too(self, coroutine, gate):
        async def answer(given):
            gate.wait()

        with performer(coroutine(answer, deadline_s=0.02), clock=CLOCK) as perform:
            assert perform({}).fault.kind is FaultKind.TIMEOUT
            assert perform.n_hanging == 1

    def test_its_own_time_out_is_told_from_the_deadline(self, coroutine):
        async def answer(given):
            raise TimeoutError("the service was slow")

        with performer(coroutine(answer), clock=CLOCK) as perform:
            found = perform({})
        assert found.fault == Fault(
            kind=FaultKind.TIMEOUT, text="the executor raised TimeoutError: the service was slow"
        )


class TestBreaker:
    def made(self, faults):
        now = [0.0]
        breaker = Breaker(clock=lambda: now[0], opens_after=3, rests_s=10.0)
        for kind in faults:
            breaker.admits()
            breaker.note(Answer(output=None if kind else {}, fault=kind and Fault(kind=kind, text="")))
        return breaker, now

    def test_it_opens_on_a_run_of_answers_that_did_not_come(self):
        assert not self.made([FaultKind.TIMEOUT, FaultKind.UNAVAILABLE])[0].is_open
        assert self.made([FaultKind.TIMEOUT, FaultKind.UNAVAILABLE, FaultKind.TIMEOUT])[0].is_open

    @pytest.mark.parametrize("between", [None, FaultKind.ERROR, FaultKind.RUBBISH])
    def test_an_executor_that_says_anything_is_there(self, between):
        late = [FaultKind.TIMEOUT] * 2
        assert not self.made([*late, between, *late])[0].is_open

    def test_open_it_lets_one_probe_through_after_a_rest(self):
        breaker, now = self.made([FaultKind.TIMEOUT] * 3)
        assert not breaker.admits()
        now[0] = 9.9
        assert not breaker.admits()
        now[0] = 10.0
        assert breaker.admits()
        assert not breaker.admits()

    def test_a_good_probe_closes_it_and_a_bad_one_does_not(self):
        breaker, now = self.made([FaultKind.TIMEOUT] * 3)
        now[0] = 10.0
        assert breaker.admits()
        breaker.note(Answer(output=None, fault=Fault(kind=FaultKind.TIMEOUT, text="")))
        now[0] = 19.0
        assert not breaker.admits()
        now[0] = 20.0
        assert breaker.admits()
        breaker.note(Answer(output={}))
        assert not breaker.is_open
        assert breaker.admits()

    def test_an_executor_that_is_left_alone_is_not_called(self, executor):
        calls = []

        def answer(_):
            calls.append(1)
            raise ConnectionRefusedError

        breaker = Breaker(clock=lambda: 0.0, opens_after=2)
        with performer(executor(answer), clock=CLOCK, breaker=breaker) as perform:
            kinds = [perform({}).fault.kind for _ in range(4)]
        assert kinds == [FaultKind.UNAVAILABLE] * 4
        assert len(calls) == 2


class TestManyInARow:
    @staticmethod
    def decide(n, perform):
        return (n, perform({"n": n, "hang": n in (3, 5)}, case=f"c{n}"))

    def test_every_item_is_decided_once_and_in_order(self, executor, gate):
        seen = []
        with performer(executor(lambda given: seen.append(given["n"]) or {"n": given["n"]}), clock=CLOCK) as perform:
            found = list(decide_each(perform, range(1000), self.decide))
        assert [n for n, _ in found] == list(range(1000))
        assert [answer.output["n"] for _, answer in found] == list(range(1000))
        assert seen == list(range(1000))

    @pytest.mark.parametrize("n_first", [0, 40])
    def test_an_item_that_hangs_times_out_and_the_others_are_answered(self, executor, gate, n_first):
        """Alone in its chunk, and in the middle of a longer one."""

        def decide(n, perform):
            return self.decide(n - n_first, perform)

        with performer(executor(hang_on(gate), deadline_s=0.05), clock=CLOCK) as perform:
            found = list(decide_each(perform, range(n_first + 10), decide))
            assert perform.n_hanging == 2
        late = [n for n, answer in found if answer.fault is not None]
        assert late == [3, 5]
        assert [n for n, _ in found] == list(range(-n_first, 10))
        assert {answer.fault.kind for _, answer in found if answer.fault} == {FaultKind.TIMEOUT}

    def test_a_run_that_was_given_up_calls_the_executor_no_more(self, executor, gate):
        called = []

        def answer(given):
            called.append(given["n"])
            if given["n"] == 50:
                gate.wait()
            return {}

        with performer(executor(answer, deadline_s=0.05), clock=CLOCK) as perform:
            list(decide_each(perform, range(100), self.decide))
            gate.set()
            for thread in [one for one in threading.enumerate() if one.name == "remit-one"][:1]:
                thread.join(0.5)
        assert called == list(range(100))

    def test_when_all_threads_hang_the_rest_is_unavailable(self, executor, gate):
        def decide(n, perform):
            return perform({"hang": n < MAX_ABANDONED})

        with performer(executor(hang_on(gate), deadline_s=0.02), clock=CLOCK) as perform:
            found = list(decide_each(perform, range(MAX_ABANDONED + 5), decide))
        assert [answer.fault.kind for answer in found] == [FaultKind.TIMEOUT] * 8 + [FaultKind.UNAVAILABLE] * 5

    def test_what_deciding_raises_is_raised_here(self, executor, gate):
        def decide(n, perform):
            if n == 7:
                raise ZeroDivisionError
            return n

        with performer(executor(lambda _: {}), clock=CLOCK) as perform:
            found = []
            with pytest.raises(ZeroDivisionError):
                found.extend(decide_each(perform, range(10), decide))
            assert perform({}).output == {}

    def test_a_keyboard_interrupt_of_an_executor_is_its_fault(self, executor):
        def answer(_):
            raise KeyboardInterrupt

        with performer(executor(answer), clock=CLOCK) as perform:
            found = list(decide_each(perform, range(3), self.decide))
        assert [answer.fault.kind for _, answer in found] == [FaultKind.ERROR] * 3

    def test_an_executor_that_only_looks_up_needs_no_thread(self, executor):
        threads = set()
        made = executor(lambda _: threads.add(threading.get_ident()) or {}, at_once=True)
        with performer(made, clock=CLOCK) as perform:
            assert len(list(decide_each(perform, range(10), self.decide))) == 10
        assert threads == {threading.get_ident()}

    def test_items_are_read_no_further_ahead_than_a_chunk(self, executor, gate):
        read = []

        def items():
            for n in range(10_000):
                read.append(n)
                yield n

        with performer(executor(lambda _: {}), clock=CLOCK) as perform:
            stream = decide_each(perform, items(), self.decide)
            next(stream)
            assert len(read) == 1
            for _ in range(3000):
                next(stream)
            assert len(read) < 3000 + 600

    def test_the_breaker_is_not_asked(self, executor, gate):
        def answer(_):
            raise ConnectionRefusedError

        breaker = Breaker(clock=CLOCK, opens_after=1)
        with performer(executor(answer), clock=CLOCK, breaker=breaker) as perform:
            list(decide_each(perform, range(5), self.decide))
        assert not breaker.is_open


def test_recorded_answers_are_asked_for_by_case(executor):
    made = executor(lambda _: {"team": "live"}, at_once=True)
    made.answer_case = lambda case, given: Answer(output={"team": case})
    with performer(made, clock=CLOCK) as perform:
        assert perform({}, case="c1").output == {"team": "c1"}
        assert perform({}).output == {"team": "live"}


def test_a_deadline_beyond_what_a_lock_can_wait_is_no_fault(executor):
    made = executor(lambda _: {"team": "x"})
    object.__setattr__(made.spec, "deadline", timedelta(days=999_999))
    assert asked(made).output == {"team": "x"}
