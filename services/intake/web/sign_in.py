"""Signing in and out: ask for a link, follow it, leave."""

from __future__ import annotations

from flask import Blueprint, current_app, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from services.intake.handlers.sign_in import safe_path
from services.intake.web.here import office
from shared.errors import Forbidden
from shared.web import declare, public

entrance = Blueprint("entrance", __name__)
declare(entrance, public("leads to where people sign in"))
blueprint = Blueprint("sign_in", __name__, url_prefix="/collection")
declare(blueprint, public("this is where people sign in"))


@entrance.get("/")
def enter() -> ResponseReturnValue:
    """Lead from the platform's bare address to the staff pages."""
    return redirect("/collection/", 303)


@blueprint.get("/sign-in")
def ask() -> ResponseReturnValue:
    """Ask for the address."""
    return render_template("sign_in.html", next=safe_path(request.args.get("next", "")), error="")


@blueprint.post("/sign-in")
def send() -> ResponseReturnValue:
    """Have a link mailed; the answer is the same whether the address is known or not."""
    email, next_path = request.form.get("email", "").strip(), request.form.get("next", "")
    if email.count("@") != 1 or len(email) > 254:
        return render_template("sign_in.html", next=safe_path(next_path), error="email", email=email), 422
    office().sign_in.ask(email, next_path)
    return render_template("sign_in_sent.html")


@blueprint.get("/sign-in/<token>")
def look(token: str) -> ResponseReturnValue:
    """Show a button, so that mail scanners do not use the link up; demo links sign in at once."""
    try:
        at_once = office().sign_in.look(token)
    except Forbidden:
        return render_template("sign_in_spent.html"), 403
    return follow(token) if at_once else render_template("sign_in_follow.html", token=token)


@blueprint.post("/sign-in/<token>")
def follow(token: str) -> ResponseReturnValue:
    """Sign in."""
    try:
        signed = office().sign_in.redeem(token)
    except Forbidden:
        return render_template("sign_in_spent.html"), 403
    response = make_response(redirect(signed.next, 303))
    current_app.extensions["sessions"].sign_in(response, signed.account.id)
    return response


@blueprint.post("/sign-out")
def leave() -> ResponseReturnValue:
    """End the session in this browser."""
    response = make_response(redirect("/collection/sign-in", 303))
    current_app.extensions["sessions"].sign_out(response)
    return response
