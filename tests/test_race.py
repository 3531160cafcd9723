"""The race of lesson 3.2.7 against nanoGPT's recipe, on toys."""

import math

import pytest
import torch

from book import gpt
from book.tools import race
from book.tools.cli import run as run_command


def windows(ids, starts, length):
    rows = ids[starts[:, None] + torch.arange(length + 1)]
    return rows[:, :-1], rows[:, 1:]


def train(model, ids, steps, seconds):
    assert math.isinf(steps)
    assert seconds > 0
    return [0.0] * 7


@pytest.fixture
def taught():
    return {"GPT": gpt.GPT, "Options": gpt.Options, "windows": windows, "train": train, "english": range(5),
            "train_ids": torch.arange(600) % 5, "valid_ids": torch.arange(300) % 5}


def test_rate_is_that_of_nanogpt():
    assert race.nano_rate(0) == pytest.approx(1e-3 / 101)
    assert race.nano_rate(100) == pytest.approx(1e-3)
    assert race.nano_rate(1050) == pytest.approx(5.5e-4)
    assert race.nano_rate(2000) == pytest.approx(1e-4)
    assert all(race.nano_rate(step) > race.nano_rate(step + 1) for step in range(100, 2000))


def test_both_networks_have_the_same_size(taught):
    sizes = [sum(weight.numel() for weight in model.parameters())
             for model in (race.nano_model(taught, 88), gpt.GPT(gpt.Options(88)))]
    assert sizes[0] == pytest.approx(sizes[1], rel=0.01)


def test_nano_learns_a_text_that_repeats(taught):
    torch.manual_seed(0)
    model = race.nano_model(taught, 5)
    losses = race.nano_train(model, lambda: windows(taught["train_ids"], torch.randint(500, (4,)), 64), 40)
    assert losses[0] > math.log(5)  # a tied head first expects each symbol to come again
    assert race.nats(model, windows, taught["valid_ids"], 64) < 0.8 * math.log(5)


def test_nats_count_every_place(taught):
    model = gpt.GPT(gpt.Options(5))  # says nothing yet
    assert race.nats(model, windows, taught["valid_ids"], 64) == pytest.approx(math.log(5), abs=1e-5)


def test_short_race(taught, monkeypatch):
    monkeypatch.setattr(race, "STEPS", 3)
    result = race.run(taught)
    assert result["nanogpt"]["steps"] == 3
    assert result["ours"]["steps"] == 7
    assert result["ours"]["nats"] == pytest.approx(math.log(5), abs=1e-4)
    assert set(result["ours"]) == {"nats", "seconds", "steps", "parameters"}


def test_impossible_options_are_refused(monkeypatch):
    with pytest.raises(SystemExit, match="at least one seed"):
        run_command(lambda: race.main(["--seeds", "0"]))
