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
            ("    import inner", []), ("try:\n    import bz2\nexcept E:\n    bz2 = None", ["bz2"]),
            ("def f():\n    import lazy", []), ("class C:\n    import b\n    def f(self):\n        import c", ["b"]),
            ("important = 1\nfromage = 2", []), ("from", []), ("import ", []),
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
        let chosen = CompiledModules(library: library, app: ["main.py": Array("import json\n".utf8)])
        #expect(
            chosen.modules == ["json", "json.decoder", "json.scanner", "codecs", "re", "traceback", "loop"])
        #expect(chosen.contains(compiled: "json/__pycache__/decoder.cpython-314.pyc"))
        #expect(chosen.contains(compiled: "json/__pycache__/__init__.cpython-314.pyc"))
        #expect(!chosen.contains(compiled: "json/__pycache__/tool.cpython-314.pyc"))
        #expect(!chosen.contains(compiled: "__pycache__/tkinter.cpython-314.pyc"))
    }

    @Test("Packages and the app: relative imports, names in strings, names put together")
    func program() {
        let packages: [String: [UInt8]] = [
            "pkg/__init__.py": Array("from . import a\nlazy = {'B': (__spec__.parent, '.b')}\n".utf8),
            "pkg/a.py": Array("import_module(f'pkg.backends._{name}')\n".utf8), "pkg/b.py": [], "pkg/c.py": [],
            "pkg/backends/__init__.py": [], "pkg/backends/_red.py": [], "pkg/backends/_blue.py": [],
            "driver/__init__.py": [], "other.py": [],
        ]
        let app: [String: [UInt8]] = [
            "main.py": Array("from helper import x\nimport pkg\nopen('red+driver://')\n".utf8),
            "helper.py": [], "src/tour/__init__.py": [], "unused.py": [],
        ]
        let chosen = CompiledModules(library: [:], packages: packages, app: app)
        #expect(
            chosen.packageFiles == [
                "driver/__init__.py", "pkg/__init__.py", "pkg/a.py", "pkg/b.py", "pkg/backends/__init__.py",
                "pkg/backends/_red.py",
            ])
        #expect(chosen.appFiles == ["helper.py"])
    }

    @Test("Lines stay, columns go, neighbours of one line are joined")
    func lines() {
        // One line later in two bytes, 3 units; the same line with long columns, 6 units; back by 2; no line; the same line.
        let table: [UInt8] = [
            0x80 | 11 << 3 | 2, 7, 9, 0x80 | 14 << 3 | 5, 0, 65, 1, 3, 8, 0x80 | 13 << 3, 5, 0x80 | 15 << 3,
            0x80 | 10 << 3 | 7, 1, 2,
        ]
        let short: [UInt8] = [
            0x80 | 13 << 3 | 7, 2, 0x80 | 13 << 3, 0, 0x80 | 13 << 3, 5, 0x80 | 15 << 3, 0x80 | 13 << 3 | 7, 0,
        ]
        #expect(LineTable.withoutColumns(table[...]) == short)
        #expect(LineTable.withoutColumns(short[...]) == short)
        #expect(LineTable.withoutColumns([]) == [])
        for count in [1, 2, 5, 7] { #expect(LineTable.withoutColumns(table.prefix(count)) == nil) }
        #expect(LineTable.withoutColumns([0x00, 1]) == nil)
    }

    @Test("Code loses its columns, unless its table is a constant, too")
    func columns() throws {
        func code(constant: [UInt8], lines: [UInt8]) -> [UInt8] {
            let empty: [UInt8] = [0x73, 0, 0, 0, 0]
            let tuple: [UInt8] = [0x29, 0]
            let name: [UInt8] = [0x7a, 1, 0x66]
            return [0x63] + Array(repeating: 0, count: 20) + empty + [0x29, 1] + constant + tuple + tuple + empty + name
                + name
                + name + [1, 0, 0, 0] + lines + empty
        }
        let table: [UInt8] = [0x73, 2, 0, 0, 0, 0x80, 7]
        let short: [UInt8] = [0x73, 2, 0, 0, 0, 0x80 | 13 << 3, 0]
        let head: [UInt8] = [9, 9]
        let longer: [UInt8] = [0x73, 3, 0, 0, 0, 0x80 | 10 << 3, 7, 9]
        #expect(
            try MarshalStream.withoutColumns(head + code(constant: [0x4e], lines: longer), from: 2)
                == head + code(constant: [0x4e], lines: short))
        // The constant is the table, by reference 0.
        let shared = code(constant: [0xf3] + table.dropFirst(), lines: [0x72, 0, 0, 0, 0])
        #expect(try MarshalStream.withoutColumns(shared, from: 0) == shared)
        #expect(throws: MarshalStream.Malformed.self) {
            try MarshalStream.withoutColumns(Array(shared.dropLast()), from: 0)
        }
    }

    @Test("A marshal stream keeps only the numbers that are used")
    func marshal() throws {
        // (1, 'a', 'b', 'b'), every object numbered: as marshal.dumps writes it when all are referenced elsewhere.
        let noisy: [UInt8] = [0xa9, 4, 0xe9, 1, 0, 0, 0, 0xda, 1, 0x61, 0xda, 1, 0x62, 0x72, 3, 0, 0, 0]
        let clean: [UInt8] = [0x29, 4, 0x69, 1, 0, 0, 0, 0x5a, 1, 0x61, 0xda, 1, 0x62, 0x72, 0, 0, 0, 0]
        #expect(try MarshalStream.canonical(noisy, from: 0) == clean)
        #expect(try MarshalStream.canonical(clean, from: 0) == clean)
        for count in noisy.indices {
            #expect(throws: MarshalStream.Malformed.self) {
                try MarshalStream.canonical(Array(noisy.prefix(count)), from: 0)
            }
        }
        let deep = Array(repeating: [0x29, 1] as [UInt8], count: 100_000).flatMap(\.self)
        #expect(throws: MarshalStream.Malformed.self) { try MarshalStream.canonical(deep, from: 0) }
    }
}
