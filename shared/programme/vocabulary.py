"""The words of XLSForm: which columns, types and appearances are read, left out with a notice, or refused."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

NOT_YET = "is not supported yet"


@dataclass(frozen=True)
class Vocabulary:
    """The columns of one sheet; `ignored` and `refused` say why and what to do instead."""

    plain: frozenset[str]
    translated: frozenset[str] = frozenset()
    aliases: Mapping[str, str] = field(default_factory=dict)
    ignored: Mapping[str, str] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)
    further: bool = False

    def known(self) -> set[str]:
        """Return every column name that means something here."""
        return {*self.plain, *self.translated, *self.aliases, *self.ignored, *self.refused}


_MEDIA = dict.fromkeys(("image", "big-image", "audio", "video", "media"), "remove the column or describe it in words")

SURVEY = Vocabulary(
    plain=frozenset(
        {"type", "name", "relevant", "constraint", "required", "readonly", "calculation", "default", "choice_filter",
         "appearance", "parameters", "repeat_count"}
    ),
    translated=frozenset({"label", "hint", "constraint_message", "required_message"}),
    aliases={
        "command": "type", "tag": "name", "value": "name", "caption": "label", "relevance": "relevant",
        "read_only": "readonly", "calculate": "calculation", "constraining_message": "constraint_message",
        "requiredmsg": "required_message", "count": "repeat_count",
    },
    ignored={
        "guidance_hint": "write what people need to know into `hint`", "autoplay": "there are no media",
        "rows": "the page chooses the height", "bind": "extra attributes go nowhere",
        "body": "extra attributes go nowhere", "instance": "extra attributes go nowhere",
    },
    refused=_MEDIA | {
        "trigger": "use a calculation without trigger", "save_to": "entities are not kept",
    },
)  # fmt: skip

CHOICES = Vocabulary(
    plain=frozenset({"list_name", "name"}),
    translated=frozenset({"label"}),
    aliases={"value": "name", "caption": "label"},
    refused=_MEDIA,
    further=True,
)

CHOICE_FILE = Vocabulary(
    plain=frozenset({"name"}), translated=frozenset({"label"}), aliases=CHOICES.aliases, refused=_MEDIA, further=True
)

SETTINGS = Vocabulary(
    plain=frozenset({"form_title", "form_id", "version", "default_language", "style"}),
    aliases={"title": "form_title", "set_form_title": "form_title", "set_form_id": "form_id", "id_string": "form_id"},
    ignored=dict.fromkeys(
        ("instance_name", "submission_url", "auto_send", "auto_delete", "name", "namespaces", "clean_text_values",
         "client_editable", "attribute", "instance_xmlns", "prefix", "sms_keyword", "compact_prefix"),
        "the platform sets this itself",
    ),
    refused={
        "public_key": "encrypted answers could not be scored; remove it",
        "allow_choice_duplicates": "give every choice of a list its own name",
    },
)  # fmt: skip

SHEETS = {"survey": SURVEY, "choices": CHOICES, "settings": SETTINGS}
REFUSED_SHEETS = ("entities", "external_choices", "osm")

TYPES = frozenset(
    {"text", "note", "hidden", "calculate", "integer", "decimal", "range", "date", "time", "dateTime", "acknowledge",
     "barcode", "geopoint"}
)  # fmt: skip
LIST_TYPES = frozenset({"select_one", "select_multiple", "rank"})
FILE_TYPES = {"select_one_from_file": "select_one", "select_multiple_from_file": "select_multiple"}
STRUCTURE = frozenset({"begin_group", "end_group", "begin_repeat", "end_repeat"})
TYPE_ALIASES = {
    "string": "text", "int": "integer", "datetime": "dateTime", "trigger": "acknowledge", "select1": "select_one",
    "select_one_from": "select_one", "select_all_that_apply_from": "select_multiple",
    "select_all_that_apply": "select_multiple", "add_select_one_prompt_using": "select_one",
    "add_select_multiple_prompt_using": "select_multiple", "begin_lgroup": "begin_repeat", "end_lgroup": "end_repeat",
    "begin_loop": "begin_repeat", "end_loop": "end_repeat", "begin_looped_group": "begin_repeat",
    "end_looped_group": "end_repeat",
}  # fmt: skip
IGNORED_TYPES = frozenset(
    {"start", "end", "today", "deviceid", "username", "phonenumber", "email", "audit", "simserial", "subscriberid",
     "start-geopoint"}
)  # fmt: skip
REFUSED_TYPES = {
    **dict.fromkeys(("geotrace", "geoshape"), "ask for points (geopoint), or for the place in words or by a list"),
    **dict.fromkeys(("image", "photo", "audio", "video", "file", "background-audio"), "attachments are not kept"),
    **dict.fromkeys(("select_one_external", "cascading_select"), "use select_one with a choice_filter"),
    **dict.fromkeys(("csv-external", "xml-external"), "put the rows on the choices sheet"),
    "osm": "ask for the place in words",
    "xml": "use the types of this format",
}

APPEARANCES = frozenset(
    {"multiline", "numbers", "thousands-sep", "masked", "minimal", "search", "autocomplete", "columns", "columns-pack",
     "no-buttons", "likert", "label", "list-nolabel", "table-list", "field-list", "month-year", "year", "no-calendar",
     "picker", "rating", "vertical", "no-ticks", "horizontal", "list", "compact"}
)  # fmt: skip
APPEARANCE_PATTERN = re.compile(r"columns-[1-9]\d?|w[1-9]\d?|compact-[1-9]\d?")
IGNORED_APPEARANCES = frozenset(
    {"quick", "quickcompact", "printer", "bearing", "map", "maps", "placement-map", "image-map", "draw", "signature",
     "annotate", "new", "new-front", "new-rear", "ethiopian", "coptic", "islamic", "bikram-sambat", "myanmar",
     "persian", "hidden-answer", "counter", "url", "front", "hide-input"}
)  # fmt: skip

PARAMETERS = {"range": {"start", "end", "step"}}
IGNORED_PARAMETERS = frozenset(
    {"rows", "randomize", "seed", "tick_interval", "placeholder", "tick_labelset", "max-pixels", "quality"}
)

TRUTH = {
    **dict.fromkeys(("yes", "Yes", "YES", "true", "True", "TRUE"), "true()"),
    **dict.fromkeys(("no", "No", "NO", "false", "False", "FALSE"), "false()"),
}
