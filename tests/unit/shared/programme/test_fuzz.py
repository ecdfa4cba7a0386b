"""Whatever stands in the files: Invalid or a programme, and soon."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from time import process_time

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.errors import Invalid
from shared.programme.json_form import programme_from_json
from shared.programme.loader import load_form, read_form
from shared.programme.place import Report
from shared.programme.yaml_source import read_yaml
from tests.support.programmes import EXAMPLES, ProgrammeFolder

LIMIT_S = 1.0
SURVEY = (EXAMPLES / "valid" / "survey" / "forms" / "group_survey.md").read_text(encoding="utf-8")
YAML_FILES = ("programme.yaml", "indicators.yaml", "flags.yaml", "support.yaml")
yaml_text = st.text(alphabet="ab: -[]{}&*!|>'\"#\n\t,?%@0é", max_size=200)
cells = st.sampled_from(
    ["survey", "choices", "settings", "type", "name", "label", "label::de", "relevant", "calculation", "list_name",
     "integer", "select_one x", "begin_group", "end_group", "calculate", "a", "b", "${a}", "${b} + 1", ". > 1", "(",
     "form_id", "version", "form_title", "x", "", "", "\\|", "yes", "false()", "é\u0000", "-", "1", "range", "start=1"]
)  # fmt: skip
tables = st.lists(st.lists(cells, max_size=7).map(lambda row: f"| {' | '.join(row)} |"), max_size=25).map("\n".join)


@given(yaml_text)
@settings(max_examples=300, deadline=None)
def test_any_text_as_yaml(text: str) -> None:
    started = process_time()
    read_yaml(text.encode(), "a.yaml", Report())

    assert process_time() - started < LIMIT_S


@given(st.binary(max_size=300))
@settings(max_examples=150, deadline=None)
def test_any_bytes_as_any_form(data: bytes) -> None:
    for file in ("a.md", "a.csv", "a.xlsx"):
        with suppress(Invalid):
            read_form(data, file)


@given(tables)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_table_as_a_form(text: str) -> None:
    for file, data in (("a.md", text), ("a.csv", text.replace("| ", "").replace(" |", ","))):
        started = process_time()
        form, report = load_form(data.encode(), file)

        assert (form is None) == bool(report.faults)
        assert process_time() - started < LIMIT_S


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_a_sound_form_with_a_stretch_cut_out_or_repeated(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(SURVEY)))
    end = data.draw(st.integers(start, min(len(SURVEY), start + 400)))
    repeats = data.draw(st.sampled_from([0, 2]))

    form, report = load_form((SURVEY[:start] + SURVEY[start:end] * repeats + SURVEY[end:]).encode(), "a.md")

    assert (form is None) == bool(report.faults)


@given(st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_sound_programme_with_a_line_changed(tmp_path_factory: object, data: st.DataObject) -> None:
    folder = _folder(tmp_path_factory)
    file = data.draw(st.sampled_from(YAML_FILES))
    lines = (folder.path / file).read_text(encoding="utf-8").split("\n")
    number = data.draw(st.integers(0, len(lines) - 1))
    lines[number] = data.draw(
        st.sampled_from(["", "x", f"  {lines[number]}", f"{lines[number]}: x", lines[number][:-3], "- a", "  - {}"])
    )
    (folder.path / file).write_text("\n".join(lines), encoding="utf-8")

    started = process_time()
    folder.faults()

    assert process_time() - started < 2 * LIMIT_S


def _folder(factory: object) -> ProgrammeFolder:
    path: Path = factory.mktemp("fuzz")  # type: ignore[attr-defined]
    return ProgrammeFolder(path, "survey")


json_data = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "items", "forms", "waves", "peers", "range", "type", "name"]), inner)
    ),
    max_leaves=15,
)


@given(json_data)
@settings(max_examples=200, deadline=None)
def test_any_json_as_a_programme(data: object) -> None:
    with suppress(ValueError):
        programme_from_json(data)  # type: ignore[arg-type]
