"""EfficientNet-Lite0: its size, its padding, and what it sees in photographs."""

import pytest
import torch
import torch.nn.functional as F
from skimage import data

from book.data.efficientnet import EfficientNetLite0, SameConv2d, efficientnet, folded, imagenet_names


def test_number_of_weights():
    assert sum(p.numel() for p in EfficientNetLite0().parameters()) == 4_652_008


@pytest.mark.parametrize(("kernel", "stride"), [(3, 1), (3, 2), (5, 2), (1, 1)])
@pytest.mark.parametrize("size", [7, 8, 15])
def test_padding_keeps_every_stride(kernel, stride, size):
    layer = SameConv2d(2, 3, kernel, stride)
    assert layer(torch.zeros(1, 2, size, size + 1)).shape[2:] == (-(-size // stride), -(-(size + 1) // stride))


def test_the_odd_pixel_of_padding_lies_right_and_below():
    layer = SameConv2d(1, 1, 3, 2)
    torch.nn.init.zeros_(layer.weight)
    layer.weight.data[0, 0, 0, 0] = 1.0  # copies the pixel in the upper left of each window
    x = torch.arange(16.0).view(1, 1, 4, 4)
    assert layer(x)[0, 0].tolist() == [[0, 2], [8, 10]]


@pytest.mark.parametrize(("photograph", "word"), [("coffee", "espresso"), ("chelsea", "cat")])
def test_photographs_are_recognized(photograph, word):
    pixels = torch.from_numpy(getattr(data, photograph)()).permute(2, 0, 1)[None].float()
    height, width = pixels.shape[2:]
    square = pixels[..., (width - height) // 2 :][..., :height]
    x = (F.interpolate(square, (224, 224), mode="bilinear", antialias=True) - 127) / 128
    with torch.inference_mode():
        best = efficientnet()(x)[0].topk(3).indices.tolist()
    assert any(word in imagenet_names()[i] for i in best)


@torch.inference_mode()
def test_folded_normalizations_change_no_score():
    x = torch.rand(2, 3, 64, 64, generator=torch.Generator().manual_seed(0)) * 2 - 1
    scores, model = efficientnet()(x), folded(efficientnet())
    assert not [part for part in model.modules() if isinstance(part, torch.nn.BatchNorm2d)]
    assert torch.allclose(model(x), scores, atol=1e-4)
    assert scores.std() > 0.1
