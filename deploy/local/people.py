"""Invented people of the demo, all under example.org."""

from __future__ import annotations

from shared.registry import Account, Grant

HOR, SF = "house-of-resources", "strukturfoerderung"

PEOPLE = (
    Account("demo-coordinator", "koordination@example.org", "Kim Koordination", "de",
            (Grant("coordinator", HOR, ("dortmund",)),)),
    Account("demo-consultant", "beratung@example.org", "Bela Beratung", "de",
            (Grant("consultant", HOR), Grant("consultant", SF))),
    Account("demo-evaluator", "evaluation@example.org", "Eva Auswertung", "de",
            (Grant("evaluator", HOR), Grant("evaluator", SF))),
    Account("demo-lead", "leitung@example.org", "Lou Leitung", "de",
            (Grant("lead", HOR, lead=True), Grant("lead", SF, lead=True))),
    Account("demo-admin", "betrieb@example.org", "Ada Betrieb", "de", (Grant("admin", "*"),)),
)  # fmt: skip
LINKED = {"coordinator": "demo-coordinator", "consultant": "demo-consultant", "evaluator": "demo-evaluator"}
SCOPES = ("submissions:write", "programmes:write", "read", "answers:read", "alerts:write")
