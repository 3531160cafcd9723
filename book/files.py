"""Writing files so that nothing half-written stays behind."""

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path

from book.errors import BookError


@contextmanager
def complete_or_absent(path):
    """Give a temporary path beside `path`; move it there when the block ends without an error.

    Raises BookError where the folder cannot be written or the disk is full; no part of a file stays behind.
    """
    path = Path(path)
    part = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(dir=path.parent, prefix=path.name + ".", suffix=".part")
        os.close(handle)
        yield Path(part)
        os.replace(part, path)
    except OSError as error:
        raise BookError(f"{path} could not be written ({error.strerror or error}); "
                        "free some space or choose a folder that you may write to.") from None
    finally:
        if part is not None and os.path.exists(part):
            os.unlink(part)
