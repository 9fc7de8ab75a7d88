import Foundation
import Support

/// What a machine needs for building a kit with a private root.
public enum KitPrerequisites {
    /// What is missing; empty when a kit can be built.
    public static func check(
        recipe: Recipe, cache: CacheDirectory, environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> [Diagnostic] {
        var problems: [Diagnostic] = []
        if geteuid() != 0 {
            problems.append(
                Diagnostic(
                    .error, "kit-needs-root",
                    "building the runtime kit needs root, for a private root with the compiler",
                    hints: [
                        "run `sudo frond runtime build` once, or set FROND_KIT to a kit that was built elsewhere",
                        "or install Emscripten \(recipe.toolchain.emscripten) or newer with \(recipe.toolchain.gcCompiler), "
                            + "\(recipe.toolchain.python), make, patch and wasm-tools on PATH",
                    ]))
        }
        for tool in ["mmdebstrap", "unshare", "chroot", "mount"]
        where ChildProcess.find(tool, environment: environment) == nil {
            problems.append(
                Diagnostic(
                    .error, "kit-needs-\(tool)", "building the runtime kit needs \(tool), which is not on PATH",
                    hints: [
                        tool == "mmdebstrap"
                            ? "apt-get install mmdebstrap" : "apt-get install util-linux coreutils mount"
                    ]))
        }
        if let free = freeSpace(at: cache.root), free < recipe.diskSpace {
            problems.append(
                Diagnostic(
                    .error, "kit-needs-space",
                    "building the runtime kit needs \(Readable.bytes(recipe.diskSpace)) at \(cache.root.path); "
                        + "\(Readable.bytes(free)) are free",
                    hints: ["free some, or put the cache elsewhere with XDG_CACHE_HOME"]))
        }
        return problems
    }

    /// The free bytes of the file system that `folder`, or the first of its parents that exists, is on.
    static func freeSpace(at folder: URL) -> Int? {
        var folder = folder.standardizedFileURL
        while !FileManager.default.fileExists(atPath: folder.path), folder.path != "/" {
            folder = folder.deletingLastPathComponent()
        }
        let attributes = try? FileManager.default.attributesOfFileSystem(forPath: folder.path)
        return (attributes?[.systemFreeSize] as? NSNumber)?.intValue
    }
}
