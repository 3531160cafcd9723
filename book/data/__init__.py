"""The data of the course: small sets shipped with it, larger ones fetched once into a cache."""

from book.data.examples import Examples, batches
from book.data.sets import FASHION_CLASSES, digits, fashion_mnist, three_kingdoms

__all__ = ["FASHION_CLASSES", "Examples", "batches", "digits", "fashion_mnist", "three_kingdoms"]
