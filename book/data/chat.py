"""SmolLM2 ready to answer, in little memory."""

import torch
from safetensors import safe_open
from transformers import AutoTokenizer, LlamaConfig, LlamaForCausalLM
from transformers.models.llama.modeling_llama import LlamaRotaryEmbedding

from book.data.checkpoints import smollm2


def smollm2_chat():
    """Return (tokenizer, model): SmolLM2-135M-Instruct in 32 bits, ready for `model.generate`.

    The weights are stored in 16 bits. The file is opened anew for each of them, so that only one is in memory twice;
    `from_pretrained` keeps the whole file beside them. Source and license: see `smollm2`.
    """
    folder = smollm2()
    path, config = folder / "model.safetensors", LlamaConfig.from_pretrained(folder)
    with safe_open(path, "pt") as file:
        names = list(file.keys())
    weights = {}
    for name in names:
        with safe_open(path, "pt") as file:
            weights[name] = file.get_tensor(name).float()
    weights.setdefault("lm_head.weight", weights["model.embed_tokens.weight"])  # the head reuses the token vectors
    with torch.device("meta"):  # sizes without memory
        model = LlamaForCausalLM(config).eval()
    model.load_state_dict(weights, assign=True)
    model.model.rotary_emb = LlamaRotaryEmbedding(config)  # a table that is not stored
    return AutoTokenizer.from_pretrained(folder), model.requires_grad_(False)
