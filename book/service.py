"""A service for an image classifier in an ONNX file. Built in lesson 4.4, where every line is explained.

Usage: python -m book.service FILE.onnx [--host 127.0.0.1] [--port 8000] [--largest 32] [--room 256]

POST /classify takes {"pixels": 28 rows of 28 whole numbers from 0 to 255} and answers with a name and a probability;
GET /health says whether the service works. Ctrl-C or SIGTERM: requests in flight are answered, then it ends.
"""

import argparse
import asyncio
import hashlib
import sys
import threading
import time
from collections import Counter
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Annotated

import numpy as np
import onnxruntime
import uvicorn
from fastapi import FastAPI, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from book.errors import BookError

Pixel = Annotated[int, Field(strict=True, ge=0, le=255)]
Row = Annotated[list[Pixel], Field(min_length=28, max_length=28)]


class Picture(BaseModel):
    """What a client sends: a gray picture, 28 rows of 28 pixels, bright cloth on a dark ground. Built in 4.4."""

    model_config = ConfigDict(extra="forbid")
    pixels: Annotated[list[Row], Field(min_length=28, max_length=28)]


class Answer(BaseModel):
    """What it gets: the most probable class, its probability, and which model says so. Built in 4.4."""

    name: str
    probability: Annotated[float, Field(ge=0, le=1)]
    model: str


class Busy(Exception):
    """As many requests wait as may wait. Built in 4.4."""


class Batcher:
    """Gathers the requests that wait and answers them with one call of the model. Built in 4.4.

    predict:  (batch, 28, 28) bytes -> (batch, classes), one row for each picture
    largest:  how many pictures a call takes at most
    room:     how many may wait for their turn; 0 for any number
    patience: seconds that the first of a batch waits for company
    sizes:    how many batches of each size there were
    """

    def __init__(self, predict, largest, room, patience):
        self.predict, self.largest, self.patience = predict, largest, patience
        self.waiting = asyncio.Queue(room)
        self.sizes, self.taken = Counter(), 0

    async def ask(self, picture):
        """Return the row of one picture, (28, 28) bytes. Raises Busy where there is no room."""
        answer = asyncio.get_running_loop().create_future()
        try:
            self.waiting.put_nowait((picture, answer))
        except asyncio.QueueFull:
            raise Busy from None
        self.taken += 1
        return await answer

    async def gather(self):
        """Return the next batch: the first that waits, and who comes within the patience."""
        batch = [await self.waiting.get()]
        try:
            async with asyncio.timeout(self.patience):
                while len(batch) < self.largest:
                    batch.append(await self.waiting.get())
        except TimeoutError:
            pass
        return batch

    async def work(self):
        """Answer batch after batch, until cancelled. A call that fails costs its own batch, not the service."""
        while True:
            pictures, answers = zip(*await self.gather())
            try:
                rows = await asyncio.to_thread(self.predict, np.stack(pictures))
                pairs = list(zip(answers, rows, strict=True))
            except Exception as error:
                pairs = [(answer, error) for answer in answers]
            for answer, row in pairs:
                if not answer.done():  # whoever has gone wants no answer
                    (answer.set_exception if isinstance(row, Exception) else answer.set_result)(row)
            self.sizes[len(answers)] += 1


class BodyLimit:
    """Refuses a request whose body is longer than `limit` bytes before anybody parses it.

    app:   the ASGI app behind it;   limit: bytes of the longest body that is let through
    The length that a client announces is not trusted: bytes are counted as they arrive.
    """

    def __init__(self, app, limit):
        self.app, self.limit = app, limit

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        body, more = b"", True
        while more and len(body) <= self.limit:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body += message.get("body", b"")
            more = message.get("more_body", False)
        if len(body) > self.limit:
            reason = f"the body is longer than {self.limit:,} bytes"
            return await JSONResponse({"reasons": [reason]}, 413, {"Connection": "close"})(scope, receive, send)
        messages = [{"type": "http.request", "body": body, "more_body": False}]

        async def replay():
            return messages.pop() if messages else await receive()

        await self.app(scope, replay, send)


def service(predict, names, version, *, largest=32, room=256, patience=0.002, limit=8_000):
    """Return an app that answers POST /classify and GET /health; `app.state.batcher` is its Batcher. Built in 4.4.

    predict: (batch, 28, 28) bytes -> (batch, classes) probabilities
    names:   the names of the classes
    version: what tells this model from another; it stands in every answer
    limit:   bytes that a body may have; the rest are settings of the Batcher
    """
    batcher = Batcher(predict, largest, room, patience)

    @asynccontextmanager
    async def lifespan(app):
        predict(np.zeros((1, 28, 28), np.uint8))  # a model that cannot answer must not open the door
        app.state.worker = asyncio.create_task(batcher.work())
        yield
        app.state.worker.cancel()  # the server comes here when the last answer has left

    app = FastAPI(title="What garment is this?", lifespan=lifespan)
    app.add_middleware(BodyLimit, limit=limit)
    app.state.batcher = batcher

    @app.post("/classify")
    async def classify(picture: Picture) -> Answer:
        probs = await batcher.ask(np.array(picture.pixels, np.uint8))
        return Answer(name=names[probs.argmax()], probability=probs.max(), model=version)

    @app.get("/health")
    async def health(response: Response):
        works = not app.state.worker.done()
        response.status_code = 200 if works else 503
        return {"works": works, "model": version, "waiting": batcher.waiting.qsize()}

    @app.exception_handler(RequestValidationError)
    async def refuse(request, error):
        reasons = [f"{'.'.join(map(str, part['loc']))}: {part['msg']}" for part in error.errors()[:5]]
        return JSONResponse({"reasons": reasons}, 422)

    @app.exception_handler(Busy)
    async def postpone(request, error):
        return JSONResponse({"reasons": ["too many requests wait; try again"]}, 503, {"Retry-After": "1"})

    return app


@contextmanager
def running(app):
    """Run `app` in a thread, on a free port of this machine; the block gets its address.

    However the block ends, the service stops: it answers the requests in flight and closes the port.
    Raises BookError where the service cannot start.
    """
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="critical",
                                           timeout_graceful_shutdown=30))

    def serve():
        with suppress(SystemExit):  # uvicorn's way to say that the app did not start
            server.run()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        while not server.started:
            if not thread.is_alive():
                raise BookError("The service did not start: its model does not answer.")
            time.sleep(0.01)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


def load(path):
    """Return what `service` takes from an ONNX file: predict, the names of the classes, the version. Built in 4.4."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    names = session.get_modelmeta().custom_metadata_map["classes"].split(",")
    version = hashlib.sha256(Path(path).read_bytes()).hexdigest()[:12]
    return lambda pixels: session.run(None, {"pixels": pixels})[0], names, version


def main(arguments=None):
    """Serve the ONNX file that the command line names until a signal ends it."""
    parser = argparse.ArgumentParser(prog="python -m book.service", description="Serve a classifier of garments.")
    parser.add_argument("file", type=Path, help="the ONNX file that lesson 4.4 writes")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (127.0.0.1: this machine only)")
    parser.add_argument("--port", type=int, default=8000, help="the port to listen on (8000)")
    parser.add_argument("--largest", type=int, default=32, help="pictures in a batch at most (32)")
    parser.add_argument("--room", type=int, default=256, help="requests that may wait (256)")
    options = parser.parse_args(arguments)
    if not options.file.is_file():
        raise BookError(f"There is no file {options.file}; lesson 4.4 shows how to make one.")
    try:
        parts = load(options.file)
    except Exception as error:
        raise BookError(f"{options.file} is no classifier that this service can load ({type(error).__name__}); "
                        "export it as lesson 4.4 does, with the names of the classes in it.") from None
    app = service(*parts, largest=options.largest, room=options.room)
    uvicorn.run(app, host=options.host, port=options.port, timeout_graceful_shutdown=30)


if __name__ == "__main__":
    try:
        main()
    except BookError as mistake:
        sys.exit(str(mistake))
