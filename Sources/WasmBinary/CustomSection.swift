/// A custom section: a name and bytes. See `NameSection` and `DylinkSection` for the ones that Frond understands.
public struct CustomSection: Equatable, Sendable {
    /// Its name.
    public var name: String
    /// What follows the name.
    public var contents: Bytes
    /// The section after which it stands; `.custom` means before all others.
    public var after: SectionIdentifier

    /// A custom section.
    public init(name: String, contents: Bytes, after: SectionIdentifier = .data) {
        self.name = name
        self.contents = contents
        self.after = after
    }
}

extension Module {
    /// The first custom section of a name.
    public func customSection(_ name: String) -> CustomSection? {
        customSections.first { $0.name == name }
    }
}
