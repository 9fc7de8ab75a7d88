import Testing

import SiteBuilder

@Suite("Compiled strings")
struct CompiledStringsTests {
    /// An entry of a string in a file of that name, with code that is a marshalled constant.
    private func entry(_ name: String, _ code: [UInt8]) -> [UInt8] {
        let key = [UInt8](repeating: 1, count: 12) + number(name.utf8.count) + Array(name.utf8) + Array("source".utf8)
        let bytes = number(key.count) + number(code.count) + key + code
        return bytes + [UInt8](repeating: 0, count: (4 - bytes.count % 4) % 4)
    }

    private func number(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(value >> (8 * $0) & 255) } }

    /// A code object with two columns in its table of lines.
    private let code: [UInt8] = {
        let empty: [UInt8] = [0x73, 0, 0, 0, 0]
        let tuple: [UInt8] = [0x29, 0]
        let name: [UInt8] = [0x7a, 1, 0x66]
        let lines: [UInt8] = [0x73, 3, 0, 0, 0, 0x80 | 10 << 3, 7, 9]
        return [0x63] + Array(repeating: 0, count: 20) + empty + tuple + tuple + tuple + empty + name + name + name
            + [1, 0, 0, 0] + lines + empty
    }()

    @Test("Columns go, but for the app's own; the rest stays as it is")
    func columns() {
        func changes(_ name: String) -> Bool {
            CompiledStrings.reduced(entry(name, code), columnsBelow: "/app/") != entry(name, code)
        }
        #expect(changes("<string>") && changes("/application"))
        #expect(!changes("/app/main.py"))
        let odd = entry("<string>", [0xff, 0xff, 0xff])
        #expect(CompiledStrings.reduced(odd, columnsBelow: "/app/") == odd)
    }

    @Test("Several entries stay in their order, at multiples of four")
    func several() {
        let all = (1...5).flatMap { entry(String(repeating: "n", count: $0), [0x4e]) }
        #expect(CompiledStrings.reduced(all, columnsBelow: "/app/") == all)
        #expect(CompiledStrings.reduced([], columnsBelow: "/app/") == [])
    }

    @Test("References that only this process needed are gone")
    func canonical() {
        #expect(
            CompiledStrings.reduced(entry("n", [0x4e | 0x80]), columnsBelow: "/app/") == entry("n", [0x4e]))
    }

    @Test("What is no whole entry is left out, with all behind it", arguments: [1, 7, 8, 20, 24])
    func cut(size: Int) {
        let first = entry("n", [0x4e])
        let second = entry("m", [0x4e])
        #expect(CompiledStrings.reduced(first + second.prefix(size), columnsBelow: "/app/") == first)
        let huge = [UInt8](repeating: 0xff, count: 8) + second
        #expect(CompiledStrings.reduced(first + huge, columnsBelow: "/app/") == first)
    }
}
