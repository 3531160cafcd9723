"""Examples with their labels, and the batches that training takes from them."""

from typing import NamedTuple

import torch

from book.errors import BookError


class Examples(NamedTuple):
    """Inputs and labels of one split, the same number of each.

    x: array or tensor, (examples, ...)
    y: array or tensor of whole numbers, (examples,)
    """

    x: object
    y: object

    def first(self, count):
        """Return the first `count` examples; the sets of this package are in random order."""
        if not 0 < count <= len(self.y):
            raise BookError(f"There are {len(self.y):,} examples here, so {count:,} cannot be taken; ask for fewer.")
        return Examples(self.x[:count], self.y[:count])


def batches(examples, batch_size, *, shuffle=True, seed=None):
    """Yield (x, y) batches of tensors; the last one may be smaller.

    shuffle: whether to draw the examples in a new random order
    seed:    fixes that order; without it, torch's global generator is used

    The examples stay in one tensor and a batch is one indexing operation: on small images that is many
    times faster than collecting items one by one.
    """
    if batch_size < 1:
        raise BookError(f"A batch holds at least one example, not {batch_size}.")
    count = len(examples.y)
    if not shuffle:
        yield from zip(examples.x.split(batch_size), examples.y.split(batch_size))
        return
    generator = None if seed is None else torch.Generator().manual_seed(seed)
    for chosen in torch.randperm(count, generator=generator).split(batch_size):
        yield examples.x[chosen], examples.y[chosen]
