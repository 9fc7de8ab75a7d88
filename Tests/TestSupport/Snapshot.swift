import Foundation

/// A text that has changed, or is new.
package struct SnapshotDifference: Error, CustomStringConvertible {
    package let description: String
}

/// Compares a text with the file of that name in the folder `Snapshots` beside the test, or with another file;
/// `UPDATE_SNAPSHOTS=1` writes it instead. A snapshot that is not there yet is written, and fails once.
///
/// - Throws: `SnapshotDifference`.
package func expectSnapshot(_ text: String, named name: String, file: URL? = nil, test: String = #filePath) throws {
    let place = file ?? URL(filePath: test).deletingLastPathComponent().appending(path: "Snapshots/\(name)")
    if ProcessInfo.processInfo.environment["UPDATE_SNAPSHOTS"] == "1" {
        return try write(text, to: place)
    }
    guard let expected = try? String(contentsOf: place, encoding: .utf8) else {
        try write(text, to: place)
        throw SnapshotDifference(description: "\(name) was not there; it has been written, look at it")
    }
    guard text != expected else { return }
    let lines = zip(text.split(separator: "\n"), expected.split(separator: "\n")).first { $0 != $1 }
    let difference = lines.map { "\n- \($1)\n+ \($0)" } ?? ", in length"
    throw SnapshotDifference(description: "\(name) differs (UPDATE_SNAPSHOTS=1 accepts the new one)\(difference)")
}

private func write(_ text: String, to place: URL) throws {
    try FileManager.default.createDirectory(at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
    try text.write(to: place, atomically: true, encoding: .utf8)
}
