"""The engines that Frond's programs run in, each as something that runs a guest again and again and hands on what it says.

A guest is an app folder whose program takes its orders from the environment variable SUITE_PLAN (JSON) and answers with
events: lines of JSON behind the character 0x1E (Tests/Suites/guest.py is one).
"""

import json
import os
import pathlib
import queue
import re
import shlex
import shutil
import signal
import subprocess
import sys
import threading

here = pathlib.Path(__file__).resolve().parent
package = here.parent.parent
cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "frond"
frond = os.environ.get("FROND") or str(package / ".build/release/frond")
tools = cache / "tools/bin"
node = os.environ.get("FROND_NODE") or str(tools / "node")
native = shlex.split(os.environ.get("FROND_PYTHON") or sys.executable)
os.environ.setdefault("FROND_DENO", str(tools / "deno"))
wasmfx_flag = "--experimental-wasm-wasmfx"
names = ["node", "deno", "deno-wasmfx", "chromium", "chromium-wasmfx", "firefox", "native", "reference"]


class SuiteError(Exception):
    """The suite can't be run; said without a traceback."""


def checked(command, **options):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)
    if done.returncode != 0:
        raise SuiteError(f"{' '.join(map(str, command))}: status {done.returncode}\n{done.stdout}")
    return done.stdout


# Engines. Each runs the guest once with a plan and yields text as it comes, then an int or None: the exit status.


class Command:
    """An engine that is a process for each run."""

    def __init__(self, command, folder, environment=None):
        self.command, self.folder, self.environment = command, folder, environment or {}

    def run(self, plan, timeout):
        command = self.command(json.dumps(plan))
        environment = {**os.environ, **self.environment, "FROND_NODE": node}
        if "{plan}" in self.environment:
            environment["SUITE_PLAN"] = json.dumps(plan)
            del environment["{plan}"]
        process = subprocess.Popen(command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, env=environment, start_new_session=True)
        try:
            yield from read_until(process.stdout, timeout)
            status = process.wait(30)
        except (TimeoutError, subprocess.TimeoutExpired):
            status = None
        finally:
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            process.wait()
        yield status

    def close(self):
        pass


def read_until(stream, timeout):
    """Chunks of a stream's text; TimeoutError after so many seconds without one."""
    chunks = queue.Queue()

    def pump():
        while chunk := os.read(stream.fileno(), 65536):
            chunks.put(chunk)
        chunks.put(None)

    threading.Thread(target=pump, daemon=True).start()
    while True:
        try:
            chunk = chunks.get(timeout=timeout)
        except queue.Empty:
            raise TimeoutError from None
        if chunk is None:
            return
        yield chunk.decode(errors="replace")


class Page:
    """A browser with the suite's site; it is started again when it is lost."""

    def __init__(self, browser, site, folder, backend):
        self.browser, self.backend, self.folder = browser, backend, folder
        self.flags = ["--js-flags=--wasm-wasmfx"] if backend == "wasmfx" else []
        self.log = open(folder / f"{browser}-driver.log", "ab")
        self.server = subprocess.Popen([frond, "serve", site, "--port", "0", "--no-watch"], stderr=subprocess.PIPE,
                                       stdout=subprocess.DEVNULL, text=True)
        said = ""
        for line in self.server.stderr:
            said += line
            if found := re.search(r"http://\S+", line):
                self.address = found[0]
                break
        else:
            raise SuiteError(f"the server did not start: {said}")
        threading.Thread(target=self.server.stderr.read, daemon=True).start()
        self.driver = None

    def start(self):
        if self.driver is None or self.driver.poll() is not None:
            environment = {**os.environ, "FROND_BROWSER_ARGUMENTS": " ".join(self.flags)}
            self.driver = subprocess.Popen(
                [node, here / "page.mjs", "--browser", self.browser, "--url", self.address], env=environment,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log)

    def run(self, plan, timeout):
        self.start()
        self.tell({"env": {"SUITE_PLAN": json.dumps(plan)}})
        stopping = False
        # The first run starts the browser.
        pieces = read_lines(self.driver.stdout)
        while True:
            try:
                line = pieces.get(timeout=(timeout + 60) if not stopping else 20)
            except queue.Empty:
                if stopping:
                    self.close_driver()
                    yield None
                    return
                stopping = True
                self.tell({"stop": True})
                continue
            if line is None:
                self.close_driver()
                yield None
                return
            message = json.loads(line)
            if "output" in message:
                yield message["output"]
                continue
            # Unless the program ended without a word, it says how its contexts were switched.
            if message.get("backend") not in (None, self.backend):
                raise SuiteError(f"{self.browser} ran its contexts by {message['backend']}, not {self.backend}")
            if message["state"] != "exited":
                yield f"\nthe page is in state {message['state']}: {message['page']}\n"
            yield None if stopping else message["exit"]
            return

    def tell(self, message):
        try:
            self.driver.stdin.write(json.dumps(message).encode() + b"\n")
            self.driver.stdin.flush()
        except BrokenPipeError:
            pass

    def close_driver(self):
        if self.driver is None:
            return
        self.driver.stdin.close()
        try:
            self.driver.wait(15)
        except subprocess.TimeoutExpired:
            self.driver.terminate()  # it ends its browser
            self.driver.wait()
        self.driver = None

    def close(self):
        self.close_driver()
        self.server.terminate()
        self.server.wait()
        self.log.close()


def read_lines(stream):
    """A queue of the stream's lines up to and with the end of a run."""
    lines = queue.Queue()

    def pump():
        for line in stream:
            lines.put(line)
            if b'{"exit"' in line[:8]:
                return
        lines.put(None)

    threading.Thread(target=pump, daemon=True).start()
    return lines


def native_python(build, wanted):
    """The command of a native Python, in a folder of its own with what is required."""
    if not wanted:
        return native
    folder = build / "native"
    stamp = folder / "suite-requirements.json"
    python = folder / "bin/python3"
    if not stamp.exists() or json.loads(stamp.read_text()) != wanted:
        shutil.rmtree(folder, ignore_errors=True)
        checked([*native, "-m", "venv", folder])
        if wanted:
            checked([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *wanted])
        stamp.write_text(json.dumps(wanted))
    return [python]


def make_engine(name, app, build, requirements, environment, guest="suite_guest.py"):
    """An engine for an app folder; what has to be built lies in the folder `build`."""
    kind, _, backend = name.partition("-")
    if kind == "native":
        python = native_python(build, requirements)
        return Command(lambda plan: [*python, "-B", guest], app, {"{plan}": "", **environment})
    if kind in ("node", "deno"):
        flags = {"DENO_V8_FLAGS": wasmfx_flag} if backend else {}
        if kind == "deno":
            check_deno_backend(backend or "jspi", flags)
        return Command(lambda plan: [frond, "run", "--quiet", "--engine", kind, "--env", f"SUITE_PLAN={plan}", app],
                       package, flags)
    if kind == "reference":
        return Command(lambda plan: [frond, "run", "--quiet", "--runtime", "reference", "--env", f"SUITE_PLAN={plan}", app],
                       package)
    site = build / "site"
    checked([frond, "build", app, "-o", site, "--fast", "--quiet"])
    return Page(kind, site, build, backend or "jspi")


def check_deno_backend(backend, flags):
    """Deno has to choose the backend that is asked for, by the very function that the glue chooses with."""
    module = (package / "Templates/glue/wasmfx.mjs").as_uri()
    program = f"import {{ wasmfxWorks }} from '{module}'; console.log(wasmfxWorks())"
    answer = checked([os.environ["FROND_DENO"], "eval", program], env={**os.environ, **flags, "NO_COLOR": "1"}).strip()
    if answer != ("true" if backend == "wasmfx" else "false"):
        raise SuiteError(f"Deno would not run contexts by {backend}")


def run_plan(engine, plan, timeout):
    """The events of one run; the last one is {"event": "exit", "status": …, "output": the end of what was printed}."""
    text = pending = ""
    for piece in engine.run(plan, timeout):
        if not isinstance(piece, str):
            yield {"event": "exit", "status": piece, "output": text[-4000:]}
            return
        lines = (pending + piece).split("\n")
        pending = lines.pop()
        for line in lines:
            if line.startswith("\x1e"):
                try:
                    event = json.loads(line[1:])
                except ValueError:
                    text += line  # something printed into the line
                    continue
                if event["event"] == "start":
                    text = ""
                elif event["event"] == "end":
                    event["output"] = text.strip()[-4000:]
                yield event
            else:
                text += line + "\n"


def version(engine):
    kind = engine.partition("-")[0]
    commands = {
        "node": [node, "--version"], "deno": [os.environ.get("FROND_DENO") or str(tools / "deno"), "--version"],
        "chromium": [os.environ.get("FROND_CHROMIUM") or "chromium", "--version"],
        "firefox": [os.environ.get("FROND_FIREFOX") or "firefox-esr", "--version"],
        "native": [*native, "--version"], "reference": [frond, "--version"],
    }
    try:
        said = subprocess.run(commands[kind], capture_output=True, text=True, timeout=30).stdout
    except (OSError, subprocess.TimeoutExpired):
        return kind
    found = re.search(r"\d+(\.\d+)+", said)
    names = {"node": "Node", "deno": "Deno", "chromium": "Chromium", "firefox": "Firefox", "native": "CPython",
             "reference": "Frond"}
    backend = ", core stack switching" if engine.endswith("wasmfx") else ""
    return f"{names[kind]} {found[0] if found else '?'}{backend}"
