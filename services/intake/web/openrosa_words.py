"""What people read on their device when it sends answers: sentences by error code or status."""

from __future__ import annotations

from collections.abc import Mapping

from shared.errors import Bilingual

TAKEN = Bilingual("Thank you, your answers have arrived.", "Danke, Ihre Antworten sind angekommen.")
SENT_BEFORE = Bilingual("These answers had arrived before.", "Diese Antworten waren schon angekommen.")
NO_FILES = Bilingual(
    "The files sent with them are not kept: the questionnaire asks for none.",
    "Die mitgesandten Dateien werden nicht aufbewahrt: Der Fragebogen fragt nach keinen.",
)
NOT_ONE_XML = Bilingual(
    "Send the answers as one file named xml_submission_file (multipart/form-data).",
    "Senden Sie die Antworten als eine Datei namens xml_submission_file (multipart/form-data).",
)

MEANING: Mapping[str, Bilingual] = {
    "wave_closed": Bilingual(
        "This survey is closed: your answers came too late and were not taken. They are still on your device; "
        "ask the people who invited you.",
        "Diese Erhebung ist geschlossen: Ihre Antworten kamen zu spät und wurden nicht angenommen. Sie sind noch auf "
        "Ihrem Gerät; fragen Sie die Stelle, die Sie eingeladen hat.",
    ),
    "wave_not_open": Bilingual(
        "This survey is not open yet. Your answers are still on your device; send them later.",
        "Diese Erhebung hat noch nicht begonnen. Ihre Antworten sind noch auf Ihrem Gerät; senden Sie sie später.",
    ),
    "already_submitted": Bilingual(
        "Answers for this questionnaire have arrived already. To change them, edit what was sent first, or open the "
        "questionnaire in the browser.",
        "Zu diesem Fragebogen sind schon Antworten eingegangen. Um sie zu ändern, bearbeiten Sie die zuerst gesendeten "
        "oder öffnen Sie den Fragebogen im Browser.",
    ),
    "not_current": Bilingual(
        "The answers you edited have been replaced by others meanwhile. Open the questionnaire in the browser to see "
        "what counts.",
        "Die Antworten, die Sie bearbeitet haben, wurden inzwischen durch andere ersetzt. Öffnen Sie den Fragebogen im "
        "Browser, um zu sehen, was gilt.",
    ),
    "instance_conflict": Bilingual(
        "Other answers were sent under the same id before. Nothing was changed.",
        "Unter derselben Kennung wurden schon andere Antworten gesendet. Es wurde nichts geändert.",
    ),
    "400": Bilingual("This cannot be understood.", "Das lässt sich nicht verstehen."),
    "404": Bilingual(
        "This address or version is not known, or not any more. Ask for a new code to scan.",
        "Diese Adresse oder Fassung gibt es nicht oder nicht mehr. Lassen Sie sich einen neuen Code zum Scannen geben.",
    ),
    "413": Bilingual(
        "Too large: 256 KiB can be sent at once.", "Zu groß: Auf einmal lassen sich höchstens 256 KiB senden."
    ),
    "429": Bilingual(
        "Too many requests: wait a minute, then send again.",
        "Zu viele Anfragen: Warten Sie eine Minute und senden Sie dann noch einmal.",
    ),
    "500": Bilingual(
        "Something went wrong on our side. Your answers are still on your device; send them again later.",
        "Bei uns ist etwas schiefgegangen. Ihre Antworten sind noch auf Ihrem Gerät; senden Sie sie später noch "
        "einmal.",
    ),
    "503": Bilingual(
        "The service is away for a moment. Your answers are still on your device; send them again later.",
        "Der Dienst ist gerade nicht erreichbar. Ihre Antworten sind noch auf Ihrem Gerät; senden Sie sie später noch "
        "einmal.",
    ),
}
