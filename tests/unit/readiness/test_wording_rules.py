"""Rules that read sentences: precise where they speak up, silent on natural wording."""

import pytest

from remit.readiness import State


@pytest.mark.parametrize(
    "unit",
    [
        "one e-mail",
        "One invoice",
        "each claim form",
        "one handwritten digit",
        "one digit box of a returned form",
        "one mortgage application",
        "one change of address",
        "one application for a home loan",
        "one letter from lawyers and regulators",
        "one call between a customer and a clerk",
        "one blood analysis",
        "one bus",
        "one e-mail with its attachments",
        "one news item",
        "one series",
    ],
)
def test_one_countable_item_is_a_unit(work, unit):
    assert work.put("scope.unit", unit).passes("WD01")


@pytest.mark.parametrize(
    "unit",
    [
        "one e-mail and its answer",
        "one invoice and one receipt",
        "one order/return",
        "one order or return",
        "one quote, one order",
        "one e-mails",
        "each of the orders",
        "one group & its people",
        "one people",
        "one invoice from a supplier and the payment of it",
    ],
)
def test_more_than_one_thing_is_no_unit(work, unit):
    assert work.put("scope.unit", unit).fails("WD01") == [
        f"'{unit}' is more than one thing. Readers will count it differently."
    ]


@pytest.mark.parametrize("unit", ["e-mails", "a batch", "customer service", "oneness", "one", "one 5"])
def test_a_unit_that_does_not_begin_with_one_item_is_refused(work, unit):
    assert work.put("scope.unit", unit).fails("WD01") == [
        f"'{unit}' does not say what one item is. Readers will count it differently."
    ]


def test_work_without_a_unit_or_a_scope_is_refused(work):
    assert work.drop("scope.unit").places("WD01") == ["scope.unit"]
    assert work.drop("scope").fails("WD01") == ["Nobody wrote what one item of this work is."]


@pytest.mark.parametrize(
    "trigger",
    [
        "an e-mail arrives in the shared inbox",
        "a returned form is scanned at the post room",
        "the picture of a box arrives in the keying queue",
        "a complete application arrives in the lending queue",
        "a message arrives in the morning mail",
        "an invoice comes in by post",
        "customers ask questions by phone",
        "a request is recorded in the order book",
        "a caller is put through to the claims desk",
        "a parcel is handed over at the counter",
    ],
)
def test_an_event_at_a_place_is_a_trigger(work, trigger):
    assert work.put("scope.trigger", trigger).passes("WD02")


@pytest.mark.parametrize(
    ("trigger", "expected"),
    [
        ("as needed in the office", "what happens"),
        ("whenever a clerk has time for it", "what happens"),
        ("an order by post", "what happens"),
        ("an e-mail arrives", "where it is seen"),
        ("a request arrives in the next two days", "where it is seen"),
        ("an application is submitted in writing", "where it is seen"),
        ("a letter arrives on Monday morning", "where it is seen"),
    ],
)
def test_a_trigger_without_event_or_place_is_refused(work, trigger, expected):
    (finding,) = work.put("scope.trigger", trigger).result("WD02").findings
    assert finding.message == "Nobody can say when this work starts."
    assert finding.expected.startswith(expected)
    assert finding.found == trigger


def test_work_without_a_trigger_or_a_scope_is_refused(work):
    assert work.drop("scope.trigger").places("WD02") == ["scope.trigger"]
    assert work.drop("scope").places("WD02") == ["scope.trigger"]


@pytest.mark.parametrize(
    ("path", "text", "word"),
    [
        ("title", "Use AI to sort e-mail", "AI"),
        ("intent.statement", "We leverage machine learning", "machine learning"),
        ("intent.outcome.measure", "hours_saved_by_ChatGPT", "ChatGPT"),
        ("intent.stop_if.then", "switch the bot off", "bot"),
        ("today.steps", ["ask the chatbot"], "chatbot"),
        ("scope.unit", "one LLM prompt", "LLM"),
        ("scope.trigger", "a Copilot message arrives in the inbox", "Copilot"),
        ("scope.includes", ["e-mail for the agentic desk"], "agentic"),
        ("scope.excludes.0.what", "what the algorithm refuses", "algorithm"),
        ("inputs.messy", ["hallucinated quotes"], "hallucinated"),
        ("inputs.fields.gpt4_summary", "text <= 80", None),
        ("inputs.fields.LLM_summary", "text <= 80", "LLM"),
        ("outputs.fields.classifier_score", "number 0..1", "classifier"),
        ("outputs.effects.0.what", "the RPA moves it", "RPA"),
        ("outputs.effects.0.undo", "reset the vector store", "vector store"),
        ("decisions.0.question", "What does the language model say?", "language model"),
        ("decisions.0.good", "What GPT-4 would say", "GPT-4"),
        ("constraints.0.message", "The regex must match", "regex"),
        ("quality.error_costs.0.kind", "a wrong embedding", "embedding"),
        ("failure_modes.0.mode", "the neural network is unsure", "neural network"),
        ("failure_modes.0.effect", "XGBoost fails", "XGBoost"),
        ("failure_modes.0.response", "retrain the random forest", "random forest"),
        ("owner.role", "Head of Generative AI", "Generative AI"),
        ("cases.labelled_by", ["Claude"], "Claude"),
        ("escalation.paths.0.role", "fine-tuning crew", "fine-tuning"),
        ("escalation.paths.0.on_timeout.reassign", "the bots", "bots"),
        ("escalation.stop.who", ["Python on call"], "Python"),
        ("autonomy.ceiling.because", "the LLM is good", "LLM"),
        ("autonomy.never.0.because", "a deep learning error is costly", "deep learning"),
    ],
)
def test_named_technology_is_found_wherever_the_work_is_told(work, path, text, word):
    work.put(path, text)
    found = work.result("WD06")
    if word is None:  # a word inside a name is no name of a tool
        assert found.state is State.PASS
        return
    assert [one.message for one in found.findings] == [f"'{word}' names a tool. The work must be doable by a person."]
    assert ".".join(map(str, found.findings[0].path)).startswith(path)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("title", "Answer questions about the AI Act"),
        ("intent.statement", "The gemini of the zodiac, a rag and an agent of the estate"),
        ("inputs.sources.0.system", "ChatGPT export"),
        ("today.performed_by", "an RPA bot"),
        ("outputs.fields.team", ["orders", "LLM", "other"]),
        ("questions", [{"text": "Would an LLM see this?"}]),
        ("scope.unit", "one car model"),
    ],
)
def test_words_that_only_look_like_technology_or_name_things_as_they_are_pass(work, path, text):
    assert work.put(path, text).passes("WD06")


def test_a_kind_that_is_not_applicable_is_read_too(work):
    work.data["failure_modes"].append({"not_applicable": {"late": "the bot is fast"}})
    assert work.places("WD06") == ["failure_modes.8.not_applicable.late"]


@pytest.mark.parametrize(
    ("path", "text", "words"),
    [
        ("decisions.0.good", "An appropriate team, as soon as possible", ["appropriate", "as soon as possible"]),
        ("decisions.0.good", "Usually the team that fits, if possible", ["if possible", "usually"]),
        ("decisions.0.good", "The best practice of the desk, etc.", ["best practice", "etc."]),
        ("scope.unit", "one suitable e-mail", ["suitable"]),
        ("failure_modes.0.mode", "the answer is not accurate", ["accurate"]),
        ("failure_modes.0.effect", "significant harm", ["significant"]),
        ("constraints.0.message", "A reasonable sum, as required", ["reasonable", "as required"]),
    ],
)
def test_vague_words_are_found_where_people_judge_by_the_words(work, path, text, words):
    assert work.put(path, text).fails("WD07") == [f"'{word}' means something else to each reader." for word in words]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("decisions.0.good", "As soon as the letter is read, the team that answers it"),
        ("decisions.0.good", "Accurate to 1 cent"),
        ("decisions.0.good", "The team, when required papers are there"),
        ("constraints.0.message", "The effective date is after the signing"),
        ("failure_modes.0.mode", "several questions in one e-mail, and some pages often turn up late"),
        ("intent.statement", "Make it better and faster"),
        ("scope.trigger", "an e-mail arrives in the appropriate inbox"),
    ],
)
def test_natural_wording_is_not_vague(work, path, text):
    assert work.put(path, text).passes("WD07")


def test_a_draft_of_nothing_has_no_wording_to_fault(work):
    work.data = {"remit": 1, "id": "draft"}
    assert work.passes("WD06")
    assert work.passes("WD07")
    work.data = {
        "remit": 1,
        "id": "draft",
        "intent": {},
        "today": {"steps": "unknown"},
        "autonomy": {},
        "escalation": {"paths": [{"id": "E1", "on_timeout": "keep"}]},
        "inputs": {"schema": {"type": "object"}},
        "outputs": {"schema": {"type": "object"}},
    }
    assert work.passes("WD06")
