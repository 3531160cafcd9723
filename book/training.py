"""The training loop that later lessons import. Built in lesson 3.1.4, where every line is explained."""

import copy
import math
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn
from tqdm import tqdm

from book.data import batches
from book.errors import BookError
from book.files import complete_or_absent
from book.settings import device, settings


def accuracy(scores, y):
    """Return the share of examples whose largest score stands at their label. Built in 3.1.4.

    scores: (batch, num_classes);   y: (batch,)
    """
    return (scores.argmax(dim=1) == y).float().mean().item()


def cross_entropy(scores, y):
    """Return the mean cross-entropy of a batch, a scalar tensor. Built in 3.1.4.

    scores: (batch, num_classes);   y: (batch,) whole numbers from 0 to num_classes - 1
    Raises BookError for a label that has no score.
    """
    if not 0 <= y.min() <= y.max() < scores.shape[1]:
        raise BookError(f"Labels run from {y.min()} to {y.max()}, "
                        f"but the model scores classes 0 to {scores.shape[1] - 1}.")
    return F.cross_entropy(scores, y)


def flip(x):
    """Return the batch with about half of its images mirrored, chosen anew each time. Built in 3.1.4.

    x: (images, channels, height, width)
    """
    return torch.where(torch.rand(len(x), 1, 1, 1, device=x.device) < 0.5, x.flip(3), x)


class AskTwice(nn.Module):
    """In evaluation, average the scores of an image and of its mirror image. Built in 3.1.4.

    model: scores images, (images, channels, height, width) -> (images, num_classes)
    """

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, x):
        return self.model(x) if self.training else (self.model(x) + self.model(x.flip(3))) / 2


def train_epoch(model, examples, optimizer, schedule=None, augment=None, loss_fn=cross_entropy, batch_size=128):
    """Take one step per batch through all examples. Return the mean training loss. Built in 3.1.4.

    schedule: a learning-rate scheduler of torch, stepped after every batch
    augment:  a function of a batch of inputs that returns inputs of the same shape
    """
    model.train()
    place, total = next(model.parameters()).device, 0.0
    for x, y in batches(examples, batch_size):
        x, y = x.to(place), y.to(place)
        loss = loss_fn(model(x if augment is None else augment(x)), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if schedule is not None:
            schedule.step()
        total += loss.item() * len(y)
    return total / len(examples.y)


@torch.no_grad()
def evaluate(model, examples, loss_fn=cross_entropy, metrics=(accuracy,), batch_size=1000):
    """Return {"loss": ..., and each metric under its name} on `examples`, in evaluation mode. Built in 3.1.4.

    loss_fn, metrics: functions of all scores and all labels
    """
    model.eval()
    place = next(model.parameters()).device
    scores = torch.cat([model(x.to(place)).cpu() for x in examples.x.split(batch_size)])
    return {"loss": loss_fn(scores, examples.y).item(),
            **{metric.__name__: metric(scores, examples.y) for metric in metrics}}


def save_checkpoint(path, model, optimizer, schedule, history, best):
    """Write everything that the next epoch depends on to one file, complete or not at all. Built in 3.1.4."""
    state = {"model": model.state_dict(), "optimizer": optimizer.state_dict(),
             "schedule": None if schedule is None else schedule.state_dict(),
             "history": history, "best": best, "random": torch.get_rng_state()}
    with complete_or_absent(path) as part:
        torch.save(state, part)


def load_checkpoint(path, model, optimizer, schedule):
    """Put a saved state back into model, optimizer, schedule and random generator. Built in 3.1.4.

    Returns (history, best). Raises BookError where the file is damaged or belongs to another model.
    """
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        if schedule is not None:
            schedule.load_state_dict(state["schedule"])
        torch.set_rng_state(state["random"])
    except Exception as error:
        raise BookError(f"{path} cannot be resumed from ({type(error).__name__}): "
                        "it is damaged or belongs to another model; delete it to start anew.") from None
    return state["history"], state["best"]


def fit(model, train, valid, optimizer, epochs, *, schedule=None, augment=None, loss_fn=cross_entropy,
        metrics=(accuracy,), batch_size=128, patience=None, checkpoint=None):
    """Train `model`, leave it with the weights that did best on `valid`, and return the history. Built in 3.1.4.

    train, valid: Examples; `valid` chooses the best epoch, so a test set must not stand here
    patience:     stop after so many epochs without a lower validation loss
    checkpoint:   a file written after every epoch; where it exists, training resumes from it, bit for bit
    returns a list with one dictionary an epoch: epoch, rate, train_loss, loss and each metric on `valid`

    Raises BookError where the loss is no longer a number.
    """
    model.to(device())
    history, best = [], None
    if checkpoint is not None and Path(checkpoint).exists():
        history, best = load_checkpoint(checkpoint, model, optimizer, schedule)
    for epoch in tqdm(range(len(history), epochs), desc="epochs", disable=not settings().progress):
        losses = [row["loss"] for row in history]
        if patience is not None and losses and len(losses) - 1 - losses.index(min(losses)) >= patience:
            break
        rate = optimizer.param_groups[0]["lr"]
        train_loss = train_epoch(model, train, optimizer, schedule, augment, loss_fn, batch_size)
        scores = evaluate(model, valid, loss_fn, metrics)
        if not math.isfinite(train_loss + scores["loss"]):
            raise BookError(f"The loss is no longer a number in epoch {epoch + 1}; lower the learning rate.")
        history.append({"epoch": epoch + 1, "rate": rate, "train_loss": train_loss, **scores})
        if scores["loss"] == min(row["loss"] for row in history):
            best = copy.deepcopy(model.state_dict())
        if checkpoint is not None:
            save_checkpoint(checkpoint, model, optimizer, schedule, history, best)
    model.load_state_dict(best)
    return history
