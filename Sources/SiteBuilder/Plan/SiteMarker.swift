import Foundation

/// How a folder is recognised as one that Frond made and may replace: its `frond.json` says so.
package enum SiteMarker {
    /// The manifest's name in a site.
    package static let fileName = "frond.json"
    /// What its field `format` says.
    package static let format = "frond-site"

    /// Whether a folder is a site that Frond made.
    package static func isSite(_ folder: URL) -> Bool {
        let file = folder.appending(path: fileName)
        guard let data = try? Data(contentsOf: file),
            let object = try? JSONSerialization.jsonObject(with: data) as? [String: Any]
        else { return false }
        return object["format"] as? String == format
    }
}
