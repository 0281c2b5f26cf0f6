"""What can go wrong with the database, as the rest of the house sees it."""

from __future__ import annotations


class StorageError(Exception):
    """The database cannot be reached or cannot write. Nothing was stored: whoever asked should ask again later."""


class SchemaError(Exception):
    """The database does not have the tables of this release. The message says what to do."""


class TooLateError(Exception):
    """What should be changed is already going out, or is over."""


class ChangedError(Exception):
    """Somebody else changed it since it was read."""


class RefusedError(Exception):
    """The rules do not allow it. The message says, to who asked for it, what to do instead.

    What is put into it is named as in `%(name)s`, so that it can be said in another language as well.
    """

    def __init__(self, message: str, **put_in: object) -> None:
        self.message, self.put_in = message, put_in
        super().__init__(message % put_in)


class NotFoundError(LookupError):
    """There is no such record, or it is not this worker's."""
