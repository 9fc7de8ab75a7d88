/// What strings compile to, as the context shim keeps it (`compiled_strings.c`): a row of entries.
///
///     0   size of the key, u32 little-endian
///     4   size of the code, u32
///     8   key: flags, what is compiled, level of optimisation, length of the file's name (u32 each), that name, the source
///     …   code as `marshal` writes it, then zero bytes up to a multiple of 4
package enum CompiledStrings {
    /// The entries as a site has them: like its other code, they depend on nothing but the source (`MarshalStream`), and have
    /// columns only for what lies below `folder`.
    ///
    /// What is no whole entry is left out, with all behind it.
    package static func reduced(_ bytes: [UInt8], columnsBelow folder: String) -> [UInt8] {
        var output: [UInt8] = []
        var at = 0
        while at + 8 <= bytes.count {
            let key = at + 8..<at + 8 + Int(bytes.littleEndian(at: at))
            let code = key.upperBound..<key.upperBound + Int(bytes.littleEndian(at: at + 4))
            guard key.count >= 16, code.upperBound <= bytes.count else { break }
            let reduced = reduced(Array(bytes[code]), withColumns: name(in: bytes[key]).starts(with: folder.utf8))
            output.append(littleEndian: UInt32(key.count))
            output.append(littleEndian: UInt32(reduced.count))
            output += bytes[key] + reduced
            output += [UInt8](repeating: 0, count: padding(after: output.count))
            at = code.upperBound + padding(after: code.upperBound)
        }
        return output
    }

    private static func name(in key: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let key = Array(key)
        return key[16...].prefix(Int(key.littleEndian(at: 12)))
    }

    private static func reduced(_ code: [UInt8], withColumns: Bool) -> [UInt8] {
        do {
            let lean = withColumns ? code : try MarshalStream.withoutColumns(code, from: 0)
            return try MarshalStream.canonical(lean, from: 0)
        } catch {
            return code
        }
    }

    private static func padding(after size: Int) -> Int { (4 - size % 4) % 4 }
}
