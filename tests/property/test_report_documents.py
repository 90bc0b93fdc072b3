"""A proof that is written is the proof that is read, and nothing else is."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.property.proofs import proofs

from remit.errors import DocumentInvalid
from remit.report.documents import document_text, from_json, from_text, to_json


@settings(max_examples=60)
@given(proofs())
def test_a_proof_survives_its_document(proof):
    assert from_json(to_json(proof)) == proof
    assert from_text(document_text(to_json(proof))) == proof


@settings(max_examples=30)
@given(proofs())
def test_the_order_of_keys_never_changes(proof):
    made = to_json(proof)
    assert list(made)[:3] == ["remit", "kind", "work"]
    assert list(made)[-1] == "document_digest"
    assert document_text(made) == document_text(to_json(from_json(made)))


@settings(max_examples=30)
@given(proofs())
def test_another_order_of_keys_is_the_same_document(proof):
    text = json.dumps(to_json(proof), sort_keys=True)
    assert from_text(text) == proof


@settings(max_examples=30)
@given(proofs(), st.data())
def test_a_changed_number_is_noticed(proof, data):
    made = to_json(proof)
    key = data.draw(st.sampled_from([key for key, value in made.items() if type(value) is int and key != "remit"]))
    with pytest.raises(DocumentInvalid):
        from_json({**made, key: made[key] + 1})


@settings(max_examples=30)
@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=8), lambda inner: st.lists(inner)))
def test_anything_else_is_refused(data):
    with pytest.raises(DocumentInvalid):
        from_json(data)
