"""The small language model that other tests ask: it is real, and it ends with the tests."""

from __future__ import annotations

import json
from urllib.request import Request, urlopen

from tests.language_model import MODEL, LanguageModel


def test_the_small_model_keeps_to_a_schema_and_tells_the_chances_of_its_words(language_model: LanguageModel) -> None:
    schema = {
        "type": "object",
        "properties": {"topic": {"enum": ["card", "transfer"]}},
        "required": ["topic"],
        "additionalProperties": False,
    }
    asked = {
        "model": MODEL,
        "messages": [{"role": "user", "content": "I lost my card"}],
        "temperature": 0,
        "max_tokens": 60,
        "logprobs": True,
        "top_logprobs": 3,
        "response_format": {"type": "json_schema", "json_schema": {"name": "o", "strict": True, "schema": schema}},
    }
    request = Request(
        f"{language_model.base_url}/chat/completions",
        json.dumps(asked).encode(),
        {"content-type": "application/json"},
    )
    with urlopen(request, timeout=120) as response:
        choice = json.load(response)["choices"][0]
    assert json.loads(choice["message"]["content"])["topic"] in ("card", "transfer")
    assert all(len(one["top_logprobs"]) == 3 for one in choice["logprobs"]["content"])
