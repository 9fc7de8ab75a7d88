import Foundation
import SiteBuilder

/// Recognises what is a web application and no program by itself: nothing would happen if it were run.
///
///     manage.py that mentions Django                    → that project
///     app = Flask(__name__) in main.py, app.py, …       → main:app
///
/// Sources are only read, never run; an object counts when a line at the margin makes it from a class of a framework that the
/// file imports.
struct WebApplication: Equatable {
    /// What is served, as `[tool.frond] app` has it.
    let target: String
    /// How it was recognised, for people.
    let reason: String

    /// Files in which an application usually is, in the order in which they are looked at.
    static let files = ["main.py", "app.py", "wsgi.py", "asgi.py"]

    /// Classes of applications and the packages that they come from.
    private static let classes = [
        "Bottle": "bottle", "FastAPI": "fastapi", "Flask": "flask", "Litestar": "litestar", "Quart": "quart",
        "Starlette": "starlette",
    ]

    /// Sources larger than this are not looked at.
    private static let limit = 1 << 20

    /// Looks in a project's folder.
    static func find(in folder: URL) -> WebApplication? {
        if let source = text(folder.appending(path: "manage.py")), source.contains("django") {
            return WebApplication(target: "manage.py", reason: "manage.py is that of a Django project")
        }
        return files.lazy.compactMap { find(inFile: folder.appending(path: $0)) }.first
    }

    /// Looks in one file.
    static func find(inFile file: URL) -> WebApplication? {
        let name = file.lastPathComponent
        let module = file.deletingPathExtension().lastPathComponent
        guard PythonName.isIdentifier(module[...]), let source = text(file) else { return nil }
        let making = #/([A-Za-z_]\w*)\s*(?::[^=\n]+)?=\s*(?:\w+\.)*([A-Z]\w*)\(/#
        for line in source.split(whereSeparator: \.isNewline) {
            guard let match = line.prefixMatch(of: making), let package = classes[String(match.2)],
                imports(package, source)
            else { continue }
            return WebApplication(
                target: "\(module):\(match.1)", reason: "\(match.1) in \(name) is an application of \(match.2)")
        }
        return nil
    }

    private static func imports(_ package: String, _ source: String) -> Bool {
        source.split(whereSeparator: \.isNewline).contains { line in
            let words = line.split { $0 == " " || $0 == "," || $0 == "." }
            return words.count > 1 && (words[0] == "from" || words[0] == "import") && words[1] == package
        }
    }

    /// What `[tool.frond] app` may be: `manage.py`, `package.module:attribute`, `package.module:function()`.
    static func isTarget(_ text: String) -> Bool {
        if text == "manage.py" { return true }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return false }
        let attribute = parts[1].hasSuffix("()") ? parts[1].dropLast(2) : parts[1]
        return [parts[0], attribute].allSatisfy {
            $0.split(separator: ".", omittingEmptySubsequences: false).allSatisfy(PythonName.isIdentifier)
        }
    }

    private static func text(_ file: URL) -> String? {
        guard let size = try? file.resourceValues(forKeys: [.fileSizeKey, .isRegularFileKey]),
            size.isRegularFile == true, size.fileSize ?? 0 <= limit, let bytes = try? Data(contentsOf: file)
        else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }
}
