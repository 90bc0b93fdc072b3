"""The OpenAPI document is true: whatever it allows is answered as it says, for every role, and nothing breaks."""

from __future__ import annotations

import warnings
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import InvalidArgument, Unsatisfiable
from tests.integration.serving.conftest import WITH_ROLE
from tests.integration.small_project import ITEM

from remit.api.service import Limits
from remit.api.table import ROUTES
from remit.project.people import ACCESS_ROLES

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import schemathesis
    from schemathesis import GenerationMode
    from schemathesis.checks import (
        content_type_conformance,
        not_a_server_error,
        response_schema_conformance,
        status_code_conformance,
    )

MANY = Limits(per_s=1e6, burst=1_000_000, guesses_per_s=1e6, guesses=1_000_000)
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
N_EXAMPLES = 2


def test_it_is_openapi_3_1_and_names_every_route_with_its_roles(served):
    document = served.client.get("/v1/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    found = {
        (method.upper(), path): operation
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    }
    assert set(found) == {(entry.method, entry.path.replace(":path}", "}")) for entry in ROUTES}
    for entry in ROUTES:
        one = found[entry.method, entry.path.replace(":path}", "}")]
        assert one.get("x-roles", []) == sorted(entry.roles)
        assert one["description"]


@pytest.mark.parametrize("role", [*ACCESS_ROLES, None])
def test_every_answer_is_one_that_the_document_names(opened, role):
    served = opened(limits=MANY)
    made = served.client.post(
        "/v1/definitions/refunds/decide", json={"input": ITEM}, headers=served.of("author")
    ).json()
    headers = {"Host": "127.0.0.1", **({} if role is None else served.headers(WITH_ROLE[role]))}
    known = {"work": "refunds", "decision_id": made["id"], "review_id": made["review"], "key": made["key"]}
    schema = schemathesis.openapi.from_asgi("/v1/openapi.json", served.client.app, headers=headers)
    n_asked = 0
    for result in schema.get_all_operations():
        operation = result.ok()
        places = {name: value for name, value in known.items() if f"{{{name}}}" in operation.path}
        for mode in GenerationMode:

            @settings(
                max_examples=N_EXAMPLES,
                deadline=None,
                derandomize=True,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
                database=None,
            )
            @given(operation.as_strategy(generation_mode=mode, path_parameters=places or None))
            def holds(case):
                nonlocal n_asked
                case.validate_response(case.call(headers=headers), checks=CHECKS)
                n_asked += 1

            with suppress(Unsatisfiable, InvalidArgument):  # some can't be asked wrongly
                holds()
    assert n_asked > len(ROUTES)
