"""The JSON APIs' frame: strict bodies, one error shape, an OpenAPI 3.1 document and a page that shows it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any, TypeVar, cast

import flask_smorest
from flask import Blueprint, Flask, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from marshmallow import Schema, ValidationError, fields
from werkzeug.exceptions import UnsupportedMediaType

from shared.errors import Invalid
from shared.web import ratelimit
from shared.web.errors import schema_faults
from shared.web.guards import declare, public

View = TypeVar("View", bound=Callable[..., Any])
MEANING = {
    400: "The body is not JSON.",
    401: "No valid key or session.",
    403: "The key or account may not do this.",
    404: "Something named in the path or body is unknown.",
    409: "Contradicts what is stored; `code` says how.",
    413: "The body is too large; `message` names the limit.",
    415: "The content type is not application/json.",
    422: "Entries break rules; `errors` names all of them.",
    429: "Too many requests; see Retry-After.",
    503: "The storage is away and nothing was saved; see Retry-After.",
}
_ALWAYS = (401, 403, 429, 503)
_WITH_BODY = (400, 413, 415, 422)
_RETRY_AFTER = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds to wait"}}
_HEADERS = {429: _RETRY_AFTER, 503: _RETRY_AFTER}


class FaultShape(Schema):
    """One thing that is wrong."""

    path = fields.String(required=True)
    code = fields.String(required=True)
    message = fields.String(required=True)


class ErrorShape(Schema):
    """The one error shape of the API."""

    code = fields.String(required=True)
    status = fields.Integer(required=True)
    message = fields.String(required=True)
    errors = fields.List(fields.Nested(FaultShape), required=True)


def _body() -> Any:
    """Return the request's body as the app's strict reader reads it."""
    if request.mimetype != "application/json":
        raise UnsupportedMediaType
    return request.get_json()


class ApiBlueprint(flask_smorest.Blueprint):  # type: ignore[misc]
    """A blueprint whose views appear in the OpenAPI document."""

    def on(self, method: str, rule: str) -> Callable[[View], View]:
        """Register a view for a method and a path below the blueprint's prefix."""
        registered: Callable[[View], View] = self.route(rule, methods=[method])
        return registered

    def takes(self, schema: type[Schema], location: str = "json") -> Callable[[View], View]:
        """Read the body (or the query) by this schema and hand it to the view as its first argument."""
        described: Callable[[View], View] = self.arguments(schema(), location=location)
        if location != "json":
            return lambda view: self._refusing(described(view), (422,))
        reader = schema()

        def decorate(view: View) -> View:
            @wraps(view)
            def reading(*args: Any, **named: Any) -> Any:
                try:
                    given = reader.load(_body())
                except ValidationError as refused:
                    raise Invalid(schema_faults(refused.messages)) from None
                return view(given, *args, **named)

            return self._refusing(_as_described(reading, described(view)), _WITH_BODY)

        return decorate

    def answers(self, status: int, schema: type[Schema], description: str = "") -> Callable[[View], View]:
        """Write what the view returns (or the first of what it returns with a status) by this schema."""
        described: Callable[[View], View] = self.response(status, schema, description=description or "Found.")
        writer = schema()

        def decorate(view: View) -> View:
            @wraps(view)
            def writing(*args: Any, **named: Any) -> Any:
                found = view(*args, **named)
                value, said = found if isinstance(found, tuple) else (found, status)
                return jsonify(writer.dump(value)), said

            return _as_described(writing, described(view))

        return decorate

    def also_answers(self, status: int, schema: type[Schema], description: str) -> Callable[[View], View]:
        """Document another success."""
        return lambda view: self._documented(view, status, schema, description)

    def refuses(self, *statuses: int) -> Callable[[View], View]:
        """Document the refusals of a view besides those of what it takes; those every view shares are added."""
        return lambda view: self._refusing(view, (*statuses, *_ALWAYS))

    def _refusing(self, view: View, statuses: Sequence[int]) -> View:
        for status in statuses:
            view = self._documented(view, status, ErrorShape, MEANING[status], _HEADERS.get(status))
        return view

    def _documented(self, view: View, status: int, schema: type[Schema], description: str, headers: Any = None) -> View:
        """Add to the view's documentation."""
        described: View = self.alt_response(status, schema=schema, description=description, headers=headers)(view)
        return _as_described(view, described)


def _as_described(view: Callable[..., Any], described: View) -> View:
    """Give the view the documentation of another, which flask-smorest wrapped more often than it has to."""
    view._apidoc = described._apidoc  # type: ignore[attr-defined]
    return cast(View, view)


class _Api(flask_smorest.Api):  # type: ignore[misc]
    """Leaves errors to shared.web.errors and pages to us; documents no answers but those that are named."""

    ERROR_SCHEMA = ErrorShape
    DEFAULT_ERROR_RESPONSE_NAME = None

    def _register_error_handlers(self) -> None:
        """Errors have one shape everywhere, made elsewhere."""

    def _register_doc_blueprint(self) -> None:
        """The document is served by `install_api`, under a declared guard."""


def install_api(app: Flask, service: str, blueprints: Sequence[ApiBlueprint], description: str) -> None:
    """Register API blueprints under the rate limit; serve their document and its page at `/api/<service>/v1/`."""
    app.config.update(API_TITLE=f"Peilung {service}", API_VERSION="1", OPENAPI_VERSION="3.1.0")
    api = _Api(app, spec_kwargs={"info": {"description": description}})
    api.spec.components.security_scheme("key", {"type": "http", "scheme": "bearer"})
    api.spec.options["security"] = [{"key": []}]
    ratelimit.install(app, blueprints, app.config["API_RATE"])
    for blueprint in blueprints:
        api.register_blueprint(blueprint)
    app.register_blueprint(_documents(service, api, {one.name: _who(one) for one in blueprints}))


def _who(blueprint: Blueprint) -> str:
    """Return in words whom the guard of a blueprint lets in."""
    guard: str = blueprint.guard.name  # type: ignore[attr-defined]
    return guard.replace("api key: ", "keys with the scope ").replace("staff: ", "people signed in as ")


def _documents(service: str, api: _Api, who: Mapping[str, str]) -> Blueprint:
    documents = Blueprint("api_documents", "shared.web", url_prefix=f"/api/{service}/v1")
    declare(documents, public("the description of the API holds no data"))

    def as_json() -> ResponseReturnValue:
        return dict(api.spec.to_dict())

    def as_page() -> ResponseReturnValue:
        return render_template("api_docs.html", spec=api.spec.to_dict(), who=who)

    documents.add_url_rule("/openapi.json", "openapi", as_json)
    documents.add_url_rule("/docs", "docs", as_page)
    return documents
