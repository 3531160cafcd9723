"""Race the GPT of lesson 3.2.7 against nanoGPT's recipe for a CPU: equal size, equal seconds, the same characters.

Usage: python -m book.tools.race [--seconds N] [--seeds N] [--anyway]

nanoGPT's published settings for a computer without a GPU: 4 blocks of width 128 with 4 heads, windows of 64 characters,
batches of 12, 2,000 steps, no dropout. What they leave open is as in its settings for characters: AdamW with betas of
0.9 and 0.99, a decay of 0.1 for matrices, gradients clipped to the length 1, and a rate that climbs to 0.001 in 100
steps and falls as a cosine to 0.0001. It is trained first; then ours gets as many seconds, with the network, the
training and the text of the lesson's own cells. Two details of nanoGPT differ here and hardly matter: its LayerNorm has
no bias, and its GELU is the exact one. Both are scored as nanoGPT does it, in nats a character over windows of the
length they were trained on, here over the whole text `valid`.

The result goes to book/results/race.json. With --seconds nothing is stored; nanoGPT then takes as many steps as fit.
"""

import argparse
import contextlib
import io
import math
import os
import time

import torch
import torch.nn.functional as F
from torch import nn

from book.errors import BookError
from book.tools import benchmark, cli, plain, stored, train

LESSON = "3.2.7"
NEEDED = ("GPT", "Options", "windows", "train", "english", "train_ids", "valid_ids")
STEPS, WARM, ROWS, LENGTH, HIGH, LOW = 2000, 100, 12, 64, 1e-3, 1e-4


def lesson_names():
    """Run the lesson's cells up to its long run, and return what they define. Raises BookError where one fails."""
    (path,) = cli.lessons([LESSON])
    interpreter = plain.Interpreter()
    os.chdir(path.parent)
    for cell in train.cells_of(stored.read_notebook(path), LESSON):
        with contextlib.redirect_stdout(io.StringIO()):
            error = interpreter.run(cell["source"])
        if error is not None and not cell["raises"]:
            raise BookError(f"Lesson {LESSON} fails in code cell {cell['number']}: {type(error).__name__}: {error}")
    missing = [name for name in NEEDED if name not in interpreter.shell.user_ns]
    if missing:
        raise BookError(f"Lesson {LESSON} no longer defines {missing[0]}, which the race takes from it.")
    return {name: interpreter.shell.user_ns[name] for name in NEEDED}


def nano_model(taught, vocab):
    """Return nanoGPT's network, made of the lesson's parts, with nanoGPT's first weights."""
    model = taught["GPT"](taught["Options"](vocab, rotary=None, context=LENGTH, layer_norm=True, mlp="gelu",
                                            qk_norm=False, tied=True, zero=False))
    for name, weight in model.named_parameters():
        if weight.ndim == 2:
            last = name.endswith(("attention.out.weight", "mlp.down.weight"))
            nn.init.normal_(weight, std=0.02 / (math.sqrt(2 * len(model.blocks)) if last else 1))
    return model


def nano_rate(step, steps=STEPS, warm=WARM):
    """Return nanoGPT's rate at a step: up in a line, then down as half a cosine."""
    if step < warm:
        return HIGH * (step + 1) / (warm + 1)
    return LOW + (HIGH - LOW) * (1 + math.cos(math.pi * (step - warm) / (steps - warm))) / 2


def nano_train(model, draw, steps=STEPS):
    """Take nanoGPT's steps on batches (x, y) that `draw` returns. Return the loss before each."""
    matrices = [weight for weight in model.parameters() if weight.ndim == 2]
    others = [weight for weight in model.parameters() if weight.ndim != 2]
    optimizer = torch.optim.AdamW([{"params": matrices, "weight_decay": 0.1}, {"params": others, "weight_decay": 0.0}],
                                  lr=HIGH, betas=(0.9, 0.99), fused=True)
    losses = []
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = nano_rate(step, steps, min(WARM, steps // 20))
        x, y = draw()
        loss = F.cross_entropy(model(x).flatten(0, 1), y.flatten())
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        losses.append(loss.item())
    return losses


@torch.no_grad()
def nats(model, windows, ids, length):
    """Return nats a character over a whole text, cut into windows of `length`, all places counted."""
    starts = torch.arange(0, len(ids) - length, length)
    total = sum(F.cross_entropy(model(x).flatten(0, 1), y.flatten(), reduction="sum").item()
                for x, y in (windows(ids, part, length) for part in starts.split(64)))
    return total / (len(starts) * length)


def timed(work, *arguments, **options):
    """Return (what a function returned, the seconds that it took)."""
    began = time.perf_counter()
    return work(*arguments, **options), time.perf_counter() - began


def run(taught, seed=0, seconds=None):
    """Race once. Return {"nanogpt": ..., "ours": ...}, each with nats, seconds, steps and parameters.

    taught:  the names that the lesson defines, as lesson_names returns them
    seconds: for a short try; without it nanoGPT takes all its steps, and ours as long as they lasted
    """
    windows, ids, valid, vocab = (taught[name] for name in ("windows", "train_ids", "valid_ids", "english"))

    def draw():
        return windows(ids, torch.randint(len(ids) - LENGTH, (ROWS,)), LENGTH)

    torch.manual_seed(seed)
    steps = STEPS
    if seconds is not None:
        trial = nano_model(taught, len(vocab))
        nano_train(trial, draw, 3)
        steps = max(1, int(10 * seconds / timed(nano_train, trial, draw, 10)[1]))
    torch.manual_seed(seed)
    model = nano_model(taught, len(vocab))
    losses, limit = timed(nano_train, model, draw, steps)
    result = {"nanogpt": _row(model, nats(model, windows, valid, LENGTH), limit, losses)}
    torch.manual_seed(seed)
    model = taught["GPT"](taught["Options"](len(vocab)))
    losses, spent = timed(taught["train"], model, ids, steps=math.inf, seconds=limit)
    result["ours"] = _row(model, nats(model, windows, valid, 128), spent, losses)
    return result


def _row(model, score, seconds, losses):
    return {"nats": stored.rounded(score), "seconds": round(seconds, 1), "steps": len(losses),
            "parameters": sum(weight.numel() for weight in model.parameters())}


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m book.tools.race",
                                     description="Race the GPT of lesson 3.2.7 against nanoGPT's recipe for a CPU.")
    parser.add_argument("--seconds", type=float, help="a short try of so many seconds each, which is not stored")
    parser.add_argument("--seeds", type=int, default=1, help="how many races, with seeds from 0 on (1)")
    parser.add_argument("--anyway", action="store_true", help="race although the machine is not quiet")
    options = parser.parse_args(arguments)
    if options.seeds < 1 or (options.seconds is not None and options.seconds <= 0):
        raise BookError("A race takes at least one seed and more than no seconds.")
    noise = benchmark.busy()
    if noise and not options.anyway and options.seconds is None:
        raise BookError(f"{noise}; wait until it is, or race all the same with --anyway.")
    for variable in [name for name in os.environ if name.startswith("BOOK_") and name != "BOOK_CACHE"]:
        del os.environ[variable]
    os.environ["MPLBACKEND"] = "Agg"
    taught = lesson_names()
    races = []
    for seed in range(options.seeds):
        races.append(run(taught, seed, options.seconds))
        for name, row in races[-1].items():
            print(f"{name:8} {row['nats']:.3f} nats a character after {row['seconds']:.0f} s, {row['steps']:,} steps, "
                  f"{row['parameters']:,} weights", flush=True)
    if options.seconds is None:
        path = stored.store("race", {"lesson": LESSON, "data": "English Wikipedia, characters, valid",
                                     "threads": torch.get_num_threads(), "processor": benchmark.processor(),
                                     "races": races})
        print(f"stored in {path.relative_to(cli.ROOT)}")


if __name__ == "__main__":
    cli.run(main)
