"""The training loop does what it says, step for step."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from book import BookError, files, training
from book.data import Examples

EXAMPLES = 96


@pytest.fixture
def task():
    """Two clouds of points that a small network can tell apart: (train, valid)."""
    random = torch.Generator().manual_seed(0)
    y = torch.arange(2 * EXAMPLES) % 2
    x = torch.randn(2 * EXAMPLES, 4, generator=random) + y[:, None]
    return Examples(x[:EXAMPLES], y[:EXAMPLES]), Examples(x[EXAMPLES:], y[EXAMPLES:])


def network():
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.3), nn.Linear(8, 2))


def run(task, epochs, **options):
    model = network()
    optimizer = torch.optim.AdamW(model.parameters(), 0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.01, total_steps=6 * 3)
    return model, training.fit(model, *task, optimizer, epochs, schedule=schedule, batch_size=32, **options)


def test_fit_learns_and_reports(task):
    model, history = run(task, 6)
    assert [row["epoch"] for row in history] == [1, 2, 3, 4, 5, 6]
    assert set(history[0]) == {"epoch", "rate", "train_loss", "loss", "accuracy"}
    assert history[-1]["loss"] < history[0]["loss"]
    assert training.evaluate(model, task[1])["loss"] == pytest.approx(min(row["loss"] for row in history))


def test_fit_leaves_the_weights_of_the_best_epoch(task):
    model = network()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    worse = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 1 if step < 6 else 300)
    history = training.fit(model, *task, optimizer, 4, schedule=worse, batch_size=32)
    best = min(row["loss"] for row in history)
    assert history[-1]["loss"] > 2 * best
    assert training.evaluate(model, task[1])["loss"] == pytest.approx(best)


def test_one_epoch_equals_the_loop_written_out(task):
    model, twin = network(), network()
    rate = 0.1
    torch.manual_seed(1)
    training.train_epoch(model, task[0], torch.optim.SGD(model.parameters(), rate), batch_size=32)
    torch.manual_seed(1)
    twin.train()
    for chosen in torch.randperm(EXAMPLES).split(32):
        loss = F.cross_entropy(twin(task[0].x[chosen]), task[0].y[chosen])
        gradients = torch.autograd.grad(loss, list(twin.parameters()))
        with torch.no_grad():
            for weight, gradient in zip(twin.parameters(), gradients):
                weight -= rate * gradient
    for ours, theirs in zip(model.parameters(), twin.parameters()):
        torch.testing.assert_close(ours, theirs)


def test_resuming_is_bit_identical(task, tmp_path):
    straight, history = run(task, 6)
    run(task, 2, checkpoint=tmp_path / "run.pt")
    resumed, resumed_history = run(task, 6, checkpoint=tmp_path / "run.pt")
    assert resumed_history == history
    for name, value in straight.state_dict().items():
        assert torch.equal(value, resumed.state_dict()[name]), name


def test_a_finished_run_is_not_trained_again(task, tmp_path):
    model, history = run(task, 6, checkpoint=tmp_path / "run.pt")
    again, again_history = run(task, 6, checkpoint=tmp_path / "run.pt")
    assert again_history == history
    assert all(torch.equal(a, b) for a, b in zip(model.parameters(), again.parameters()))


def test_early_stopping_counts_epochs_without_progress(task, monkeypatch):
    losses = iter([3.0, 2.0, 2.5, 2.4, 2.3, 1.0])
    monkeypatch.setattr(training, "evaluate", lambda *_: {"loss": next(losses)})
    _, history = run(task, 6, patience=2)
    assert [row["loss"] for row in history] == [3.0, 2.0, 2.5, 2.4]


def test_evaluate_uses_evaluation_mode_and_no_gradients(task):
    model = network()
    model.train()
    first, second = training.evaluate(model, task[1]), training.evaluate(model, task[1])
    assert first == second
    assert not model.training
    assert all(weight.grad is None for weight in model.parameters())


def test_evaluate_does_not_depend_on_the_batch_size(task):
    model = network()
    assert training.evaluate(model, task[1], batch_size=7) == pytest.approx(training.evaluate(model, task[1]))


@pytest.mark.parametrize("label", [-1, 2])
def test_labels_out_of_range(task, label):
    bad = Examples(task[0].x, torch.full((EXAMPLES,), label))
    with pytest.raises(BookError, match=f"Labels run from {label} to {label}, but the model scores classes 0 to 1"):
        training.fit(m := network(), bad, task[1], torch.optim.SGD(m.parameters(), 0.1), 1)


def test_a_loss_that_explodes(task):
    model = network()
    with pytest.raises(BookError, match="no longer a number in epoch 1; lower the learning rate"):
        training.fit(
            model, Examples(task[0].x * 1e38, task[0].y), task[1], torch.optim.SGD(model.parameters(), 1e30), 3
        )


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(b"no checkpoint"),
        lambda path: path.write_bytes(path.read_bytes()[:200]),
        lambda path: torch.save({"model": {}}, path),
    ],
)
def test_a_damaged_checkpoint(task, tmp_path, damage):
    path = tmp_path / "run.pt"
    run(task, 1, checkpoint=path)
    damage(path)
    with pytest.raises(BookError, match="cannot be resumed from.*delete it to start anew"):
        run(task, 2, checkpoint=path)


class Trap:
    """An object whose loading would create a file."""

    def __init__(self, path):
        self.path = str(path)

    def __reduce__(self):
        return open, (self.path, "w")


def test_a_checkpoint_never_runs_code(task, tmp_path):
    torch.save({"model": Trap(tmp_path / "sprung")}, tmp_path / "trap.pt")
    with pytest.raises(BookError, match="cannot be resumed from"):
        run(task, 2, checkpoint=tmp_path / "trap.pt")
    assert not (tmp_path / "sprung").exists()


def test_a_checkpoint_is_never_half_written(task, tmp_path, monkeypatch):
    path = tmp_path / "run.pt"
    run(task, 1, checkpoint=path)
    before = path.read_bytes()

    def full_disk(state, part):
        part.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(torch, "save", full_disk)
    with pytest.raises(BookError, match="No space left on device"):
        run(task, 2, checkpoint=path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_complete_or_absent_leaves_nothing_behind_when_the_block_fails(tmp_path):
    with pytest.raises(ZeroDivisionError), files.complete_or_absent(tmp_path / "a" / "x.txt") as part:
        part.write_text("half")
        1 / 0  # noqa: B018
    assert list((tmp_path / "a").iterdir()) == []


def test_complete_or_absent_in_a_place_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(BookError, match="could not be written"),
        files.complete_or_absent(tmp_path / "file" / "x") as part,
    ):
        part.write_text("never")


def test_mirror_images():
    torch.manual_seed(0)
    x = torch.randn(400, 1, 5, 6)
    y = training.flip(x)
    mirrored, kept = ((y == version).all((1, 2, 3)) for version in (x.flip(3), x))
    assert (mirrored ^ kept).all()
    assert 140 < mirrored.sum() < 260
    model = training.AskTwice(nn.Sequential(nn.Flatten(), nn.Linear(30, 3)))
    assert torch.allclose(model.eval()(x), model(x.flip(3)), atol=1e-6)
    assert not torch.allclose(model.train()(x), model(x.flip(3)), atol=1e-2)
