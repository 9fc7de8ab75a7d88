import GlueGenerator
import Support
import TestSupport
import Testing

@Suite("Joining modules")
struct ModuleBundlerTests {
    @Test("A module comes after what it imports, and only the entry exports")
    func order() throws {
        let output = try ModuleBundler.bundle(
            entry: "a.mjs",
            modules: [
                "a.mjs":
                    "// the entry\nimport { b, B } from './b.mjs';\nexport function a() {\n    return b + B.x;\n}\n",
                "b.mjs":
                    "import { c } from './c.mjs';\nexport const b = c;\nexport class B {\n    static x = 1;\n}\n",
                "c.mjs": "export const c = 2; // two\n",
                "unused.mjs": "this is not even JavaScript",
            ])
        #expect(
            output == """
                const b=2;
                class B{static x=1;}
                export function a(){return b+B.x;}

                """)
    }

    @Test("Texts are left alone, whatever they look like")
    func literals() throws {
        let source = #"""
            export const text = 'a  // b' + "c /* d */" + `e  ${ f( `g  ${1}` ) }  // h`;
            export const pattern = /[/*] \/  \//gu;
            export const half = text.length / 2 / 3;
            export const negative = 1 - -1 + +2;
            export const exponent = [1e-3, 0x1e-3];
            export async function f(x) {
                return /* nothing
                   */ x;
            }

            """#
        let output = try ModuleBundler.bundle(entry: "a.mjs", modules: ["a.mjs": source])
        #expect(
            output == #"""
                export const text='a  // b'+"c /* d */"+`e  ${f(`g  ${1}`)}  // h`;
                export const pattern= /[/*] \/  \//gu;
                export const half=text.length/2/3;
                export const negative=1- -1+ +2;
                export const exponent=[1e-3,0x1e-3];
                export async function f(x){return
                x;}

                """#)
    }

    @Test("Line ends stay where a statement might end")
    func lines() throws {
        let source = """
            export function f(a, b) {
                let c = a
                    + b
                c++
                b = () => {
                    c = {
                        a,
                    }
                }
                return (
                    b)
            }

            """
        let output = try ModuleBundler.bundle(entry: "a.mjs", modules: ["a.mjs": source])
        #expect(
            output == """
                export function f(a,b){let c=a
                +b
                c++
                b=()=>{c={a,}}
                return(b)}

                """)
    }

    @Test("Numbers take the place of constants, where nothing else has the name")
    func numbers() throws {
        let source = """
            const LIMIT = 0o100000;
            const BIG = 0x80000000;
            const LOW = -5;
            const SUM = LIMIT | LOW;
            const SHADOWED = 7;
            const ASKED = 8;
            const PROPERTY = 9;
            const HALF = 0.5;
            export const KEPT = 10;
            export function f(SHADOWED) {
                const values = [LIMIT, -LOW, BIG, KEPT, HALF, { PROPERTY }];
                switch (SUM - LOW) {
                    case LIMIT: return values ? LIMIT : LOW;
                    default: return SHADOWED + ASKED.toString();
                }
            }

            """
        let output = try ModuleBundler.bundle(entry: "a.mjs", modules: ["a.mjs": source])
        try expectSnapshot(output, named: "numbers.txt")
    }

    @Test("The entry exports what is asked for, and nothing is kept for the rest")
    func exports() throws {
        let output = try ModuleBundler.bundle(
            entry: "a.mjs",
            modules: ["a.mjs": "export function a() {}\nexport function b() { return c; }\nconst c = [];\n"],
            exports: ["a"])
        #expect(output == "export function a(){}\n")
    }

    @Test("What the entry does not need is left out")
    func dead() throws {
        let output = try ModuleBundler.bundle(
            entry: "a.mjs",
            modules: [
                "a.mjs":
                    "import { b } from './b.mjs';\nexport function a() { return b; }\nfunction unused() { return b; }\n",
                "b.mjs": "const c = 1;\nexport const b = c;\nexport const d = unused(e);\nconst e = 2;\n",
            ])
        #expect(output == "const b=1;\nexport function a(){return b;}\n")
    }

    @Test("Variables get short names; properties, globals and exports keep theirs")
    func names() throws {
        let source = """
            import { Descriptor } from './b.mjs';
            const hidden = 1;
            export function visible(parameter, { shorthand, renamed: inner, ...others }, [element]) {
                const value = parameter.hidden + hidden;
                const result = { value, length: value, method(argument) { return argument; }, [element]: inner };
                const choice = value ? inner : others;
                for (const entry of result.value) try { visible(entry); } catch (error) { throw error; }
                return `${choice} ${performance.now(shorthand)}` + ((single) => single + Descriptor.field)(value);
            }

            """
        let other = """
            export class Descriptor {
                static field = 1;
                #secret = 2;
                get field() { return this.#secret; }
                open(path, mode = 3) { return path + mode; }
            }

            """
        let output = try ModuleBundler.bundle(entry: "a.mjs", modules: ["a.mjs": source, "b.mjs": other])
        try expectSnapshot(output, named: "names.txt")
        let readable = try ModuleBundler.bundle(
            entry: "a.mjs", modules: ["a.mjs": source, "b.mjs": other], isReadable: true)
        try expectSnapshot(readable, named: "names-readable.txt")
    }

    @Test("A mark is replaced, with what stands between it and its end")
    func marks() throws {
        let source = "export const m = /* frond:manifest */ {\n    x: [],\n} /* frond:end */;\n"
        let output = try ModuleBundler.bundle(
            entry: "m.mjs", modules: ["m.mjs": source], replacing: ["manifest": "{y:1}"])
        #expect(output == "export const m= {y:1};\n")
        #expect(throws: Diagnostic.self) {
            try ModuleBundler.bundle(entry: "m.mjs", modules: ["m.mjs": source], replacing: ["other": ""])
        }
    }

    /// What is refused: the sources (the entry is a.mjs), the place, and a part of the message.
    static let refused: [([String: String], String, String)] = [
        (["a.mjs": "export default 1;"], "a.mjs:1", "only declarations can be exported"),
        (["a.mjs": "\nexport { a };"], "a.mjs:2", "only declarations can be exported"),
        (["a.mjs": "import * as b from './b.mjs';"], "a.mjs:1", "only `import { a, b }"),
        (["a.mjs": "import b from './b.mjs';"], "a.mjs:1", "only `import { a, b }"),
        (["a.mjs": "import { b as c } from './b.mjs';"], "a.mjs:1", "can't be renamed"),
        (["a.mjs": "import { b } from 'node:fs';"], "a.mjs:1", "only files beside this one"),
        (["a.mjs": "import { b } from '../b.mjs';"], "a.mjs:1", "only files beside this one"),
        (["a.mjs": "import { b } from './b.mjs';"], "a.mjs:1", "there is no module b.mjs"),
        (
            ["a.mjs": "import { b } from './b.mjs';", "b.mjs": "const b = 1;"], "a.mjs:1",
            "b.mjs does not export `b`"
        ),
        (
            ["a.mjs": "import { b } from './b.mjs';", "b.mjs": "import { a } from './a.mjs';"], "b.mjs:1",
            "in a circle: a.mjs → b.mjs → a.mjs"
        ),
        (
            ["a.mjs": "import { b } from './b.mjs';\nconst c = 1;", "b.mjs": "export const b = 1;\nclass c {}"],
            "a.mjs:2", "`c` is declared at the top level of b.mjs too (line 2)"
        ),
        (["a.mjs": "run();"], "a.mjs:1", "not `run`"),
        (["a.mjs": "var a = 1;"], "a.mjs:1", "not `var`"),
        (["a.mjs": "const { a } = b;"], "a.mjs:1", "one plain name"),
        (["a.mjs": "const a = 1, b = 2;"], "a.mjs:1", "one declaration a statement"),
        (["a.mjs": "const a = 1\nconst b = 2"], "a.mjs:1", "does not end with a semicolon"),
        (["a.mjs": "const a = () => import('./b.mjs');"], "a.mjs:1", "dynamic `import()` of a file"),
        (["a.mjs": "const a = import.meta.url;"], "a.mjs:1", "`import.meta`"),
        (["a.mjs": "function f() {\n    return eval('1');\n}"], "a.mjs:2", "`eval`"),
        (["a.mjs": "const a = 'b\n';"], "a.mjs:1", "a string does not end"),
        (["a.mjs": "const a = `b"], "a.mjs:1", "a template literal does not end"),
        (["a.mjs": "\n/* b"], "a.mjs:2", "a comment does not end"),
        (["a.mjs": "function f() {\n"], "a.mjs:1", "does not end"),
    ]

    @Test("What is outside of the dialect is refused with its line", arguments: refused)
    func refusals(sources: [String: String], place: String, message: String) {
        let error = #expect(throws: Diagnostic.self) {
            try ModuleBundler.bundle(entry: "a.mjs", modules: sources)
        }
        #expect(error?.location?.description == place)
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "nothing was thrown")")
    }
}
