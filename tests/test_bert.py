"""BERT's parts do what later lessons rely on; 3.2.6 compares them with those of transformers."""

import pytest
import torch
from transformers import BertConfig, BertForMaskedLM

from book.bert import CLS, MASK, PAD, SEP, WORDS, Bert, Classifier, MaskedLM, from_transformers, hide, mean_vector


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


def test_marks_are_never_hidden_and_words_are():
    ids = torch.tensor([CLS, *range(WORDS, 44), SEP, PAD, PAD]).repeat(500, 1)
    inputs, chosen = hide(ids, vocab=50)
    assert not chosen[ids < WORDS].any()
    assert torch.equal(inputs[~chosen], ids[~chosen])
    assert chosen[ids >= WORDS].float().mean().item() == pytest.approx(0.15, abs=0.01)
    assert (inputs[chosen] == MASK).float().mean().item() == pytest.approx(0.8, abs=0.03)
    assert (inputs[chosen] == ids[chosen]).float().mean().item() == pytest.approx(0.1 + 0.1 / 45, abs=0.03)
    assert inputs[chosen].max() == 49
    assert hide(ids, 50, share=1.0)[1].equal(ids >= WORDS)


def test_scores_are_those_of_transformers():
    library = BertForMaskedLM(BertConfig(vocab_size=50, hidden_size=24, num_hidden_layers=2, num_attention_heads=3,
                                         intermediate_size=40, max_position_embeddings=16)).double().eval()
    with torch.no_grad():
        for weight in library.parameters():
            weight.normal_(std=0.3)
    ours = MaskedLM(Bert(50, 24, 2, 3, 40, context=16)).double()
    ours.load_state_dict(from_transformers(library.state_dict()))
    ids, segments = torch.randint(WORDS, 50, (2, 9)), torch.tensor([[0] * 4 + [1] * 5] * 2)
    ids[1, 6:] = PAD
    theirs = library(ids, attention_mask=(ids != PAD).long(), token_type_ids=segments).logits
    torch.testing.assert_close(ours(ids, segments)[ids != PAD], theirs[ids != PAD])
    torch.testing.assert_close(ours(ids), ours(ids, torch.zeros_like(ids)))


def test_filled_places_change_nothing():
    model = Classifier(Bert(50, 24, 2, 3, 40), num_classes=3).eval()
    ids = torch.tensor([[CLS, 7, 8, 9, SEP]])
    longer = torch.cat([ids, torch.full((1, 4), PAD)], dim=1)
    assert model(ids).shape == (1, 3)
    torch.testing.assert_close(model(longer), model(ids))


def test_mean_vector():
    x = torch.tensor([[[1.0, 2], [3, 6], [100, 100]]])
    assert mean_vector(x, torch.tensor([[5, 6, PAD]])).tolist() == [[2, 4]]


def test_weights_of_the_beginning():
    bert = Bert(4000)
    assert bert.tokens.weight.std().item() == pytest.approx(0.02, rel=0.05)
    assert bert.blocks[0].mlp[0].weight.std().item() == pytest.approx(0.02, rel=0.05)
    assert not bert.blocks[1].attention.query.bias.any()
    assert {part.eps for part in bert.modules() if isinstance(part, torch.nn.LayerNorm)} == {1e-12}
    assert sum(weight.numel() for weight in MaskedLM(bert).parameters()) == sum(
        weight.numel() for weight in bert.parameters()) + 128 * 128 + 128 + 2 * 128 + 4000
