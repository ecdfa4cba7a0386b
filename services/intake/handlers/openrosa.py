"""Forms for devices and back: what a key hands out to ODK's clients, and what they send under it."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from services.intake.domain.invitation import Invitation
from services.intake.domain.messages import in_language
from services.intake.domain.openrosa import Instance, answers_of, read_instance
from services.intake.domain.openrosa_blank import Blank, filled, marked
from services.intake.domain.submission import ONE, Sent
from services.intake.handlers.desk import Desk, Questionnaire
from services.intake.handlers.invite import Invitations, check_unspent
from services.intake.handlers.submit import Accepted, Submissions
from services.intake.ports import DEFINITIONS
from shared.errors import Bilingual, NotFound
from shared.programme.xlsform import xform

_CACHED = 50
_OTHER_FORM = Bilingual(
    "This key is for the form {own}, not for {other}.", "Dieser Schlüssel gilt für den Fragebogen {own}, nicht {other}."
)


@dataclass
class OpenRosa:
    """What devices do with a key; a key is the token of an invitation."""

    desk: Desk
    invitations: Invitations
    submissions: Submissions
    _converted: dict[tuple[str, int, str, str], str] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def check(self, key: str) -> None:
        """Raise NotFound unless the key works."""
        self.invitations.find(key)

    def listed(self, key: str, form_id: str | None = None, *, all_versions: bool = False) -> list[Blank]:
        """Return the forms that can be filled in now, newest version first: none unless the wave is open.

        `form_id` None = any. Raises NotFound for a key that does not work.
        """
        invitation = self.invitations.find(key)
        asked = self.desk.questionnaire(invitation.place)
        if form_id not in (None, asked.form.id) or asked.calendar.state(self.desk.now()) != "open":
            return []
        versions = self._versions(asked) if all_versions else [asked.form.version]
        return [self._blank(invitation, version) for version in versions]

    def blank(self, key: str, form_id: str, version: str) -> Blank:
        """Return a form in one version, whatever the state of the wave. Raises NotFound."""
        invitation = self.invitations.find(key)
        if form_id != invitation.place.form:
            raise _other_form(invitation, form_id)
        return self._blank(invitation, version)

    def take(self, key: str, xml: str) -> Accepted:
        """Keep a filled form; broken rules are marked, not refused.

        Raises Unreadable, NotFound (key, form or version), Conflict as `Submissions.submit`.
        """
        invitation = self.invitations.find(key)
        instance = read_instance(xml)
        if instance.form != invitation.place.form:
            raise _other_form(invitation, instance.form)
        asked = self.desk.questionnaire(invitation.place, instance.version)
        sent = _sent(invitation, asked, instance, xml)
        kept = self.submissions.find(invitation.place, instance.instance_id)
        check_unspent(invitation, again=kept is not None or sent.deprecated_id is not None)
        accepted = self.submissions.submit(sent, asked.form.default_language)
        self.invitations.note(invitation, "used")
        return accepted

    def _versions(self, asked: Questionnaire) -> list[str]:
        """Return every version of the form that was ever published, newest first."""
        published = self.desk.collection(DEFINITIONS).find({"programme": asked.programme.id}, sort=("-revision",))
        forms = [form for document in published for form in document["definition"]["forms"]]
        return list(dict.fromkeys(form["version"] for form in forms if form["id"] == asked.form.id))

    def _blank(self, invitation: Invitation, version: str) -> Blank:
        asked = self.desk.questionnaire(invitation.place, version)
        around = self.submissions.surroundings(asked, invitation.respondent or "", asked.form.default_language)
        return Blank(asked.form, filled(asked.form, self._marked_xml(asked), around.given), _about(asked))

    def _marked_xml(self, asked: Questionnaire) -> str:
        """Return the converted form; converting takes a moment, so it is done once per published version."""
        programme = asked.programme.id
        key = (programme, self.desk.registry.revision(programme), asked.form.id, asked.form.version)
        with self._lock:
            known = self._converted.get(key)
        if known is None:
            known = xform(marked(asked.form))
            with self._lock:
                if len(self._converted) >= _CACHED:
                    self._converted.clear()
                self._converted[key] = known
        return known


def _about(asked: Questionnaire) -> str:
    texts = (asked.programme.title, asked.site.name, asked.wave.label)
    return ", ".join(in_language(text, asked.form.default_language) for text in texts)


def _sent(invitation: Invitation, asked: Questionnaire, instance: Instance, xml: str) -> Sent:
    return Sent(
        place=invitation.place,
        instance_id=instance.instance_id,
        answers=answers_of(asked.compiled, instance.parts),
        respondent=None if invitation.respondent == ONE else invitation.respondent,
        form_version=instance.version,
        deprecated_id=instance.deprecated_id,
        original=xml,
    )


def _other_form(invitation: Invitation, other: str) -> NotFound:
    return NotFound(_OTHER_FORM.format(own=invitation.place.form, other=other[:80]))
