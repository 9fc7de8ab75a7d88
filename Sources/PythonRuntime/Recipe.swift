import ContextShim
import Foundation
import Support

/// What the runtime kit is made of and how: `Recipe/recipe.toml` with its scripts and patches, as values.
///
/// A recipe is data. Its *key* is a hash of every file in the recipe's folder and of the context shim's sources, so equal
/// keys mean equal kits, and any change makes a new one.
public struct Recipe: Sendable {
    /// Versions, by the name of what has them: `python`, `greenlet`, `abi` and every source.
    public let versions: [String: String]
    /// The time stamp of everything in the kit, in seconds since 1970.
    public let epoch: Int
    /// What a build needs on the disk, in bytes.
    public let diskSpace: Int
    /// What compiles.
    let toolchain: ToolchainRequirements
    /// Compiler flags, by name.
    let flags: [String: String]
    /// What is downloaded.
    let sources: [Source]
    /// What is done, in order.
    let steps: [Step]
    /// Where the recipe lies.
    let folder: URL
    /// Where the context shim's sources lie.
    let shim: URL
    /// The hash of all of it.
    public let key: String
    /// The hash of the context shim alone.
    let shimHash: String

    /// A file from outside, pinned by its hash.
    struct Source: Sendable, Equatable {
        let name: String
        let file: String
        let sha256: String
        let version: String
        let licence: String
        let places: [Place]
    }

    /// Where a source can be had.
    enum Place: Sendable, Equatable {
        /// A path below the URI of the machine's own Debian repositories.
        case debian(path: String)
        /// The source distribution of a release in the package index that pip is configured for.
        case index(project: String, version: String)
        /// An address.
        case address(URL)
    }

    /// One step: a script with its inputs.
    struct Step: Sendable, Equatable {
        let name: String
        let title: String
        let script: String
        let sources: [String]
        let flags: [String]
        let files: [String]
        let after: [String]
        let usesShim: Bool
        let resumes: Bool
        let kit: [String]
    }

    /// The programs that the steps call.
    struct ToolchainRequirements: Sendable, Equatable {
        /// The least version of emcc.
        let emscripten: String
        /// The Debian suite of the private root.
        let suite: String
        /// The packages in it.
        let packages: [String]
        let nativeCompiler: String
        let gcCompiler: String
        let python: String
    }

    /// The recipe that comes with this program; `FROND_RECIPE` may name another folder.
    public static func bundled() throws(Diagnostic) -> Recipe {
        let folder = try ResourceFolder.find(
            "Recipe", target: "PythonRuntime", override: "FROND_RECIPE", marker: "recipe.toml")
        return try Recipe(folder: folder, shim: try ContextShim.folder())
    }

    /// Reads the recipe in `folder`, for the shim whose sources are in `shim`.
    public init(folder: URL, shim: URL) throws(Diagnostic) {
        let document = try TOMLDocument(reading: folder.appending(path: "recipe.toml"), name: "recipe.toml")
        let reader = RecipeReader(document: document)
        self = try reader.recipe(folder: folder, shim: shim)
    }

    init(
        versions: [String: String], epoch: Int, diskSpace: Int, toolchain: ToolchainRequirements,
        flags: [String: String],
        sources: [Source], steps: [Step], folder: URL, shim: URL
    ) throws(Diagnostic) {
        self.versions = versions
        self.epoch = epoch
        self.diskSpace = diskSpace
        self.toolchain = toolchain
        self.flags = flags
        self.sources = sources
        self.steps = steps
        self.folder = folder
        self.shim = shim
        shimHash = try FolderHash.of(shim)
        key = String(Hash.sha256("kit 1\n\(try FolderHash.of(folder))\n\(shimHash)\n").prefix(24))
    }

    /// The source called `name`; the reader has checked that there is one.
    func source(_ name: String) -> Source? { sources.first { $0.name == name } }
}

/// One hash for a folder: of the relative paths and contents of all its files, in the order of their paths.
enum FolderHash {
    static func of(_ folder: URL) throws(Diagnostic) -> String {
        let root = folder.resolvingSymlinksInPath().path
        guard let enumerator = FileManager.default.enumerator(atPath: root) else {
            throw Diagnostic(.error, "folder-unreadable", "the folder \(root) can't be read")
        }
        var lines: [String] = []
        for case let path as String in enumerator {
            guard enumerator.fileAttributes?[.type] as? FileAttributeType == .typeRegular else { continue }
            let permissions = (enumerator.fileAttributes?[.posixPermissions] as? Int ?? 0) & 0o111
            // Hidden files are an editor's or the version control's.
            if path.split(separator: "/").contains(where: { $0.hasPrefix(".") }) { continue }
            lines.append("\(path)\t\(permissions != 0)\t\(try Hash.sha256(ofFile: URL(filePath: "\(root)/\(path)")))")
        }
        return Hash.sha256(lines.sorted().joined(separator: "\n"))
    }
}
