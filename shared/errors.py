"""Every error the platform raises on purpose; the class decides what happens next."""

from __future__ import annotations

from dataclasses import dataclass


class Bilingual(str):
    """An English sentence that also carries its German wording (`de`)."""

    __slots__ = ("de",)
    de: str

    def __new__(cls, english: str, de: str) -> Bilingual:
        """Return the sentence; `format` fills both wordings in."""
        sentence = super().__new__(cls, english)
        sentence.de = de
        return sentence

    def __getnewargs__(self) -> tuple[str, str]:  # type: ignore[override]
        return str(self), self.de

    def format(self, *args: object, **params: object) -> Bilingual:
        """Return both wordings with their parameters filled in."""
        return Bilingual(super().format(*args, **params), self.de.format(*args, **params))


class PlatformError(Exception):
    """Base of all errors raised on purpose."""

    @property
    def message(self) -> str:
        """What the error was raised with: a Bilingual sentence where one was given."""
        return self.args[0] if self.args else ""


class TransientError(PlatformError):
    """The same message may succeed later: retry with growing delay, bounded."""


class InfrastructureError(TransientError):
    """Something we depend on is away: pause and wait, do not use up attempts."""


class StoreUnavailable(InfrastructureError):
    """The document store cannot be reached or did not answer in time."""


class BusUnavailable(InfrastructureError):
    """The message bus cannot be reached or did not confirm in time."""


class PermanentError(PlatformError):
    """The same message will never succeed: park it with the reason."""


class NotFound(PlatformError):
    """The thing asked for does not exist (or may not be seen)."""


_GERMAN = {
    "programme": "Ein Programm",
    "definition": "Eine Programmfassung",
    "form": "Einen Fragebogen",
    "site": "Einen Standort",
    "wave": "Eine Erhebung",
    "account": "Ein Konto",
    "flag": "Einen Hinweis",
    "alert": "Einen Hinweis",
    "silence": "Eine Stummschaltung",
    "delivery": "Eine Mail",
    "repeat": "Eine Wiederholung",
}


def unknown(what: str, key: str) -> NotFound:
    """Return the error that says there is no such thing of this kind (`wave`, `site`, …)."""
    shown = key[:80]
    return NotFound(Bilingual(f"There is no {what} {shown}.", f"{_GERMAN[what]} {shown} gibt es nicht."))


class Forbidden(PlatformError):
    """The actor is known but may not do this."""


class Conflict(PlatformError):
    """The request contradicts what is stored; `code` is stable for API clients."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong, at a place a person can find.

    `path` is the question's name, a `file:line:column`, or a `sheet!cell`;
    `code` is stable for programs, `message` is a sentence that says what to do.
    """

    path: str
    code: str
    message: str


class Invalid(PlatformError):
    """The input breaks rules; carries every fault, not only the first.

    `language` names the only language the faults are written in; "" = the asker's, or bilingual.
    """

    def __init__(self, faults: list[Fault], language: str = "") -> None:
        super().__init__(f"{len(faults)} fault(s): " + "; ".join(f"{f.path}: {f.message}" for f in faults[:3]))
        self.faults = faults
        self.language = language


class ConfigError(PlatformError):
    """Settings are wrong or missing; `problems` lists all of them."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems
