"""What is said when a submission or a programme is not taken in."""

from __future__ import annotations

from shared.errors import Bilingual

BAD_NAME = Bilingual(
    "Use 1 to 200 letters (a to z), digits and . _ : - only.",
    "Verwenden Sie nur 1 bis 200 Buchstaben (a bis z), Ziffern und . _ : -",
)
ANONYMOUS = Bilingual(
    "This form is anonymous: send no respondent.", "Dieser Fragebogen ist anonym: Senden Sie keine Person mit."
)
OTHER_CONTENT = Bilingual(
    "Another submission was sent under this instance_id; use a new one.",
    "Unter dieser instance_id kam schon etwas anderes; verwenden Sie eine neue.",
)
ALREADY = Bilingual(
    "There is a submission already; to replace it, send its instance_id as deprecated_id.",
    "Es gibt schon eine Abgabe; um sie zu ersetzen, senden Sie deren instance_id als deprecated_id.",
)
NOT_OF_THIS = Bilingual(
    "deprecated_id names no submission of this response.", "deprecated_id nennt keine Abgabe dieser Antwort."
)
REPLACED = Bilingual(
    "deprecated_id names a submission that was replaced meanwhile.",
    "deprecated_id nennt eine Abgabe, die inzwischen ersetzt wurde.",
)
CLOSED = Bilingual(
    "The wave {wave} is closed; it takes no more answers.",
    "Die Erhebung {wave} ist geschlossen; sie nimmt keine Antworten mehr an.",
)
NOT_OPEN = Bilingual("The wave {wave} opens on {day}.", "Die Erhebung {wave} öffnet am {day}.")

NO_UPLOAD = Bilingual(
    "This upload is no longer here: it was published, discarded or is older than two hours. Upload the file again.",
    "Diese hochgeladene Datei gibt es nicht mehr: Sie wurde veröffentlicht, verworfen oder ist älter als zwei "
    "Stunden. Laden Sie die Datei noch einmal hoch.",
)
CHANGED = Bilingual(
    "Somebody else published this programme meanwhile. Look at the changes again and publish then.",
    "Jemand anderes hat das Programm inzwischen veröffentlicht. Sehen Sie die Änderungen noch einmal an und "
    "veröffentlichen Sie dann.",
)
NO_ROWS = Bilingual(
    "The table has no rows below its headings.", "Die Tabelle hat unter den Überschriften keine Zeilen."
)
ROW_TWICE = Bilingual(
    "This is the same response as row {row}; keep one of them.",
    "Das ist dieselbe Antwort wie Zeile {row}; behalten Sie eine davon.",
)
EXISTS = Bilingual(
    "Version {version} was published with other content; publish under a new version.",
    "Die Fassung {version} wurde mit anderem Inhalt veröffentlicht; veröffentlichen Sie unter einer neuen.",
)
