/// Which of an origin's stored files belong to an app: those of its name at its place.
///
/// Two sites of one origin (`/one/`, `/two/`) keep their files apart, and so do two apps that were at one place after each
/// other. A new version of an app finds the files of the old one.
struct StorageName {
    let app: AppDescription
    let base: BasePath

    /// A name that is good for one folder: letters, digits, `-`, `_` and `.` stay, other bytes are `~` and two digits.
    var folder: String {
        (base.description + app.name).utf8.map { byte in
            let isPlain =
                (97...122).contains(byte) || (65...90).contains(byte) || (48...57).contains(byte)
                || [45, 46, 95].contains(byte)
            if isPlain { return String(UnicodeScalar(byte)) }
            let digits = String(byte, radix: 16)
            return "~" + (digits.count == 1 ? "0" : "") + digits
        }.joined()
    }

    /// What the page needs to know.
    var configuration: JSONText {
        .object([("name", .text(folder)), ("paths", .list(app.persist.map(JSONText.text)))])
    }
}
