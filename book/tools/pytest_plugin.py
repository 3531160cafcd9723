"""What every pytest run of the course needs: one thread a process, and no progress bars in outputs."""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ["BOOK_PROGRESS"] = "0"
os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"  # those of transformers, too
