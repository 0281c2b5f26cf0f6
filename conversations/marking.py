"""What the core says to staff, and not to clients: marked for the translators of the staff pages."""


def N_(message: str) -> str:  # noqa: N802  gettext's name
    """The sentence as it is. Whoever shows it says it in the language of who reads it."""
    return message
