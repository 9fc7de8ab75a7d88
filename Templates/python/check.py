"""Finds what can't work in a browser; `frond check` runs this in the kit's own Python.

/sources/paths.txt names the app's sources, one a line; /sources/N.py is the source of line N. Standard output gets a JSON
list of findings. docs/check.md explains the codes.

Model: one walk over each syntax tree. `Names` says what a name means, from the imports of its file only: `sp.run` is
`subprocess.run` after `import subprocess as sp`. What stands under a test for another platform, under `TYPE_CHECKING`, or
is tried and caught, is no finding. What is certain is an error; what depends on values that only the running program
knows is a warning.
"""

import ast
import importlib
import io
import json
import re
import sys
import tokenize
import warnings

LOCAL = re.compile(r"^(localhost|127(\.\d+){1,3}|0\.0\.0\.0|\[?::1?\]?|)$")
IGNORE = re.compile(r"#\s*frond:\s*ignore(?:\[([A-Z0-9,\s]+)\])?")

# Modules that are not imported for trying: they print, open windows, or are tests.
UNTRIED = {"antigravity", "this", "idlelib", "test", "__main__"}
# Modules that every site gets whose sources import them (OptionalWheels.swift).
OPTIONAL = {"ssl", "_ssl", "_hashlib", "ctypes", "_ctypes"}

FORKS = {"os.fork", "os.forkpty", "pty.fork", "pty.spawn"}
RUN = {f"subprocess.{name}" for name in ("run", "Popen", "call", "check_call", "check_output")}
RUN |= {"asyncio.create_subprocess_exec", "asyncio.subprocess.create_subprocess_exec", "anyio.run_process",
        "anyio.open_process"}
SHELL = {"os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput",
         "asyncio.create_subprocess_shell", "asyncio.subprocess.create_subprocess_shell"}
EXEC = {"os." + name for name in (
    "execl", "execle", "execlp", "execlpe", "execv", "execve", "execvp", "execvpe", "spawnl", "spawnle", "spawnlp",
    "spawnlpe", "spawnv", "spawnve", "spawnvp", "spawnvpe", "posix_spawn", "posix_spawnp")}
PROCESSES = {"multiprocessing.Process", "multiprocessing.Pool", "multiprocessing.Manager", "multiprocessing.Queue",
             "multiprocessing.pool.Pool", "concurrent.futures.ProcessPoolExecutor",
             "concurrent.futures.process.ProcessPoolExecutor", "anyio.to_process.run_sync"}
# Calls whose first argument is a URL, and calls whose first argument is a host.
URLS = {"urllib.request.urlopen", "urllib.request.urlretrieve", "urllib.request.Request", "websockets.connect"}
URLS |= {f"{client}.{verb}" for client in ("requests", "httpx")
         for verb in ("get", "post", "put", "patch", "delete", "head", "options")}
HOSTS = {"http.client.HTTPConnection", "http.client.HTTPSConnection", "smtplib.SMTP", "smtplib.SMTP_SSL", "ftplib.FTP",
         "ftplib.FTP_TLS", "imaplib.IMAP4", "imaplib.IMAP4_SSL", "poplib.POP3", "poplib.POP3_SSL",
         "asyncio.open_connection", "socket.create_connection", "anyio.connect_tcp"}
ENGINES = {"sqlalchemy.create_engine", "sqlalchemy.ext.asyncio.create_async_engine", "sqlmodel.create_engine",
           "databases.Database"}


class Names:
    """What the imported names of a file mean."""

    def __init__(self, tree):
        self.known = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    if alias.asname:
                        self.known[alias.asname] = alias.name
                    else:
                        top = alias.name.partition(".")[0]
                        self.known[top] = top
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                for alias in node.names:
                    self.known[alias.asname or alias.name] = f"{node.module}.{alias.name}"

    def of(self, node):
        """The dotted name of an expression, or None."""
        parts = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name) or node.id not in self.known:
            return None
        return ".".join([self.known[node.id], *reversed(parts)])


def platform_says(test, names):
    """Whether a condition about the platform holds here; None when it is about something else."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        inner = platform_says(test.operand, names)
        return None if inner is None else not inner
    if isinstance(test, ast.BoolOp):
        parts = [platform_says(value, names) for value in test.values]
        if isinstance(test.op, ast.And):
            return False if False in parts else (True if all(parts) else None)
        return True if True in parts else (False if all(part is False for part in parts) else None)
    if isinstance(test, (ast.Name, ast.Attribute)):
        if (getattr(test, "id", None) or getattr(test, "attr", None)) == "TYPE_CHECKING":
            return False
    here = {"sys.platform": "emscripten", "os.name": "posix", "platform.system": "Emscripten"}
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        left = test.left.func if isinstance(test.left, ast.Call) else test.left
        value = here.get(names.of(left))
        right = test.comparators[0]
        if value is not None and isinstance(right, ast.Constant) and isinstance(right.value, str):
            if isinstance(test.ops[0], ast.Eq):
                return value == right.value
            if isinstance(test.ops[0], ast.NotEq):
                return value != right.value
        if value is not None and isinstance(right, (ast.Tuple, ast.Set, ast.List)):
            options = [getattr(item, "value", None) for item in right.elts]
            if isinstance(test.ops[0], ast.In):
                return value in options
            if isinstance(test.ops[0], ast.NotIn):
                return value not in options
    if isinstance(test, ast.Call) and isinstance(test.func, ast.Attribute) and test.func.attr == "startswith":
        value = here.get(names.of(test.func.value))
        if value is not None and test.args and isinstance(test.args[0], ast.Constant):
            return value.startswith(test.args[0].value)
    return None


def catches(handlers, names):
    """The exceptions that `except` clauses name, as plain names."""
    found = set()
    for handler in handlers:
        if handler.type is None:
            found.add("BaseException")
        for node in ast.walk(handler.type) if handler.type else ():
            if isinstance(node, (ast.Name, ast.Attribute)):
                found.add(getattr(node, "id", None) or node.attr)
    return found


class Checker(ast.NodeVisitor):
    def __init__(self, names, own):
        self.names = names
        self.own = own
        self.found = []
        self.functions = 0
        self.caught = []

    def report(self, node, code, severity, message, hint):
        self.found.append((node, code, severity, message, hint))

    # Where things stand

    def visit_FunctionDef(self, node):
        for part in [*node.decorator_list, node.args]:
            self.visit(part)
        self.functions += 1
        caught, self.caught = self.caught, []
        for part in node.body:
            self.visit(part)
        self.caught = caught
        self.functions -= 1

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_If(self, node):
        holds = platform_says(node.test, self.names)
        self.visit(node.test)
        if holds is not False:
            for part in node.body:
                self.visit(part)
        if holds is not True:
            for part in node.orelse:
                self.visit(part)

    def visit_Try(self, node):
        self.caught.append(catches(node.handlers, self.names))
        for part in node.body:
            self.visit(part)
        self.caught.pop()
        for part in [*node.handlers, *node.orelse, *node.finalbody]:
            self.visit(part)

    visit_TryStar = visit_Try

    def tolerates(self, *exceptions):
        return any(name in caught for caught in self.caught for name in (*exceptions, "Exception", "BaseException"))

    # Imports

    def visit_Import(self, node):
        for alias in node.names:
            self.imported(alias, alias.name)

    def visit_ImportFrom(self, node):
        if not node.level and node.module:
            self.imported(node, node.module)

    def imported(self, node, name):
        reason = missing(name, self.own)
        if reason is None or self.tolerates("ImportError", "ModuleNotFoundError"):
            return
        self.report(
            node, "FROND102", "warning" if self.functions else "error",
            f"the module {name} is not in the browser's Python" + (f" ({reason})" if reason else ""),
            "import it in a try block with except ImportError, or do without it")

    # Calls

    def visit_Call(self, node):
        name = self.names.of(node.func)
        if name:
            self.called(node, name)
        self.generic_visit(node)

    def called(self, node, name):
        first = node.args[0] if node.args else None
        if name in FORKS:
            self.report(node, "FROND110", "error", f"{name} can't work: a program in a browser can't be copied",
                        "use threads, or asyncio")
        elif name in RUN:
            self.runs(node, name, first if first is not None else keyword(node, "args"))
        elif name in SHELL:
            self.report(node, "FROND111", "error", f"{name} can't work: there is no shell in a browser",
                        "call a Python library instead; [sys.executable, ...] can be run")
        elif name in EXEC:
            position = 1 if "spawn" in name and "posix" not in name else 0
            program = node.args[position] if len(node.args) > position else None
            if program is None or self.names.of(program) != "sys.executable":
                self.report(node, "FROND111", "error" if constant(program) else "warning",
                            f"{name} can run nothing but sys.executable in a browser", "call a Python library instead")
        elif name in PROCESSES:
            self.report(node, "FROND112", "error", f"{name} can't work: there is one process for Python code",
                        "use threads (concurrent.futures.ThreadPoolExecutor) or asyncio")
        elif name in URLS:
            self.connects(node, name, first if first is not None else keyword(node, "url"), is_url=True)
        elif name in HOSTS:
            if isinstance(first, ast.Tuple) and first.elts:
                first = first.elts[0]
            host = first if first is not None else keyword(node, "host")
            if host is not None or name in ("http.client.HTTPConnection", "http.client.HTTPSConnection"):
                self.connects(node, name, host, is_url=False)
        elif name in ENGINES:
            text = constant(first if first is not None else keyword(node, "url"))
            scheme = text.partition(":")[0] if text else ""
            if "://" in (text or "") and scheme.partition("+")[0] not in ("sqlite", "duckdb"):
                self.report(node, "FROND121", "error", f"a database server ({scheme}) can't be reached from a browser",
                            "use SQLite, whose file is kept in the browser")

    def runs(self, node, name, command):
        shell = keyword(node, "shell")
        if isinstance(shell, ast.Constant) and shell.value:
            self.report(node, "FROND111", "error", f"{name} with shell=True can't work: there is no shell in a browser",
                        "call a Python library instead; [sys.executable, ...] can be run")
            return
        program = command.elts[0] if isinstance(command, (ast.List, ast.Tuple)) and command.elts else command
        if program is None or self.names.of(program) == "sys.executable":
            return
        text = constant(program)
        if text is None:
            self.report(node, "FROND111", "warning",
                        f"{name} can run nothing but sys.executable in a browser; what it runs here is not known",
                        "add # frond: ignore[FROND111] if it is Python")
        elif not self.tolerates("FileNotFoundError", "OSError"):
            self.report(node, "FROND111", "error", f"{name} can't run {text.split(' ')[0]!r}: there are no other programs",
                        "call a Python library instead; [sys.executable, ...] can be run")

    def connects(self, node, name, target, is_url):
        text = constant(target)
        if text is None:
            return self.report(node, "FROND120", "warning",
                               f"{name} reaches only servers of the program itself; where it goes here is not known",
                               "add # frond: ignore[FROND120] if it stays on localhost") if target is not None else None
        if is_url:
            match = re.match(r"^[a-z]+://(?:[^/@]*@)?(\[[^\]]*\]|[^/:?#]*)", text)
            if not match:
                return None
            text = match[1]
        if LOCAL.match(text):
            return None
        return self.report(node, "FROND120", "error", f"{name} can't reach {text}: a browser has no sockets to the outside",
                           "only servers of the program itself (localhost) can be reached")


def keyword(node, name):
    return next((item.value for item in node.keywords if item.arg == name), None)


def constant(node):
    """The text of a literal, or what an f-string begins with when that says enough; else None."""
    if isinstance(node, ast.Constant) and isinstance(node.value, (str, bytes)):
        return node.value if isinstance(node.value, str) else node.value.decode("utf-8", "replace")
    if isinstance(node, ast.JoinedStr) and node.values:
        start = constant(node.values[0])
        if start and (re.match(r"^[a-z]+://[^/]+/", start) or " " in start):
            return start
    return None


TRIED = {}


def missing(name, own):
    """None when a module can be imported or is not the standard library's; else why not, perhaps ''."""
    top = name.partition(".")[0]
    if top in own or top not in sys.stdlib_module_names or top in UNTRIED | OPTIONAL:
        return None
    if name not in TRIED:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                importlib.import_module(name)
            TRIED[name] = None
        except ImportError as error:
            lacking = getattr(error, "name", None)
            # `from os import path as p` names a module that is an attribute; what exists up to there is enough.
            parent = name.rpartition(".")[0]
            if lacking == name and parent and missing(parent, own) is None and hasattr(
                    sys.modules.get(parent), name.rpartition(".")[2]):
                TRIED[name] = None
            else:
                TRIED[name] = "" if lacking in (name, None) else f"it needs {lacking}"
        except Exception:
            TRIED[name] = None
    return TRIED[name]


def ignored(source):
    """Which codes are ignored on which line; an empty set means all."""
    lines = {}
    try:
        for token in tokenize.tokenize(io.BytesIO(source).readline):
            if token.type == tokenize.COMMENT and (match := IGNORE.search(token.string)):
                codes = {code.strip() for code in (match[1] or "").split(",")} - {""}
                lines[token.start[0]] = codes
    except (tokenize.TokenError, SyntaxError):
        pass
    return lines


def check(path, source, own):
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source, path)
    except (SyntaxError, ValueError) as error:
        line, column = getattr(error, "lineno", None) or 1, getattr(error, "offset", None) or 1
        version = ".".join(map(str, sys.version_info[:2]))
        message = f"it can't be read by Python {version}: {getattr(error, 'msg', None) or error}"
        return [finding(path, line, column, "FROND100", "error", message, "")]
    checker = Checker(Names(tree), own)
    try:
        checker.visit(tree)
    except RecursionError:
        pass
    skip = ignored(source)
    lines = source.decode("utf-8", "replace").splitlines()
    found = []
    for node, code, severity, message, hint in checker.found:
        span = range(node.lineno, (node.end_lineno or node.lineno) + 1)
        if any(line in skip and (not skip[line] or code in skip[line]) for line in span):
            continue
        text = lines[node.lineno - 1] if node.lineno <= len(lines) else ""
        # The tree counts columns in bytes.
        column = len(text.encode()[:node.col_offset].decode("utf-8", "replace")) + 1
        found.append(finding(path, node.lineno, column, code, severity, message, hint))
    return found


def finding(path, line, column, code, severity, message, hint):
    return {"path": path, "line": line, "column": column, "code": code, "severity": severity, "message": message,
            "hint": hint}


def main():
    with open("/sources/paths.txt", encoding="utf-8") as file:
        paths = file.read().splitlines()
    # The app's own modules come before the library's of the same name.
    own = {path.removeprefix("src/").partition("/")[0].removesuffix(".py") for path in paths}
    found = []
    out = sys.stdout
    sys.stdout = sys.stderr
    for number, path in enumerate(paths):
        with open(f"/sources/{number}.py", "rb") as file:
            found += check(path, file.read(), own)
    found.sort(key=lambda item: (item["path"], item["line"], item["column"], item["code"]))
    out.write(json.dumps(found))
    out.flush()


if __name__ == "__main__":
    main()
