"""The application: the table's endpoints in FastAPI, inside the guard."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import replace
from importlib.metadata import version
from typing import Any, get_args

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.responses import Response

from remit.api.guard import BUG, Guard
from remit.api.problems import MEDIA_TYPE, Refusal, problem_response
from remit.api.refusing.wording import problem_of
from remit.api.service import Service
from remit.api.shapes import ProblemDocument
from remit.api.table import About, Entry, Table, endpoint_of
from remit.errors import ItemInvalid, Location, NotFound, RemitError, RequestInvalid, UsageError
from remit.files.case_file.json_object import object_in

__all__ = ["application", "inner_application"]


def application(service: Service) -> Guard:
    """The whole ASGI application for one server."""
    table = Table()
    inner = inner_application(service, table)
    queries = {
        (method, route.path): frozenset(one.alias for one in route.dependant.query_params)
        for route in inner.routes
        if isinstance(route, APIRoute)
        for method in route.methods or ()
    }
    return Guard(inner, service, table, queries)


def inner_application(service: Service | None, table: Table) -> FastAPI:
    """The endpoints alone; without a service they only say what they are."""
    made = FastAPI(
        title="Remit",
        version=version("remit"),
        summary="Work definitions, decisions, reviews and grants over HTTP.",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
    )
    made.state.service = service
    made.router.route_class = _StrictRoute
    for entry in table.routes:
        made.add_api_route(
            entry.path,
            endpoint_of(entry),
            methods=[entry.method],
            operation_id=entry.endpoint.replace(".", "_"),
            response_model=None,
            response_class=Response,
            status_code=entry.status,
            responses=_responses(entry),
            tags=[entry.endpoint.partition(".")[0]],
            openapi_extra=_security(entry),
        )
    for kind in (RemitError, Refusal, RequestValidationError, HTTPException, Exception):
        made.add_exception_handler(kind, _refused)
    _with_security(made)
    return made


class _StrictRoute(APIRoute):
    """A route whose body is one JSON object, read as strictly as every other file from outside."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, with a request that reads its body so."""
        inner = super().get_route_handler()

        async def strict(request: Request) -> Response:
            return await inner(_StrictRequest(request.scope, request.receive))

        return strict


class _StrictRequest(Request):
    """A request whose JSON names no key twice, is not too deep, and holds no number that is none."""

    async def json(self) -> Any:
        """The one object in the body."""
        if not hasattr(self, "_json"):
            data = await self.body()
            try:
                self._json = object_in(data, name="the body", where=Location(path="body"), expected="{...}")
            except ItemInvalid as error:
                (problem,) = error.problems
                mend = "send the fields of the route as one JSON object"
                raise HTTPException(422) from RequestInvalid(problems=[replace(problem, mend=mend)])
        return self._json


def _refused(request: Request, error: Exception) -> Response:
    root = request.app.state.service.project.root
    match error:
        case RemitError():
            return problem_response(error, root=root)
        case Refusal():
            return problem_response(error.error, root=root, status=error.status, headers=error.headers)
        case RequestValidationError():
            return problem_response(_not_valid(request, error), root=root)
        case HTTPException():
            said = _http_error(request, error)
            return problem_response(said, root=root, status=error.status_code, headers=error.headers)
        case _:  # the guard logs it
            return problem_response(BUG, root=root)


def _not_valid(request: Request, error: RequestValidationError) -> RequestInvalid:
    known = _fields_of(request.scope.get("route"))
    return RequestInvalid(problems=[problem_of(one, known=known) for one in error.errors()[:20]])


def _fields_of(route: object) -> frozenset[str]:
    """The names of the fields in the body of a route, those inside its lists too."""
    field = getattr(route, "body_field", None)
    found: set[str] = set()
    waiting = [] if field is None else [field.field_info.annotation]
    while waiting:
        one = waiting.pop()
        if isinstance(one, type) and issubclass(one, BaseModel):
            found |= set(one.model_fields)
            waiting += [inner.annotation for inner in one.model_fields.values()]
        else:
            waiting += get_args(one)
    return frozenset(found)


def _http_error(request: Request, error: HTTPException) -> RemitError:
    match error.status_code:
        case 404:
            return NotFound(f"there is no {request.url.path[:200]}", mend="/v1/openapi.json says what there is")
        case 405:
            return UsageError(f"{request.method[:20]} is not done here", expected=(error.headers or {}).get("Allow"))
        case _:
            cause = error.__cause__
            return cause if isinstance(cause, RemitError) else RequestInvalid(str(error.detail)[:200])


def _responses(entry: Entry) -> dict[int | str, dict[str, Any]]:
    """What an endpoint may answer, for the OpenAPI document."""
    found: dict[int | str, dict[str, Any]] = {}
    for status in (entry.status, *entry.more_statuses):
        found[status] = {"description": _SAID[status]}
        if entry.shown is not None:
            found[status]["model"] = entry.shown
        else:
            kind = "text/plain" if entry.path == "/metrics" else "application/json"
            found[status]["content"] = {kind: {"schema": {"type": "string"} if kind == "text/plain" else {}}}
    refused = {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}
    for status in _refusals(entry):
        found[status] = {"description": _SAID[status], "content": {MEDIA_TYPE: refused}}
    return found


def _refusals(entry: Entry) -> tuple[int, ...]:
    always = (400, 404, 421, 422, 429, 503)
    caller = () if entry.about is About.NOBODY and entry.endpoint != "sessions.log_in" else (401, 403)
    changes = (408, 409, 412, 413, 415) if entry.method != "GET" else ()
    reads = (409,) if entry.method == "GET" and entry.about is not About.NOBODY else ()
    return tuple(sorted({*always, *caller, *changes, *reads}))


_SAID = {
    200: "Done",
    202: "A person has to decide: ask again at `Location`",
    400: "The request can't be used",
    401: "Nobody comes in without a token",
    403: "A rule or a role forbids it",
    404: "Nothing of that name is there",
    408: "The request did not arrive in time",
    409: "It contradicts what is recorded",
    412: "It is not as it was when you looked",
    413: "The request is too large",
    415: "Requests are JSON",
    421: "The server answers to another name",
    422: "What was sent is invalid",
    429: "Too many requests: `Retry-After`",
    503: "The store can't be used, or the server is full: `Retry-After`",
}


def _security(entry: Entry) -> dict[str, Any]:
    if entry.about is About.NOBODY:
        return {"security": []}
    return {"security": [{"token": []}, {"session": []}], "x-roles": sorted(entry.roles)}


def _with_security(made: FastAPI) -> None:
    """Add to the OpenAPI document what FastAPI can't know: the ways to come in, and the shape of errors."""
    plain_openapi = made.openapi

    def openapi() -> dict[str, Any]:
        if made.openapi_schema is None:
            document = plain_openapi()
            parts = document.setdefault("components", {})
            parts["securitySchemes"] = {
                "token": {"type": "http", "scheme": "bearer", "description": "`remit token make`"},
                "session": {"type": "apiKey", "in": "cookie", "name": "remit_session"},
            }
            shape = ProblemDocument.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas = parts.setdefault("schemas", {})
            schemas |= shape.pop("$defs", {})
            schemas["ProblemDocument"] = shape
            for unused in ("HTTPValidationError", "ValidationError"):
                schemas.pop(unused, None)
            made.openapi_schema = document
        return made.openapi_schema

    made.openapi = openapi  # type: ignore[method-assign]
