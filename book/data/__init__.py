"""The data of the course: small sets shipped with it, larger ones fetched once into a cache."""

from book.data.checkpoints import minilm, smollm2
from book.data.emoji import EMOJI_CLASSES, draw_emoji, emoji_scenes
from book.data.examples import Examples, batches
from book.data.landmarks import landmarks
from book.data.messages import messages
from book.data.nuclei import nuclei
from book.data.racing import RACING_CLASSES, racing_frames
from book.data.ratings import MovieLens, movielens
from book.data.reviews import Reviews, reviews, sentiment
from book.data.sets import FASHION_CLASSES, digits, fashion_mnist, three_kingdoms
from book.data.vectors import analogies, glove, word_pairs
from book.data.wikipedia import wikipedia
from book.data.wording import wordings

__all__ = ["EMOJI_CLASSES", "FASHION_CLASSES", "RACING_CLASSES", "Examples", "MovieLens", "Reviews", "analogies",
           "batches", "digits", "draw_emoji", "emoji_scenes", "fashion_mnist", "glove", "landmarks", "messages",
           "minilm", "movielens", "nuclei", "racing_frames", "reviews", "sentiment", "smollm2", "three_kingdoms",
           "wikipedia", "word_pairs", "wordings"]
