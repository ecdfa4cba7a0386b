"""OpenRosa's documents: the list of forms, the manifest, the answer to a submission."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

_XML = Markup('<?xml version="1.0" encoding="UTF-8"?>\n')
_LIST = _XML + Markup('<xforms xmlns="http://openrosa.org/xforms/xformsList">{}</xforms>')
_FORM = Markup(
    "<xform><formID>{}</formID><name>{}</name><version>{}</version><hash>md5:{}</hash>{}"
    "<downloadUrl>{}</downloadUrl><manifestUrl>{}</manifestUrl></xform>"
)
_DESCRIPTION = Markup("<descriptionText>{}</descriptionText>")
_RESPONSE = _XML + Markup(
    '<OpenRosaResponse xmlns="http://openrosa.org/http/response"><message nature="{}">{}</message></OpenRosaResponse>'
)
NO_MEDIA = _XML + Markup('<manifest xmlns="http://openrosa.org/xforms/xformsManifest"></manifest>')


@dataclass(frozen=True)
class Entry:
    """One form of a list; addresses are absolute. `description` "" = not asked for."""

    form_id: str
    name: str
    version: str
    hash: str
    download_url: str
    manifest_url: str
    description: str = ""

    def as_xml(self) -> Markup:
        """Return the entry. Clients reject a whole list for one entry in which something is missing or empty."""
        said = _DESCRIPTION.format(self.description) if self.description else ""
        return _FORM.format(
            self.form_id, self.name, self.version, self.hash, said, self.download_url, self.manifest_url
        )


def form_list(entries: Sequence[Entry]) -> Markup:
    """Return the list of forms."""
    return _LIST.format(Markup("").join(entry.as_xml() for entry in entries))


def response(nature: str, message: str) -> Markup:
    """Return what a client shows to the person; `nature` is `submit_success` or `error`."""
    return _RESPONSE.format(nature, message)
