"""One kind of error for everything that the person at the keyboard can mend."""


class BookError(Exception):
    """Something went wrong that its reader can mend: one sentence says what happened and what to do.

    Jupyter shows the sentence alone, without a traceback.
    """

    def _render_traceback_(self):
        return [f"{type(self).__name__}: {self}"]
