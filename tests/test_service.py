"""The service answers everybody with their own picture's answer, refuses with a reason, and ends without losing one."""

import json
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import httpx
import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from book import BookError
from book.service import load, main, running, service

NAMES = [f"class {k}" for k in range(10)]
LIMIT = 8_000


def by_first_pixel(pixels):
    """Probabilities that tell the pictures apart: almost 1 for the class that the first pixel names."""
    return np.full((len(pixels), 10), 0.01, np.float32) + 0.9 * np.eye(10, dtype=np.float32)[pixels[:, 0, 0] % 10]


def picture(first=0):
    rows = np.zeros((28, 28), int)
    rows[0, 0] = first
    return rows.tolist()


def call(url, first=0):
    return httpx.post(f"{url}/classify", json={"pixels": picture(first)}, timeout=30, trust_env=False)


@pytest.fixture(scope="module")
def url():
    with running(service(by_first_pixel, NAMES, "v1")) as address:
        yield address


def test_answer(url):
    reply = call(url, 7)
    assert reply.status_code == 200
    assert reply.json() == {"name": "class 7", "probability": pytest.approx(0.91), "model": "v1"}


def test_everybody_gets_their_own_answer():
    app = service(by_first_pixel, NAMES, "v1", patience=0.05)
    with running(app) as url, ThreadPoolExecutor(20) as pool:
        replies = list(pool.map(lambda first: call(url, first), range(100)))
    assert [reply.json()["name"] for reply in replies] == [f"class {first % 10}" for first in range(100)]
    sizes = app.state.batcher.sizes
    assert sum(size * count for size, count in sizes.items()) == 100
    assert max(sizes) > 1, "no two requests ever shared a batch"


@pytest.mark.parametrize(("value", "reason"), [(-1, "greater than or equal to 0"), (256, "less than or equal to 255"),
                                               (0.5, "valid integer"), ("9", "valid integer"), (True, "valid integer"),
                                               (None, "valid integer"), (99_999, "less than or equal to 255")])
def test_pixels_that_are_none(url, value, reason):
    reply = httpx.post(f"{url}/classify", json={"pixels": [[value] * 28] * 28}, trust_env=False)
    assert reply.status_code == 422
    assert reply.json()["reasons"][0].startswith("body.pixels.0.0: ")
    assert reason in reply.json()["reasons"][0]
    assert len(reply.json()["reasons"]) <= 5


@pytest.mark.parametrize("rows", [picture()[1:], [*picture(), [0] * 28], [*picture()[1:], [0] * 27], [], [[]] * 28,
                                  "no rows"])
def test_other_shapes(url, rows):
    reply = httpx.post(f"{url}/classify", json={"pixels": rows}, trust_env=False)
    assert (reply.status_code, bool(reply.json()["reasons"])) == (422, True)


def test_unknown_field(url):
    reply = httpx.post(f"{url}/classify", json={"pixels": picture(), "color": 1}, trust_env=False)
    assert (reply.status_code, reply.json()["reasons"]) == (422, ["body.color: Extra inputs are not permitted"])


@pytest.mark.parametrize("text", [b"", b"{", b'{"pixels": NaN}', b'{"pixels": "\xff"}', b"[" * 7000, b"9" * 7000])
def test_what_is_no_json(url, text):
    reply = httpx.post(f"{url}/classify", content=text, headers={"Content-Type": "application/json"}, trust_env=False)
    assert 400 <= reply.status_code < 500


@pytest.mark.parametrize("pieces", [lambda: b" " * (LIMIT + 1), lambda: (b" " * 1000 for _ in range(9))])
def test_too_long_a_body(url, pieces):
    reply = httpx.post(f"{url}/classify", content=pieces(), trust_env=False)
    assert (reply.status_code, reply.json()["reasons"]) == (413, ["the body is longer than 8,000 bytes"])
    assert call(url).status_code == 200


def test_longest_body_allowed(url):
    text = json.dumps({"pixels": picture(3)}).encode().ljust(LIMIT)
    reply = httpx.post(f"{url}/classify", content=text, headers={"Content-Type": "application/json"}, trust_env=False)
    assert (reply.status_code, reply.json()["name"]) == (200, "class 3")


def test_a_full_queue_says_when_to_come_again():
    def slow(pixels):
        time.sleep(0.2)
        return by_first_pixel(pixels)

    with running(service(slow, NAMES, "v1", largest=1, room=2)) as url, ThreadPoolExecutor(20) as pool:
        replies = list(pool.map(lambda _: call(url, 4), range(20)))
    codes = Counter(reply.status_code for reply in replies)
    assert set(codes) == {200, 503}
    assert {reply.headers.get("Retry-After") for reply in replies if reply.status_code == 503} == {"1"}
    assert {reply.json()["name"] for reply in replies if reply.status_code == 200} == {"class 4"}


@pytest.mark.parametrize("fault", ["raises", "row too few"])
def test_a_call_that_fails_costs_its_batch_only(fault):
    def moody(pixels):
        if (pixels[:, 0, 0] == 13).any():
            if fault == "raises":
                raise ValueError("no")
            return by_first_pixel(pixels)[1:]
        return by_first_pixel(pixels)

    with running(service(moody, NAMES, "v1")) as url:
        assert [call(url, first).status_code for first in (1, 13, 2)] == [200, 500, 200]
        assert httpx.get(f"{url}/health", trust_env=False).status_code == 200


def test_health_looks_at_the_worker():
    app = service(by_first_pixel, NAMES, "v1")
    with running(app) as url:
        reply = httpx.get(f"{url}/health", trust_env=False)
        assert (reply.status_code, reply.json()) == (200, {"works": True, "model": "v1", "waiting": 0})
        app.state.worker.get_loop().call_soon_threadsafe(app.state.worker.cancel)
        until = time.monotonic() + 10
        while not app.state.worker.done() and time.monotonic() < until:
            time.sleep(0.01)
        reply = httpx.get(f"{url}/health", trust_env=False)
        assert (reply.status_code, reply.json()["works"]) == (503, False)


def test_a_model_that_does_not_answer_opens_no_door():
    def broken(pixels):
        raise ValueError("no")

    with pytest.raises(BookError, match="did not start"), running(service(broken, NAMES, "v1")):
        pass


def is_closed(url):
    with socket.socket() as door:
        return door.connect_ex(("127.0.0.1", httpx.URL(url).port)) != 0


def test_it_stops_when_the_block_fails():
    with pytest.raises(ZeroDivisionError), running(service(by_first_pixel, NAMES, "v1")) as url:
        assert not is_closed(url)
        _ = 1 / 0
    assert is_closed(url)


def test_requests_in_flight_are_answered_at_the_end():
    def slow(pixels):
        time.sleep(0.3)
        return by_first_pixel(pixels)

    app = service(slow, NAMES, "v1", largest=4)
    with ThreadPoolExecutor(8) as pool:
        with running(app) as url:
            waiting = [pool.submit(call, url, first) for first in range(8)]
            while app.state.batcher.taken < 8:
                time.sleep(0.005)
            assert not all(request.done() for request in waiting)
        replies = [request.result() for request in waiting]
    assert [reply.json()["name"] for reply in replies] == [f"class {first}" for first in range(8)]
    assert is_closed(url)


@pytest.fixture
def file(tmp_path):
    """A classifier in an ONNX file: softmax of the first ten pixels."""
    pick = np.zeros((784, 10), np.float32)
    pick[np.arange(10), np.arange(10)] = 1
    steps = [helper.make_node("Reshape", ["pixels", "flat"], ["row"]), helper.make_node("Cast", ["row"], ["x"], to=1),
             helper.make_node("MatMul", ["x", "pick"], ["scores"]), helper.make_node("Softmax", ["scores"], ["probs"])]
    graph = helper.make_graph(
        steps, "first ten", [helper.make_tensor_value_info("pixels", TensorProto.UINT8, ["batch", 28, 28])],
        [helper.make_tensor_value_info("probs", TensorProto.FLOAT, ["batch", 10])],
        [numpy_helper.from_array(np.array([-1, 784]), "flat"), numpy_helper.from_array(pick, "pick")])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)
    helper.set_model_props(model, {"classes": ",".join(NAMES)})
    path = tmp_path / "ten.onnx"
    onnx.save(model, path)
    return path


def test_load(file):
    predict, names, version = load(file)
    pixels = np.zeros((3, 28, 28), np.uint8)
    pixels[[0, 1, 2], 0, [4, 0, 9]] = 50
    assert predict(pixels).argmax(axis=1).tolist() == [4, 0, 9]
    assert names == NAMES
    assert len(version) == 12


def test_files_that_cannot_be_served(tmp_path, file):
    with pytest.raises(BookError, match="There is no file"):
        main([str(tmp_path / "none.onnx")])
    (tmp_path / "text.onnx").write_text("no graph", encoding="utf8")
    with pytest.raises(BookError, match="is no classifier"):
        main([str(tmp_path / "text.onnx")])
    nameless = onnx.load(file)
    del nameless.metadata_props[:]
    onnx.save(nameless, tmp_path / "nameless.onnx")
    with pytest.raises(BookError, match="names of the classes"):
        main([str(tmp_path / "nameless.onnx")])


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM that a program can answer")
def test_started_by_its_command_and_ended_by_a_signal(file):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    child = subprocess.Popen([sys.executable, "-m", "book.service", str(file), "--port", str(port)],
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        url, until = f"http://127.0.0.1:{port}", time.monotonic() + 60
        while is_closed(url) and time.monotonic() < until and child.poll() is None:
            time.sleep(0.05)
        reply = httpx.post(f"{url}/classify", json={"pixels": picture(50)}, trust_env=False)
        assert (reply.status_code, reply.json()["name"]) == (200, "class 0")
        child.send_signal(signal.SIGTERM)
        assert child.wait(30) in (0, -signal.SIGTERM)
    finally:
        child.kill()
        child.wait()
    assert is_closed(url)
