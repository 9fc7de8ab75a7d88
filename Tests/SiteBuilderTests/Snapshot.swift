import Foundation
import Testing

/// Compares a text with the file of that name in `Snapshots/` (or anywhere in the repository); `UPDATE_SNAPSHOTS=1` writes
/// it instead. A snapshot that is not there yet is written, and fails once.
func expectSnapshot(
    _ text: String, named name: String, file: URL? = nil, sourceLocation: SourceLocation = #_sourceLocation
) throws {
    let place =
        file
        ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Snapshots/\(name)")
    if ProcessInfo.processInfo.environment["UPDATE_SNAPSHOTS"] == "1" {
        try write(text, to: place)
        return
    }
    guard let expected = try? String(contentsOf: place, encoding: .utf8) else {
        try write(text, to: place)
        Issue.record("\(name) was not there; it has been written, look at it", sourceLocation: sourceLocation)
        return
    }
    #expect(text == expected, "UPDATE_SNAPSHOTS=1 accepts the new \(name)", sourceLocation: sourceLocation)
}

private func write(_ text: String, to place: URL) throws {
    try FileManager.default.createDirectory(
        at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
    try text.write(to: place, atomically: true, encoding: .utf8)
}
