"""The parts of a Transformer do what later lessons rely on; 3.2.4 compares them with torch's."""

import pytest
import torch
import torch.nn.functional as F

from book.transformer import Attention, Block, DecoderBlock, attend, causal_mask, padding_mask, rotate, sinusoids


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


def test_attend_is_torchs():
    q, k, v = torch.randn(2, 3, 4, 8), torch.randn(2, 3, 6, 8), torch.randn(2, 3, 6, 5)
    mask = causal_mask(4, 6) & padding_mask(torch.tensor([[1, 2, 3, 4, 5, 6], [1, 2, 3, 0, 0, 0]]))
    means, weights = attend(q, k, v, mask)
    torch.testing.assert_close(means, F.scaled_dot_product_attention(q, k, v, attn_mask=mask))
    assert not weights[~mask.expand_as(weights)].any()
    torch.testing.assert_close(weights.sum(-1), torch.ones(2, 3, 4))


def test_masks():
    assert causal_mask(3).tolist() == [[True, False, False], [True, True, False], [True, True, True]]
    assert causal_mask(1, 4).all()
    assert padding_mask(torch.tensor([[7, 0]])).tolist() == [[[[True, False]]]]
    assert padding_mask(torch.tensor([[7, 0]]), pad=7).tolist() == [[[[False, True]]]]


def test_positions():
    assert sinusoids(7, 12).shape == (7, 12)
    assert sinusoids(7, 12).dtype == torch.float32
    x = torch.randn(2, 3, 9, 8)
    torch.testing.assert_close(rotate(x[..., 4:, :], start=4), rotate(x)[..., 4:, :])
    torch.testing.assert_close(rotate(x).norm(dim=-1), x.norm(dim=-1))
    assert rotate(x.half()).dtype == torch.float16


def test_filled_places_change_nothing():
    block, ids = Block(12, 3, 24), torch.tensor([[5, 6, 7, 0, 0]])
    x = torch.randn(1, 5, 12)
    torch.testing.assert_close(block(x, padding_mask(ids))[:, :3], block(x[:, :3]))


@pytest.mark.parametrize("rotary", [None, 10_000])
def test_cache_gives_what_the_whole_gives(rotary):
    block, source, x = DecoderBlock(12, 3, 24, rotary=rotary), torch.randn(2, 4, 12), torch.randn(2, 6, 12)
    cache = {}
    parts = [block(x[:, :2], source, causal_mask(2), cache=cache),
             block(x[:, 2:4], source, causal_mask(2, 4), cache=cache),
             block(x[:, 4:5], source, cache=cache), block(x[:, 5:], source, cache=cache)]
    torch.testing.assert_close(torch.cat(parts, dim=1), block(x, source, causal_mask(6)))
    assert cache["k"].shape == (2, 3, 6, 4)


def test_cross_attention_reads_another_row():
    attention, x, source = Attention(12, 3), torch.randn(2, 4, 12), torch.randn(2, 7, 12)
    assert attention(x, source).shape == x.shape
    assert attention.weights.shape == (2, 3, 4, 7)
    assert not attention.weights.requires_grad


def test_post_norm_ends_normalized():
    y = Block(12, 3, 24, pre_norm=False)(torch.randn(2, 5, 12))
    torch.testing.assert_close(y.mean(-1), torch.zeros(2, 5), atol=1e-6, rtol=0)


def test_dropout_is_off_in_evaluation():
    block, x = Block(12, 3, 24, dropout=0.5), torch.randn(2, 5, 12)
    assert not torch.equal(block(x), block(x))
    assert torch.equal(block.eval()(x), block(x))
