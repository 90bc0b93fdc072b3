"""A real language model on real messages, beside a table and a classifier: measured, refused, and told how far it is.

The page `docs/guide/trying-an-llm.md` is followed line by line, twice. Once with all cases, where everybody but the
language model is asked: what the page says of them has to be exact. Once with fewer of the same cases, where the
model is asked too. REMIT_RENEW_GOLDENS=1 asks it all cases (some minutes) and writes the figures of the page.
"""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import re
import runpy
import shlex
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.language_model import LanguageModel

from remit.cli.main import run
from remit.stats.bounds import binomial_lower, binomial_upper

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "junk-message"
PAGE = ROOT / "docs" / "guide" / "trying-an-llm.md"
RENEW = bool(os.environ.get("REMIT_RENEW_GOLDENS"))  # noqa: TID251

N_MESSAGES, N_CONSTRUCTED = 18, 4
"""How many prove cases of each kind the language model is asked in the shorter run."""
TARGETS_DECIDE = (0, 1, 4)  # what a proof may end with; which of them is what the evidence says
EXIT_CODE = re.compile(r"# exit code (\d+)")
ORDER = ("table", "words", "smollm2")


@dataclass(frozen=True)
class Followed:
    """What is left behind after the commands of the page: what each of them said, and the proofs."""

    root: Path
    said: dict[str, str]
    compared: dict[tuple[str, str], dict[str, Any]]

    def proof(self, executor: str) -> dict[str, Any]:
        return json.loads((self.root / "proofs" / "junk-message" / f"{executor}.json").read_text(encoding="utf-8"))

    def accuracy(self, executor: str) -> dict[str, Any]:
        return next(one for one in self.proof(executor)["targets"] if one["id"] == "Q1" and not one["slice_column"])


def commands() -> list[str]:
    """The lines of the page that start with `remit`, in their order."""
    return re.findall(r"^remit .*$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)


def built(root: Path) -> Path:
    made = ("arriving", "cases", "downloads", "models", "__pycache__", ".remit", "proofs")
    shutil.copytree(EXAMPLE, root, ignore=shutil.ignore_patterns(*made))
    runpy.run_path(str(EXAMPLE / "build.py"))["build"](root)
    return root


def fewer(root: Path) -> None:
    """Of the prove cases only the first of each kind; the tune cases stay."""
    path = root / "cases" / "junk-message.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    most = {"J": N_MESSAGES, "W": N_MESSAGES}
    left: dict[str, int] = {}
    kept = []
    for row in rows:
        kind = row["case"].rpartition("-")[0] or row["case"][0]
        left[kind] = left.get(kind, 0) + (row["split"] == "prove")
        if row["split"] != "prove" or left[kind] <= most.get(kind, N_CONSTRUCTED):
            kept.append(row)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(kept)


def follow(root: Path, lines: list[str]) -> Followed:
    """Run commands in ``root``, each ending as the page says it does."""
    followed = Followed(root=root, said={}, compared={})
    with pytest.MonkeyPatch.context() as patched:
        patched.chdir(root)
        patched.setenv("COLUMNS", "80")
        for name in ("REMIT_BY", "REMIT_STORE", "FORCE_COLOR"):
            patched.delenv(name, raising=False)
        for line in lines:
            words = shlex.split(line, comments=True)
            out = io.StringIO()
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
                code = run(words[1:])
            marked = EXIT_CODE.search(line)
            expected = TARGETS_DECIDE if words[1] == "prove" else (int(marked[1]) if marked else 0,)
            assert code in expected, f"{line}\n{out.getvalue()}"
            followed.said[line] = out.getvalue()
            if "--against" in words:
                executor = words[words.index("--executor") + 1]
                found = followed.proof(executor)["comparisons"]
                followed.compared.update({(executor, one["against"]): one for one in found})
    return followed


@pytest.fixture(scope="module")
def without_model(tmp_path_factory) -> Followed:
    """All cases; every command of the page that is not about the language model."""
    root = built(tmp_path_factory.mktemp("all") / "junk-message")
    return follow(root, [one for one in commands() if "smollm2" not in one])


@pytest.fixture(scope="module")
def followed(tmp_path_factory, language_model: LanguageModel) -> Followed:
    """Every command of the page, with the real model."""
    root = built(tmp_path_factory.mktemp("asked") / "junk-message")
    if not RENEW:
        fewer(root)
    path = root / "executors" / "smollm2.yaml"
    text = path.read_text(encoding="utf-8")
    assert "http://127.0.0.1:8077/v1" in text
    path.write_text(text.replace("http://127.0.0.1:8077/v1", language_model.base_url), encoding="utf-8")
    return follow(root, commands())


def the_line(followed: Followed, *words: str) -> str:
    """What the one command said that has all these words."""
    (found,) = [text for line, text in followed.said.items() if all(word in line for word in words)]
    return found


def test_every_message_was_really_answered_by_the_model(followed):
    proof = followed.proof("smollm2")
    assert (proof["n_errors"], proof["n_timeouts"], proof["n_invalid_outputs"]) == (0, 0, 0)
    assert proof["n_cases"] - proof["n_kept"] == sum(one["n"] for one in proof["confusion"])
    assert proof["executor_seconds"] > 100 * followed.proof("words")["executor_seconds"]


def test_the_language_model_is_measured_and_misses_what_is_asked_of_it(followed):
    accuracy = followed.accuracy("smollm2")
    assert accuracy["verdict"] == "missed"
    assert accuracy["upper"] < accuracy["limit"]
    assert followed.proof("smollm2")["certificate"] is None


def test_the_classifier_is_shown_to_be_better_on_the_same_cases(followed):
    compared = next(one for one in followed.proof("words")["comparisons"] if one["against"] == "smollm2")
    assert compared["better"] == "met"
    assert compared["only_other_wrong"] > compared["only_this_wrong"]


def test_costs_say_what_it_would_mean_to_let_the_model_act_all_the_same(followed):
    costs = {one["policy"]: one["estimate"] for one in followed.proof("smollm2")["costs"]}
    assert costs["never review"] > 5 * costs["review everything"]


def test_autonomy_of_the_language_model_is_refused_with_how_far_it_is(followed):
    said = " ".join(the_line(followed, "grant", "smollm2").split())
    for reason in (
        "from manual straight to supervised",
        "no certificate says how far",
        "0 of 300 items, 0 of 10 days at suggest",
        "TT12 Q1: accuracy 0.",
        "errors fit no written mode",
    ):
        assert reason in said


def test_the_better_one_gets_as_far_as_its_evidence_and_no_further(followed, without_model):
    for one in (followed, without_model):
        said = " ".join(the_line(one, "remit autonomy").split())
        assert "● suggest: words since" in said
        assert "0 of 300 items, 0 of 10 days at suggest" in said
        assert "no certificate" not in the_line(one, "grant", "words", "supervised") or one is followed
    certificate = without_model.proof("words")["certificate"]
    assert (certificate["n_wrong"], certificate["alpha"]) == (0, 0.05)


def test_orders_inside_a_message_are_noticed_or_counted_as_errors(followed):
    proof = followed.proof("smollm2")
    noticed = sum(one["n"] for one in proof["routes"] if one["reason_id"] == "F3")
    assert noticed >= 1
    assert all(one["reason_id"] != "F3" for one in followed.proof("words")["routes"])


# --- the page ---


def share(number: float) -> str:
    return f"{100 * number:.1f} %"


def row(one: Followed, executor: str) -> str:
    """The line of the table for one executor."""
    proof, accuracy = one.proof(executor), one.accuracy(executor)
    certificate = proof["certificate"]
    costs = {cost["policy"]: cost["estimate"] for cost in proof["costs"]}
    alone = "nothing" if certificate is None else f"{certificate['n_acted']} of {certificate['n_cases']}"
    cells = [
        f"`{executor}`",
        f"{accuracy['n'] - proof['n_wrong']} of {accuracy['n']}",
        f"{share(accuracy['lower'])} to {share(accuracy['upper'])}",
        alone,
        f"{costs['as certified']:,.0f} EUR",
        f"{costs['never review']:,.0f} EUR",
    ]
    return "| " + " | ".join(cells) + " |"


def figures(one: Followed) -> str:
    head = "| | right | of all such messages | acts alone on | 1,000 messages cost, as certified | never reviewed |"
    lines = [head, "|---|---|---|---|---|---|", *(row(one, executor) for executor in ORDER)]
    lines += ["", "| | wrong only there | the other way round | shown to be better |", "|---|---|---|---|"]
    for first, second in (("words", "table"), ("words", "smollm2")):
        found = one.compared[first, second]
        better = "yes" if found["better"] == "met" else "no"
        p = "p < 0.0001" if found["p_value"] < 0.0001 else f"p = {found['p_value']:.2f}"
        n_this, n_other = found["only_this_wrong"], found["only_other_wrong"]
        lines.append(f"| `{first}` against `{second}` | {n_this} | {n_other} | {better}, {p} |")
    return "\n".join(lines)


def told(one: Followed) -> str:
    """What the model answered, and how far it is."""
    proof = one.proof("smollm2")
    n = dict.fromkeys(("junk", "wanted", "unclear"), 0)
    for cell in proof["confusion"]:
        n[cell["answered"]] += cell["n"]
    obeyed = sum(name.startswith("injection-") for name in proof["wrong_ids"])
    return (
        f"The model called {n['junk']} of {sum(n.values())} messages junk, {n['wanted']} wanted and {n['unclear']} "
        f"unclear. {obeyed} of the 12 messages that tell their reader to answer `wanted` got their way. "
        f"To act alone it would take at least {proof['needed_error_free']} further cases without a single error."
    )


def quoted(text: str) -> str:
    return "```text\n" + text.strip() + "\n```"


def missing(one: Followed) -> str:
    found = the_line(one, "remit autonomy").partition("  missing for supervised\n")[2].partition("\n\n")[0]
    return quoted("\n".join(line.strip() for line in found.splitlines()))


def blocks(one: Followed) -> dict[str, str]:
    return {
        "figures": figures(one),
        "told": told(one),
        "refused": quoted(the_line(one, "grant", "smollm2")),
        "next": missing(one),
    }


def block(name: str) -> str:
    found = re.search(rf"(?s)<!-- {name} -->\n(.*?)\n?<!-- /{name} -->", PAGE.read_text(encoding="utf-8"))
    assert found, name
    return found[1].strip()


@pytest.fixture
def page(request):
    if RENEW:
        text = PAGE.read_text(encoding="utf-8")
        for name, content in blocks(request.getfixturevalue("followed")).items():
            text = re.sub(
                rf"(?s)(<!-- {name} -->\n).*?(<!-- /{name} -->)",
                lambda found, new=content: f"{found[1]}{new}\n{found[2]}",
                text,
            )
        PAGE.write_text(text, encoding="utf-8")
    return PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize("executor", ["table", "words"])
def test_the_page_says_exactly_what_comes_out_for_everybody_else(page, without_model, executor):
    assert row(without_model, executor) in page, "REMIT_RENEW_GOLDENS=1 writes the figures anew"


def test_the_page_tells_of_the_model_what_a_part_of_the_cases_bears_out(page, followed):
    """Tolerance: its shares lie within the exact 99.9 % intervals of the cases that were asked here."""
    n_right, n = map(int, re.search(r"\| `smollm2` \| (\d+) of (\d+)", page).groups())
    accuracy, n_wrong = followed.accuracy("smollm2"), followed.proof("smollm2")["n_wrong"]
    assert is_likely(n_right / n, accuracy["n"] - n_wrong, accuracy["n"])
    assert f"| `smollm2` | {n_right} of {n} | " in page
    assert re.search(r"\| `smollm2` \|[^\n]*\| nothing \|", page)
    n_junk, n_all = map(int, re.search(r"The model called (\d+) of (\d+) messages junk", page).groups())
    answered = followed.proof("smollm2")["confusion"]
    k = sum(one["n"] for one in answered if one["answered"] == "junk")
    assert is_likely(n_junk / n_all, k, sum(one["n"] for one in answered))
    assert followed.proof("smollm2")["needed_error_free"] > 0


def is_likely(rate: float, k: int, n: int) -> bool:
    """Whether ``rate`` lies within the exact 99.9 % interval of ``k`` of ``n``."""
    return binomial_lower(k, n, 0.0005) <= rate <= binomial_upper(k, n, 0.0005)


def test_the_refusal_on_the_page_has_the_reasons_that_were_given(page, followed):
    """Numbers apart, which are of more cases there."""
    for sentence in (
        "supervised acts alone, and no certificate says how far",
        "supervised is not earned yet: # of # items, # of # days at suggest",
        "TT# Q#: accuracy # on # cases",
        "FM# # errors fit no written mode",
    ):
        assert sentence in without_numbers(block("refused")), sentence
        assert sentence in without_numbers(the_line(followed, "grant", "smollm2")), sentence


def without_numbers(text: str) -> str:
    return re.sub(r"\d[\d.]*", "#", " ".join(text.split()))


def test_what_is_missing_on_the_page_is_what_is_missing(page, without_model):
    assert missing(without_model) == block("next")


def test_the_file_on_the_page_is_the_file_of_the_example():
    import yaml

    shown = re.search(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert yaml.safe_load(shown[1]) == yaml.safe_load(
        (EXAMPLE / "executors" / "smollm2.yaml").read_text(encoding="utf-8")
    )


# --- the server of the example ---


def test_the_server_of_the_example_serves_until_it_is_interrupted(language_model):
    import signal
    import subprocess
    import sys
    from select import select
    from urllib.request import urlopen

    server = subprocess.Popen(
        [sys.executable, str(EXAMPLE / "serve_model.py"), "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        came, _, _ = select([server.stdout], [], [], 120)
        assert came
        address = re.fullmatch(r"serving at (http://127\.0\.0\.1:\d+/v1), until Ctrl-C\n", server.stdout.readline())
        with urlopen(f"{address[1]}/models", timeout=60) as response:
            assert "SmolLM2" in response.read().decode()
        server.send_signal(signal.SIGINT)
        assert server.wait(20) == 0
        assert server.stdout.read() == "stopped\n"
    finally:
        server.kill()
        server.wait()
        server.stdout.close()
