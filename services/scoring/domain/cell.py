"""Computing one cell: values, verdicts and progress of one site in one wave, as one JSON document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from services.scoring.domain.cells import CellInputs
from services.scoring.domain.context import World
from services.scoring.domain.digests import digest
from services.scoring.domain.values import Valuation
from services.scoring.domain.verdicts import judge
from shared.programme.model import Wave

ENGINE_VERSION = "1"


def compute_cell(world: World, at: int) -> dict[str, Any]:
    """Return everything known about the site in the wave at this position: the stored cell without its bookkeeping.

    The same inputs give the same document, byte for byte.
    """
    wave, plan = world.waves[at], world.plan
    valuation = Valuation(world, at)
    forms = [form.id for form in plan.programme.forms if form.id in wave.forms]
    progress = {form: world.progress(wave.code, form) for form in forms}
    rules = [rule for rule in plan.rules.values() if rule.form in progress]
    content = {
        "reports": {form: asdict(found) for form, found in progress.items()},
        "values": {name: record.to_json() for name, record in valuation.all().items()},
        "rules": {rule.definition.id: judge(rule, valuation, progress[rule.form]).to_json() for rule in rules},
    }
    return {
        **content,
        "wave": wave.code,
        "sequence": wave.sequence,
        "imported": world.inputs(wave.code).imported,
        "engine": ENGINE_VERSION,
        "definition": plan.revision,
        "version": plan.programme.version,
        "inputs_digest": inputs_digest(world.inputs(wave.code), world.features, wave),
        "features_digest": digest(dict(world.features)),
        "content_digest": digest(content),
    }


def inputs_digest(inputs: CellInputs, features: Mapping[str, str], wave: Wave) -> str:
    """Return the digest of what a cell was computed from: answers, overdue days, features of site and wave."""
    answers = [[r.form, r.respondent, r.revision, dict(r.answers)] for r in inputs.responses]
    answers.sort(key=lambda row: (row[0], row[1]))
    return digest([answers, dict(inputs.overdue or {}), dict(features), dict(wave.features), list(wave.forms)])


def outward_digest(cell: Mapping[str, Any]) -> str:
    """Return the digest of what other cells may look at: this cell's values and raw inputs."""
    values = {name: [record["value"], record["reason"]] for name, record in cell["values"].items()}
    return digest([values, cell["inputs_digest"]])


def settled_digest(cell: Mapping[str, Any]) -> str:
    """Return the digest of what flags are folded from."""
    names = ("content_digest", "inputs_digest", "definition", "engine", "sequence")
    return digest([cell[name] for name in names])
