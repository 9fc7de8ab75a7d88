import SiteBuilder
import Testing

@Suite("Modules that are shipped byte-compiled")
struct CompiledModulesTests {
    @Test(
        "Import statements",
        arguments: [
            ("import os.path, re as r", ["os", "os.path", "re"]), ("import a;import b", ["a"]),
            ("from . import util", ["pkg", "pkg.util"]), ("from .. import x", []),
            (
                "from .codec import (encode, # why\n    decode as d)\nimport z",
                ["pkg", "pkg.codec", "pkg.codec.encode", "pkg.codec.decode", "z"]
            ),
            ("from x.y import *", ["x", "x.y"]), ("from a import b, \\\n    c", ["a", "a.b", "a.c"]),
            ("    import inner", []), ("important = 1\nfromage = 2", []), ("from", []), ("import ", []),
        ])
    func imports(source: String, modules: [String]) {
        let found = PythonImports.modules(in: Array(source.utf8), package: "pkg", everywhere: false)
        #expect(found.sorted() == modules.sorted())
    }

    @Test("Imports inside of functions count for the program")
    func everywhere() {
        let source = Array("def f():\n\timport json\n    from a.b import c\n".utf8)
        let found = PythonImports.modules(in: source, package: "", everywhere: true)
        #expect(found.sorted() == ["a", "a.b", "a.b.c", "json"])
    }

    @Test("What the program reaches is compiled, the rest is not")
    func reach() {
        let library: [String: [UInt8]] = [
            "json/__init__.py": Array("from .decoder import JSONDecoder\nimport codecs\n".utf8),
            "json/decoder.py": Array("import re\nfrom json import scanner\n".utf8),
            "json/scanner.py": Array("def f():\n    import tkinter\n".utf8), "json/tool.py": [],
            "codecs.py": [], "re/__init__.py": [], "tkinter/__init__.py": [],
            "traceback.py": Array("import loop\n".utf8),
            "loop.py": Array("import loop, traceback\n".utf8),
        ]
        let chosen = CompiledModules(library: library, program: [("", Array("import json\n".utf8))])
        #expect(
            chosen.modules == ["json", "json.decoder", "json.scanner", "codecs", "re", "traceback", "loop"])
        #expect(chosen.contains(compiled: "json/__pycache__/decoder.cpython-314.pyc"))
        #expect(chosen.contains(compiled: "json/__pycache__/__init__.cpython-314.pyc"))
        #expect(!chosen.contains(compiled: "json/__pycache__/tool.cpython-314.pyc"))
        #expect(!chosen.contains(compiled: "__pycache__/tkinter.cpython-314.pyc"))
    }
}
