"""SmolLM2 as it is loaded for questions: every weight is the stored one, and it answers."""

import torch
from safetensors import safe_open

from book.data import smollm2
from book.data.chat import smollm2_chat


def test_weights_are_the_stored_ones_and_it_answers():
    tokenizer, model = smollm2_chat()
    assert {weight.dtype for weight in model.parameters()} == {torch.float32}
    assert model.lm_head.weight.data_ptr() == model.model.embed_tokens.weight.data_ptr()
    with safe_open(smollm2() / "model.safetensors", "pt") as file:
        stored = set(file.keys())
        for name, weight in model.named_parameters():
            if name in stored:
                assert torch.equal(weight, file.get_tensor(name).float()), name
    chat = [{"role": "user", "content": "What is the capital of France?"}]
    ids = tokenizer.apply_chat_template(chat, add_generation_prompt=True, return_tensors="pt", return_dict=False)
    answer = model.generate(ids, max_new_tokens=10, do_sample=False, pad_token_id=tokenizer.eos_token_id)
    assert "Paris" in tokenizer.decode(answer[0, ids.shape[1] :])
