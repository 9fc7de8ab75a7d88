/// Where the files of a wheel go, as a value: what pip would write, without writing it.
///
///     pkg/mod.py                        → SITE/pkg/mod.py            (purelib and platlib are one folder here)
///     x.data/scripts/tool               → BIN/tool                   (`#!python` becomes the interpreter's path)
///     x.data/data/share/x.txt           → PREFIX/share/x.txt
///     x.data/headers/x.h                → PREFIX/include/…/NAME/x.h
///     [console_scripts] tool = m:f      → BIN/tool                   (generated)
///     x.dist-info/INSTALLER             → "frond"
public struct Installation: Sendable {
    /// The folders of the interpreter, absolute.
    public struct Scheme: Sendable {
        /// `sys.prefix`, for example `/usr`.
        public var prefix: String
        /// The version as in folder names, for example `python3.14`.
        public var python: String

        /// The scheme of an interpreter under `prefix`.
        public init(prefix: String = "/usr", python: String = "python3.14") {
            self.prefix = prefix
            self.python = python
        }

        /// Pure and platform modules.
        public var sitePackages: String { "\(prefix)/lib/\(python)/site-packages" }
        /// Commands.
        public var scripts: String { "\(prefix)/bin" }
        /// The interpreter itself.
        public var interpreter: String { "\(prefix)/bin/python3" }
        /// C headers.
        public var headers: String { "\(prefix)/include/\(python)" }
    }

    /// One file to write.
    public struct File: Sendable {
        /// The absolute path.
        public let path: String
        /// The bytes.
        public let contents: [UInt8]
        /// Whether it is a command.
        public let isExecutable: Bool
    }

    /// Every file, sorted by path.
    public let files: [File]

    /// What installing `wheel` under `scheme` writes.
    ///
    /// - Throws: `WheelError` when the wheel's data folder or entry points are not understood, or when two files would
    ///   have the same path.
    public init(_ wheel: Wheel, scheme: Scheme = Scheme()) throws(WheelError) {
        let archive = wheel.filename.description
        let dataFolder = wheel.distInfo.dropLast(".dist-info".count) + ".data/"
        var files: [String: File] = [:]

        func add(_ path: String, _ contents: [UInt8], executable: Bool, from entry: String) throws(WheelError) {
            guard files[path] == nil else {
                throw WheelError(
                    .duplicateName, archive: archive, entry: entry, "another file of the wheel goes to \(path) too")
            }
            files[path] = File(path: path, contents: contents, isExecutable: executable)
        }

        for file in wheel.files {
            guard file.path.hasPrefix(dataFolder) else {
                try add(
                    "\(scheme.sitePackages)/\(file.path)", file.contents, executable: file.isExecutable, from: file.path
                )
                continue
            }
            let parts = file.path.dropFirst(dataFolder.count).split(separator: "/", maxSplits: 1)
            guard parts.count == 2 else {
                throw WheelError(
                    .badMetadata, archive: archive, entry: file.path, "it lies directly in the .data folder")
            }
            let rest = parts[1]
            switch parts[0] {
            case "purelib", "platlib":
                try add("\(scheme.sitePackages)/\(rest)", file.contents, executable: file.isExecutable, from: file.path)
            case "scripts":
                let contents = Self.script(file.contents, interpreter: scheme.interpreter)
                try add("\(scheme.scripts)/\(rest)", contents, executable: true, from: file.path)
            case "data":
                try add("\(scheme.prefix)/\(rest)", file.contents, executable: file.isExecutable, from: file.path)
            case "headers":
                try add("\(scheme.headers)/\(wheel.name)/\(rest)", file.contents, executable: false, from: file.path)
            default:
                throw WheelError(
                    .unsupportedFeature, archive: archive, entry: file.path,
                    "the install scheme has no folder “\(parts[0])”")
            }
        }
        let entryPointsPath = "\(wheel.distInfo)/entry_points.txt"
        if let file = wheel.files.first(where: { $0.path == entryPointsPath }) {
            let text = String(decoding: file.contents, as: UTF8.self)
            for command in try EntryPoints(text, archive: archive, path: entryPointsPath).commands {
                let path = "\(scheme.scripts)/\(command.name)"
                let contents = Self.launcher(command, interpreter: scheme.interpreter)
                try add(path, contents, executable: true, from: entryPointsPath)
            }
        }
        files["\(scheme.sitePackages)/\(wheel.distInfo)/INSTALLER"] = File(
            path: "\(scheme.sitePackages)/\(wheel.distInfo)/INSTALLER", contents: Array("frond\n".utf8),
            isExecutable: false)
        self.files = files.values.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    }

    /// A script with its `#!python` line made the interpreter's, as the wheel format asks.
    private static func script(_ contents: [UInt8], interpreter: String) -> [UInt8] {
        let marker = Array("#!python".utf8)
        guard contents.starts(with: marker) else { return contents }
        let rest = contents.drop { $0 != UInt8(ascii: "\n") }
        return Array("#!\(interpreter)".utf8) + rest
    }

    private static func launcher(_ command: EntryPoints.Command, interpreter: String) -> [UInt8] {
        let root = command.attributes.split(separator: ".").first.map(String.init) ?? command.attributes
        return Array(
            """
            #!\(interpreter)
            import sys
            from \(command.module) import \(root)
            if __name__ == "__main__":
                sys.exit(\(command.attributes)())

            """.utf8)
    }
}
