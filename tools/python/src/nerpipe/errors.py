"""What goes wrong, as one type: every message says what, where, and what to do."""


class NerpipeError(ValueError):
    """Input, a file or a choice that cannot be used."""
