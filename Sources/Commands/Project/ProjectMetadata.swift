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

    /// Adds dependencies that stand elsewhere.
    mutating func require(_ requirements: [Requirement]) { dependencies += requirements }

    /// The dependencies, as they were written.
    var requirements: [String] { dependencies.map(\.text) }

    /// Refuses what no packages could mend.
    ///
    /// - Parameter packages: names and versions of what the kit has, `python` among them.
    func check(packages: [String: String]) throws(Diagnostic) {
        guard let section, let python, let version = packages["python"], !python.contains(version) else { return }
        throw section.invalid("requires-python", "Frond runs Python \(version), which is not in this range")
    }

    /// Whether the kit alone has everything that is asked for.
    func isSatisfied(by packages: [String: String]) -> Bool {
        dependencies.allSatisfy { requirement in
            guard requirement.isPlain, let version = packages[requirement.name] else { return false }
            return requirement.range.contains(version)
        }
    }
}
