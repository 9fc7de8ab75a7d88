import Foundation
import ReferenceRuntime
import WasmBinary

/// What a host did to a program, call by call: the results of its imports, and what they wrote into its memory.
final class Recording {
    /// One call of an import.
    struct Call {
        /// The bits of the result; 0 when there is none.
        var result: UInt64 = 0
        /// Stretches of memory that are not what they were before.
        var writes: [(address: Int, bytes: [UInt8])] = []
    }

    private(set) var calls: [Call] = []
    private var before: [UInt8] = []

    /// Runs a program in the reference runtime and records its host.
    static func run(_ bytes: Bytes, image: Bytes, arguments: [String]) throws -> (recording: Recording, status: Int32) {
        let recording = Recording()
        var options = Program.Options()
        options.arguments = arguments
        options.onImport = recording.observe
        let status = try Program(bytes, image: FileImage(image), options: options).run()
        return (recording, status)
    }

    private func observe(_ event: Program.ImportEvent) {
        // Going on is the replay's own affair: it asks the program, as the host does.
        if event.name == "frond.switch" { return }
        guard let result = event.result else {
            before = Array(event.memory)
            return
        }
        calls.append(Call(result: result, writes: changes(event.memory)))
    }

    private func isEqual(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer, _ range: Range<Int>) -> Bool {
        guard let left = left.baseAddress, let right = right.baseAddress else { return true }
        return memcmp(left + range.lowerBound, right + range.lowerBound, range.count) == 0
    }

    /// Stretches of 64 bytes that differ, joined where they touch.
    private func changes(_ memory: UnsafeRawBufferPointer) -> [(address: Int, bytes: [UInt8])] {
        let size = 64
        var found: [Range<Int>] = []
        before.withUnsafeBytes { old in
            var at = 0
            while at < memory.count {
                let end = min(at + size, memory.count)
                if end > old.count || !isEqual(old, memory, at..<end) {
                    if let last = found.last, last.upperBound == at {
                        found[found.count - 1] = last.lowerBound..<end
                    } else {
                        found.append(at..<end)
                    }
                }
                at = end
            }
        }
        return found.map { ($0.lowerBound, Array(memory[$0])) }
    }
}
