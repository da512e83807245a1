"""What goes wrong, as one type: every message says what, where, and what to do."""
from typing import Optional


class NerpipeError(ValueError):
    """Input, a file or a choice that cannot be used."""


class TextError(NerpipeError):
    """Text that cannot be used.

    what: the reason. position: the character that it is about. number: which of several texts, from 0.
    """

    def __init__(self, what: str, position: int, number: Optional[int] = None) -> None:
        place = f"character {position}" if number is None else f"text {number}, character {position}"
        super().__init__(f"{place}: {what}")
        self.what, self.position, self.number = what, position, number
