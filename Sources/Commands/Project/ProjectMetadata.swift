import Support

/// What `[project]` of `pyproject.toml` (or a script's own metadata) says that matters here.
struct ProjectMetadata {
    var name: String?
    /// `[project.scripts]`: a command's name and its `module:function`.
    var scripts: [String: String] = [:]
    private var dependencies: [Requirement] = []
    private var python: VersionRange?
    private var section: TOMLDocument.Section?

    /// Metadata of an app that has none.
    init() {}

    /// Reads `[project]`; its other keys are somebody else's business.
    init(_ section: TOMLDocument.Section) throws(Diagnostic) {
        try self.init(script: section)
        name = try section.string("name")
        scripts = try section.stringTable("scripts") ?? [:]
    }

    /// Reads what a script's metadata may say.
    init(script section: TOMLDocument.Section) throws(Diagnostic) {
        self.section = section
        if let text = try section.string("requires-python") {
            guard let range = VersionRange(text) else {
                throw section.invalid("requires-python", "\"\(text)\" is not a range of versions")
            }
            python = range
        }
        for text in try section.strings("dependencies") ?? [] {
            guard let requirement = Requirement(text) else {
                throw section.invalid("dependencies", "\"\(text)\" is not a requirement")
            }
            dependencies.append(requirement)
        }
    }

    /// Refuses what the runtime can't give.
    ///
    /// - Parameter packages: names and versions of what there is, `python` among them.
    func check(packages: [String: String]) throws(Diagnostic) {
        guard let section else { return }
        if let python, let version = packages["python"], !python.contains(version) {
            throw section.invalid("requires-python", "Frond runs Python \(version), which is not in this range")
        }
        var missing: [String] = []
        for requirement in dependencies {
            guard let version = packages[requirement.name], requirement.name != "python" else {
                missing.append(requirement.name)
                continue
            }
            guard requirement.range.contains(version) else {
                throw section.invalid(
                    "dependencies", "\(requirement.text): the runtime has \(requirement.name) \(version)")
            }
        }
        guard missing.isEmpty else {
            throw .input(
                "dependencies-unsupported",
                "this version of Frond can't install packages yet, and the app needs \(missing.joined(separator: ", "))",
                at: section.location("dependencies"),
                notes: ["built in: " + packages.keys.filter { $0 != "python" }.sorted().joined(separator: ", ")],
                hints: ["pure Python packages can be copied into the app's folder"])
        }
    }
}
