"""Drive a headless Chromium by its DevTools protocol: enough to load pages, look at them and run scripts.

No package beyond websocket-client is needed, which JupyterLab brings along.
"""

import base64
import json
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import websocket

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
)
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-extensions",
    "--disable-dev-shm-usage",
    "--remote-debugging-port=0",
    "--remote-allow-origins=*",
)


def find():
    """Return the path of a Chromium on this machine, or None. BOOK_CHROMIUM names one."""
    named = os.environ.get("BOOK_CHROMIUM")
    found = [named] if named else [shutil.which(name) for name in NAMES] + [p for p in PLACES if Path(p).is_file()]
    return next(filter(None, found), None)


class Browser:
    """A running Chromium with one page open.

    requests: the address of everything that the page asked for since the last `open`
    errors:   what it wrote to the console as an error or threw since then
    """

    def __init__(self, path):
        self.folder = tempfile.mkdtemp(prefix="book-chromium-")
        self.process = subprocess.Popen(
            [path, *FLAGS, f"--user-data-dir={self.folder}", "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        port, address = self._where()
        self.socket = websocket.create_connection(f"ws://127.0.0.1:{port}{address}", timeout=60)
        self.count, self.session, self.requests, self.errors, self.events = 0, None, [], [], []
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Runtime", "Log"):
            self.send(domain + ".enable")
        self.send("Page.setLifecycleEventsEnabled", enabled=True)

    def _where(self):
        file = Path(self.folder, "DevToolsActivePort")
        for _ in range(300):
            if file.is_file() and len(lines := file.read_text().split()) == 2:
                return lines
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        self.close()
        raise OSError("Chromium did not start")

    def close(self):
        self.process.terminate()
        self.process.wait(timeout=20)
        shutil.rmtree(self.folder, ignore_errors=True)

    def send(self, method, **parameters):
        """Send one command and return its result."""
        self.count += 1
        message = {"id": self.count, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        self.socket.send(json.dumps(message))
        while True:
            answer = json.loads(self.socket.recv())
            if answer.get("id") == self.count:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return answer["result"]
            self._hear(answer)

    def _hear(self, event):
        method, said = event.get("method"), event.get("params", {})
        if method == "Page.lifecycleEvent":
            self.events.append((said["name"], said["loaderId"]))
        elif method == "Network.requestWillBeSent":
            self.requests.append(said["request"]["url"])
        elif method == "Runtime.exceptionThrown":
            details = said["exceptionDetails"]
            self.errors.append(details.get("exception", {}).get("description") or details["text"])
        elif method == "Runtime.consoleAPICalled" and said["type"] == "error":
            self.errors.append(" ".join(str(a.get("value", a.get("description"))) for a in said["args"]))
        elif method == "Log.entryAdded" and said["entry"]["level"] == "error":
            self.errors.append(f"{said['entry']['text']} {said['entry'].get('url', '')}")

    def look(self, *, width=1400, height=900, dark=False):
        """Set the size of the window and the color scheme that the reader prefers."""
        self.send(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )
        self.send(
            "Emulation.setEmulatedMedia",
            features=[
                {"name": "prefers-color-scheme", "value": "dark" if dark else "light"},
                {"name": "prefers-reduced-motion", "value": "reduce"},
            ],
        )

    def open(self, url):
        """Load a page and wait until it is complete, with its mathematics set."""
        self.requests, self.errors, self.events = [], [], []
        loaded = ("load", self.send("Page.navigate", url=url).get("loaderId"))
        while loaded not in self.events:
            self._hear(json.loads(self.socket.recv()))
        self.run("window.MathJax && MathJax.startup ? MathJax.startup.promise.then(() => true) : true")
        self.run("new Promise(done => setTimeout(done, 150, true))")

    def run(self, script):
        """Return the value of an expression in the page, waiting for it where it is a promise."""
        answer = self.send("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["exceptionDetails"].get("exception", {}).get("description", "script failed"))
        return answer["result"].get("value")

    def press(self, key, *, modifiers=0):
        """Press and release one key, such as "Tab", "Enter" or "k" (modifiers: 2 is control)."""
        code = {"Tab": 9, "Enter": 13, "Escape": 27, "ArrowRight": 39, "ArrowLeft": 37}.get(key, ord(key[0].upper()))
        text = {"Enter": "\r"}.get(key, key if len(key) == 1 and not modifiers else "")
        common = {"key": key, "windowsVirtualKeyCode": code, "modifiers": modifiers}
        self.send("Input.dispatchKeyEvent", type="keyDown" if text else "rawKeyDown", text=text, **common)
        self.send("Input.dispatchKeyEvent", type="keyUp", **common)

    def picture(self, path, *, full=False):
        """Write a picture of the page to a PNG file."""
        extra = {"captureBeyondViewport": True} if full else {}
        if full:
            size = self.send("Page.getLayoutMetrics")["cssContentSize"]
            extra["clip"] = {"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], 16000), "scale": 1}
        Path(path).write_bytes(base64.b64decode(self.send("Page.captureScreenshot", **extra)["data"]))
