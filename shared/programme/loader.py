"""Reads a programme folder, or a single form, and names everything wrong with it at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from shared.programme.changes import check_continuity
from shared.programme.checks import check_one_form, check_programme
from shared.programme.choice_files import no_files
from shared.programme.drafts import FormPlan, ProgrammeDraft
from shared.programme.entries import FormDraft
from shared.programme.flags_file import FLAGS_FILE, SUPPORT_FILE, read_flags, read_measures
from shared.programme.form_source import read_form_draft
from shared.programme.indicators_file import FILE as INDICATORS_FILE
from shared.programme.indicators_file import read_indicators
from shared.programme.model import Form, Programme
from shared.programme.place import Place, Report
from shared.programme.programme_file import FILE as PROGRAMME_FILE
from shared.programme.programme_file import programme_fields, read_frame, read_plans, read_waves
from shared.programme.sites_file import FILE as SITES_FILE
from shared.programme.sites_file import read_sites
from shared.programme.yaml_source import Node, read_yaml

_MOST_BYTES = 6_000_000


@dataclass(frozen=True)
class Loaded:
    """The outcome of reading a folder; `programme` is None when there are faults."""

    programme: Programme | None
    report: Report


def read_programme(folder: Path) -> Programme:
    """Read a programme folder. Raises Invalid with every fault, in file order."""
    loaded = load_programme(folder)
    if loaded.programme is None:
        raise loaded.report.invalid()
    return loaded.programme


def load_programme(folder: Path, published: Programme | None = None) -> Loaded:
    """Read a programme folder and keep notices, too; never raises for what stands in the files.

    `published`: the version in use; then what breaks with its forms is a fault, too.
    """
    report = Report()
    node = _yaml(folder, PROGRAMME_FILE, report)
    if node is None:
        return Loaded(None, report)
    frame = read_frame(node, report)
    draft = ProgrammeDraft(frame, plans=read_plans(frame), waves=read_waves(frame))
    plain = programme_fields(frame)
    _read_files(folder, draft, report)
    check_programme(draft, report)
    for form in draft.forms.values():
        check_continuity(
            form, [one for one in (published.forms if published else ()) if one.id == form.form.id], report
        )
    return Loaded(None if report.faults else _programme(plain, draft), report)


def _read_files(folder: Path, draft: ProgrammeDraft, report: Report) -> None:
    for plan in draft.plans.values():
        _read_planned_form(plan, folder, draft, report)
    sites = _bytes(folder, SITES_FILE, report)
    if sites is not None:
        read_sites(sites, draft, report)
    if not draft.sites:
        draft.unread.add(SITES_FILE)
    for file, read in ((INDICATORS_FILE, read_indicators), (SUPPORT_FILE, read_measures), (FLAGS_FILE, read_flags)):
        node = _yaml(folder, file, report)
        if node is None:
            draft.unread.add(file)
        else:
            read(node, draft, report)


def _programme(plain: dict[str, Any], draft: ProgrammeDraft) -> Programme:
    return Programme(
        **plain,
        waves=tuple(sorted((wave.value for wave in draft.waves), key=lambda wave: wave.sequence)),
        sites=tuple(site for site, _ in draft.sites),
        forms=tuple(form.form for form in draft.forms.values()),
        scales=tuple(scale.value for scale in draft.scales),
        indicators=tuple(indicator.value for indicator in draft.indicators),
        flags=tuple(flag.value for flag in draft.flags),
        measures=tuple(measure.value for measure in draft.measures),
    )


def read_form(source: Path | bytes, filename: str | None = None) -> Form:
    """Read a stand-alone form by its file ending. Raises Invalid with every fault."""
    data = source if isinstance(source, bytes) else source.read_bytes()
    name = filename or (source.name if isinstance(source, Path) else "form.xlsx")
    form, report = load_form(data, name, source if isinstance(source, Path) else None)
    if form is None:
        raise report.invalid()
    return form


def load_form(data: bytes, filename: str, path: Path | None = None) -> tuple[Form | None, Report]:
    """Read a stand-alone form and keep notices, too; `path` is where it lies, for the files it names."""
    report = Report()
    attached = partial(_beside, path, path.parent) if path else no_files
    draft = read_form_draft(data, filename, report, attached=attached)
    if draft:
        check_one_form(draft, report)
    return (draft.form if draft and not report.faults else None), report


def _read_planned_form(plan: FormPlan, folder: Path, draft: ProgrammeDraft, report: Report) -> None:
    data = _bytes(folder, plan.file, report, plan.record.at("file")) if plan.file else None
    if data is None:
        return
    form_report = Report()
    read = read_form_draft(
        data, plan.file, form_report, draft.frame.languages, partial(_beside, folder / plan.file, folder)
    )
    if read:
        draft.forms[plan.id] = _with_plan(read, plan)
        check_one_form(read, form_report)
    report.faults |= form_report.faults
    report.notices |= form_report.notices


def _with_plan(read: FormDraft, plan: FormPlan) -> FormDraft:
    form = replace(
        read.form,
        title=plan.title or read.form.title,
        respondents="many" if plan.respondents == "many" else "one",
        anonymous=plan.anonymous,
        minutes=plan.minutes,
        complete_min=plan.complete_min,
        complete_with=plan.complete_with,
        missing=plan.missing,
    )
    return replace(read, form=form)


def _beside(form: Path, folder: Path, file: str) -> bytes | None:
    """Return a file beside the form, None if there is none or it lies outside the folder."""
    path = form.parent / file
    try:
        inside = path.resolve().is_relative_to(folder.resolve())
        return path.read_bytes()[:_MOST_BYTES] if inside else None
    except OSError:
        return None


def _yaml(folder: Path, file: str, report: Report) -> Node | None:
    data = _bytes(folder, file, report)
    return None if data is None else read_yaml(data, file, report)


def _bytes(folder: Path, file: str, report: Report, named_at: Place | None = None) -> bytes | None:
    """Return a file's bytes; a path that leaves the folder is as good as missing."""
    path = folder / file
    try:
        if not path.resolve().is_relative_to(folder.resolve()):
            raise FileNotFoundError
        with path.open("rb") as stream:
            return stream.read(_MOST_BYTES)
    except (OSError, ValueError):
        report.fault(named_at or Place(file), "missing_file", f'The file "{file}" is missing or cannot be read.')
        return None
