"""Writing files so that nothing half-written stays behind."""

import os
from contextlib import contextmanager
from pathlib import Path

from book.errors import BookError


@contextmanager
def complete_or_absent(path):
    """Give a temporary path beside `path`; move it there when the block ends without an error.

    Raises BookError where the folder cannot be written or the disk is full; no part of a file stays behind.
    """
    path = Path(path)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield part
        os.replace(part, path)
    except OSError as error:
        raise BookError(f"{path} could not be written ({error.strerror or error}); "
                        "free some space or choose a folder that you may write to.") from None
    finally:
        if path.parent.is_dir():
            part.unlink(missing_ok=True)
