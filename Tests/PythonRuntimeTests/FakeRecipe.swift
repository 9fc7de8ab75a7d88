import Foundation
import PythonRuntime
import Support

/// A recipe of trivial steps in a temporary folder, with fake tools, so that the driver is tested in milliseconds and
/// without root.
struct FakeRecipe {
    let folder = FileManager.default.temporaryDirectory.appending(path: "frond-recipe-\(UUID().uuidString)")

    var recipe: URL { folder.appending(path: "recipe") }
    var shim: URL { folder.appending(path: "shim") }
    var tools: URL { folder.appending(path: "tools") }
    var sources: URL { folder.appending(path: "sources") }
    var cache: CacheDirectory { CacheDirectory(root: folder.appending(path: "cache")) }

    /// SHA-256 of `hello\n`.
    static let helloHash = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"

    init() throws {
        try write("int f;", to: shim.appending(path: "context.c"))
        try write("hello\n", to: sources.appending(path: "hello.txt"))
        try write(
            "set -eu\ncat \"$SOURCE_HELLO\" > copied\necho one >> \"$STEPS/log\"\n",
            to: recipe.appending(path: "one.sh"))
        try write(
            """
            set -eu
            echo two >> "$STEPS/log"
            echo "${COMPILE_FLAGS%% -ffile*} $(cat "$SHIM/context.c")" > python.wasm
            mkdir -p out/licenses
            echo free > out/licenses/hello.txt
            [ ! -e "$STEPS/fail" ] || { echo "the compiler said no"; exit 3; }

            """, to: recipe.appending(path: "two.sh"))
        try setRecipe()
        for tool in ["make", "patch", "xz", "bzip2", "wasm-tools", "fake-clang", "fake-python"] {
            try write("#!/bin/sh\n", to: tools.appending(path: tool), executable: true)
        }
        try setCompiler(profdata: "$0")
    }

    /// The machine's compiler, and where it says that llvm-profdata is.
    func setCompiler(profdata: String) throws {
        try write(
            """
            #!/bin/sh
            case $1 in
            -print-prog-name=llvm-profdata) echo "\(profdata)" ;;
            *) echo 'emcc (Emscripten) 6.0.5 (x)' ;;
            esac

            """, to: tools.appending(path: "emcc"), executable: true)
    }

    func setRecipe(flags: String = "-O2", hash: String = helloHash, extra: String = "") throws {
        try write(
            """
            [recipe]
            python = "3.14.7"
            greenlet = "3.5.6"
            abi = "test"
            epoch = 1
            disk = 1
            [toolchain]
            emscripten = "5.0.3"
            suite = "none"
            packages = ["nothing"]
            native-compiler = "fake-clang"
            gc-compiler = "fake-clang"
            python = "fake-python"
            [flags]
            compile = "\(flags)"
            [[source]]
            name = "hello"
            file = "hello.txt"
            sha256 = "\(hash)"
            version = "1"
            licence = "MIT"
            places = ["debian:pool/main/h/hello/no-such-file"]
            [[step]]
            name = "one"
            title = "First"
            script = "one.sh"
            sources = ["hello"]
            [[step]]
            name = "two"
            title = "Second"
            script = "two.sh"
            flags = ["compile"]
            shim = true
            after = ["one"]
            kit = ["python.wasm", "licenses"]
            \(extra)
            """, to: recipe.appending(path: "recipe.toml"))
    }

    func write(_ text: String, to file: URL, executable: Bool = false) throws {
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
        if executable { try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path) }
    }

    func load() throws -> Recipe { try Recipe(folder: recipe, shim: shim) }

    /// Builds with the fake tools; the steps' scripts run on this machine.
    func build(sources: URL? = nil) async throws -> RuntimeKit {
        let path = "\(tools.path):\(ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin")"
        return try await KitBuilder(
            recipe: try load(), cache: cache, sources: sources ?? self.sources, environment: ["PATH": path]
        ).build()
    }

    /// Which steps ran, in order.
    var stepsRun: [String] {
        let log = cache.folder("kit-build").appending(path: "steps/log")
        return (try? String(contentsOf: log, encoding: .utf8))?.split(separator: "\n").map(String.init) ?? []
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }
}
