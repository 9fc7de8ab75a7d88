import Foundation
import Support

/// Reads `recipe.toml` and checks that it is whole: every name that it mentions is defined, and steps come after what they
/// need.
struct RecipeReader {
    let document: TOMLDocument

    func recipe(folder: URL, shim: URL) throws(Diagnostic) -> Recipe {
        let root = document.root
        let general = try required(root.section("recipe"), "recipe", in: root)
        let toolchain = try required(root.section("toolchain"), "toolchain", in: root)
        let flags = try required(root.stringTable("flags"), "flags", in: root)
        let sources = try tables("source").map { fields throws(Diagnostic) in try source(fields) }
        let steps = try tables("step").map { fields throws(Diagnostic) in try step(fields) }
        try check(steps, sources: sources, flags: flags, folder: folder)

        var versions: [String: String] = [:]
        for source in sources { versions[source.name] = source.version }
        for name in ["python", "greenlet", "abi"] {
            versions[name] = try required(general.string(name), name, in: general)
        }
        return try Recipe(
            versions: versions,
            epoch: required(general.integer("epoch"), "epoch", in: general),
            diskSpace: required(general.integer("disk"), "disk", in: general) << 20,
            toolchain: .init(
                emscripten: required(toolchain.string("emscripten"), "emscripten", in: toolchain),
                suite: required(toolchain.string("suite"), "suite", in: toolchain),
                packages: required(toolchain.strings("packages"), "packages", in: toolchain),
                nativeCompiler: required(toolchain.string("native-compiler"), "native-compiler", in: toolchain),
                gcCompiler: required(toolchain.string("gc-compiler"), "gc-compiler", in: toolchain),
                python: required(toolchain.string("python"), "python", in: toolchain)),
            flags: flags, sources: sources, steps: steps, folder: folder, shim: shim)
    }

    private func required<Value>(
        _ value: Value?, _ key: String, in section: TOMLDocument.Section
    ) throws(Diagnostic) -> Value {
        guard let value else { throw section.invalid(key, "“\(key)” is missing") }
        return value
    }

    // MARK: Lists of tables

    private typealias Fields = [String: TOMLDocument.Value]

    private func tables(_ key: String) throws(Diagnostic) -> [Fields] {
        guard case .array(let rows)? = document.root.value(key) else { throw invalid(key, "there is no [[\(key)]]") }
        var tables: [Fields] = []
        for row in rows {
            guard case .table(let fields) = row else { throw invalid(key, "it is not a list of tables") }
            tables.append(fields)
        }
        return tables
    }

    private func invalid(_ key: String, _ message: String) -> Diagnostic { document.root.invalid(key, message) }

    private func text(_ fields: Fields, _ key: String, of list: String) throws(Diagnostic) -> String {
        guard case .string(let text)? = fields[key], !text.isEmpty else {
            throw invalid(list, "a [[\(list)]] has no text “\(key)”")
        }
        return text
    }

    private func texts(_ fields: Fields, _ key: String, of list: String) throws(Diagnostic) -> [String] {
        guard let value = fields[key] else { return [] }
        guard case .array(let items) = value else { throw invalid(list, "“\(key)” of a [[\(list)]] is not a list") }
        var texts: [String] = []
        for item in items {
            guard case .string(let text) = item else {
                throw invalid(list, "“\(key)” of a [[\(list)]] has more than texts")
            }
            texts.append(text)
        }
        return texts
    }

    private func flag(_ fields: Fields, _ key: String, of list: String) throws(Diagnostic) -> Bool {
        guard let value = fields[key] else { return false }
        guard case .boolean(let flag) = value else {
            throw invalid(list, "“\(key)” of a [[\(list)]] is not true or false")
        }
        return flag
    }

    private func source(_ fields: Fields) throws(Diagnostic) -> Recipe.Source {
        let name = try text(fields, "name", of: "source")
        let sha256 = try text(fields, "sha256", of: "source")
        guard sha256.count == 64, sha256.allSatisfy({ $0.isHexDigit && !$0.isUppercase }) else {
            throw invalid("source", "the SHA-256 of “\(name)” is not 64 lower-case hexadecimal digits")
        }
        var places: [Recipe.Place] = []
        for place in try texts(fields, "places", of: "source") {
            places.append(try self.place(place, of: name))
        }
        guard !places.isEmpty else { throw invalid("source", "“\(name)” has no places") }
        return Recipe.Source(
            name: name, file: try text(fields, "file", of: "source"), sha256: sha256,
            version: try text(fields, "version", of: "source"), licence: try text(fields, "licence", of: "source"),
            places: places)
    }

    private func place(_ place: String, of source: String) throws(Diagnostic) -> Recipe.Place {
        if place.hasPrefix("debian:") { return .debian(path: String(place.dropFirst("debian:".count))) }
        if place.hasPrefix("pypi:") {
            let parts = place.dropFirst("pypi:".count).split(separator: "=").map(String.init)
            if parts.count == 2 { return .index(project: parts[0], version: parts[1]) }
        }
        if place.hasPrefix("https://"), let url = URL(string: place) { return .address(url) }
        throw invalid("source", "“\(place)” is no place to find “\(source)” at")
    }

    private func step(_ fields: Fields) throws(Diagnostic) -> Recipe.Step {
        Recipe.Step(
            name: try text(fields, "name", of: "step"), title: try text(fields, "title", of: "step"),
            script: try text(fields, "script", of: "step"), sources: try texts(fields, "sources", of: "step"),
            flags: try texts(fields, "flags", of: "step"), files: try texts(fields, "files", of: "step"),
            after: try texts(fields, "after", of: "step"), usesShim: try flag(fields, "shim", of: "step"),
            resumes: try flag(fields, "resumes", of: "step"), kit: try texts(fields, "kit", of: "step"))
    }

    private func check(
        _ steps: [Recipe.Step], sources: [Recipe.Source], flags: [String: String], folder: URL
    ) throws(Diagnostic) {
        var earlier = Set<String>()
        for step in steps {
            func refuse(_ message: String) -> Diagnostic { invalid("step", "step “\(step.name)” \(message)") }
            for name in step.after where !earlier.contains(name) {
                throw refuse("comes after “\(name)”, which is not before it")
            }
            for name in step.sources where !sources.contains(where: { $0.name == name }) {
                throw refuse("uses the source “\(name)”, which is not defined")
            }
            for name in step.flags where flags[name] == nil {
                throw refuse("uses the flags “\(name)”, which are not defined")
            }
            for file in step.files + [step.script]
            where !FileManager.default.fileExists(atPath: folder.appending(path: file).path) {
                throw refuse("uses the file “\(file)”, which is not in the recipe")
            }
            guard earlier.insert(step.name).inserted else { throw refuse("is defined twice") }
        }
    }
}
