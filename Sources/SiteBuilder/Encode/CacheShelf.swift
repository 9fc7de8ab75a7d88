import Foundation
import Support

/// A folder of results that can be made again, found by key; what was not used for longest goes when it gets too large.
///
/// An entry is a file or a folder whose name is its key. Reading one sets its time to now; writing makes room first. A
/// reader in another process may find an entry gone; it makes it again then.
package struct CacheShelf: Sendable {
    /// The folder; made on the first write.
    package let folder: URL
    /// The most bytes to keep.
    package let limit: Int

    /// Makes a shelf.
    package init(_ folder: URL, limit: Int) {
        self.folder = folder
        self.limit = limit
    }

    /// Where the entry for a key is, whether it exists or not.
    package func place(_ key: String) -> URL { folder.appending(path: key) }

    /// Where the entry for a key is, when it exists; counts as a use.
    package func find(_ key: String) -> URL? {
        let place = place(key)
        return utimensat(AT_FDCWD, place.path, nil, 0) == 0 ? place : nil
    }

    /// The bytes of an entry that is a file.
    package func read(_ key: String) -> [UInt8]? {
        guard let place = find(key), let data = try? Data(contentsOf: place) else { return nil }
        return [UInt8](data)
    }

    /// Keeps a file.
    package func write(_ bytes: [UInt8], as key: String) throws(Diagnostic) {
        makeRoom(for: bytes.count)
        try AtomicFile.write(bytes, to: place(key))
    }

    /// Deletes the entries that were not used for longest until `size` more bytes fit.
    package func makeRoom(for size: Int) {
        let manager = FileManager.default
        let names = (try? manager.contentsOfDirectory(atPath: folder.path)) ?? []
        var entries: [(place: URL, size: Int, used: Date)] = []
        for name in names where !name.hasPrefix(".") {
            let place = folder.appending(path: name)
            guard let attributes = try? manager.attributesOfItem(atPath: place.path) else { continue }
            let used = attributes[.modificationDate] as? Date ?? .distantPast
            entries.append((place, Self.size(of: place, attributes), used))
        }
        var total = entries.reduce(size) { $0 + $1.size }
        for entry in entries.sorted(by: { ($0.used, $0.place.path) < ($1.used, $1.place.path) }) where total > limit {
            try? manager.removeItem(at: entry.place)
            total -= entry.size
        }
    }

    private static func size(of place: URL, _ attributes: [FileAttributeKey: Any]) -> Int {
        guard attributes[.type] as? FileAttributeType == .typeDirectory else { return attributes[.size] as? Int ?? 0 }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: place.path)) ?? []
        return names.reduce(0) { total, name in
            let path = place.appending(path: name).path
            return total + ((try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? Int ?? 0)
        }
    }
}
