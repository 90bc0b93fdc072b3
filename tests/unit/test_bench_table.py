from bench.figure import Figure, merged, table


def test_rows_measured_again_take_the_place_of_the_old_ones_and_the_others_stay():
    old = table(
        [
            Figure(name="a", unit="s", ours=1.0, baseline=2.0, baseline_name="plain"),
            Figure(name="a", unit="s", ours=1.0, baseline=9.0, baseline_name="peer"),
            Figure(name="b", unit="s", ours=5.0),
        ]
    )
    new = table(
        [
            Figure(name="a", unit="s", ours=3.0, baseline=2.0, baseline_name="plain"),
            Figure(name="c", unit="s", ours=7.0),
        ]
    )
    rows = merged(old, new).splitlines()
    assert rows[0].startswith("| what")
    assert [row.split("|")[2].strip() for row in rows[2:]] == ["3 s", "1 s", "5 s", "7 s"]
