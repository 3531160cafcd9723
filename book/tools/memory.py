"""How much memory this process took at its peak."""

import sys
from pathlib import Path

from book.errors import BookError


def peak_megabytes():
    """Return the largest resident memory of this process so far, in megabytes of a million bytes."""
    if sys.platform == "linux":  # getrusage would count the parent's memory before exec, this does not
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024 / 1e6
        raise BookError("This system does not tell the peak memory of a process (no VmHWM in /proc/self/status).")
    if sys.platform == "win32":
        import psutil

        return psutil.Process().memory_info().peak_wset / 1e6
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return (peak if sys.platform == "darwin" else peak * 1024) / 1e6
