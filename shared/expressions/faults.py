"""What can be wrong with an expression, with the place where it is wrong."""

from __future__ import annotations

from dataclasses import dataclass

from shared.errors import PermanentError


class ExpressionError(PermanentError):
    """An expression that cannot be read or compiled; `column` counts from 1."""

    def __init__(self, message: str, column: int = 1) -> None:
        super().__init__(message)
        self.column = column


@dataclass(frozen=True)
class ExpressionFault:
    """One thing wrong with a readable expression; `code` is stable, `message` says what to do."""

    code: str
    message: str
    column: int
