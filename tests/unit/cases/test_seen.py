"""Has this come before? Never a no for what did."""

from remit.cases.seen import Seen


def test_what_was_added_is_there_and_what_was_not_is_not():
    seen = Seen()
    keys = [hash(f"case {n}") for n in range(5000)]
    assert not any(seen.add(key) for key in keys)
    assert all(seen.add(key) for key in keys)
    assert all(key in seen for key in keys)
    assert not any(hash(f"other {n}") in seen for n in range(5000))
    assert len(seen) == 5000


def test_neighbours_zero_and_negative_numbers_are_numbers_like_others():
    seen = Seen()
    keys = [0, -2, 2**63, *range(10, 3000)]
    assert not any(seen.add(key) for key in keys)
    assert all(key in seen for key in keys)
    assert len(seen) == len(keys)


def test_a_million_take_sixteen_to_thirty_two_bytes_each():
    seen = Seen()
    for n in range(100_000):
        seen.add(n * 7919)
    assert seen._slots.itemsize * len(seen._slots) <= 32 * 100_000
