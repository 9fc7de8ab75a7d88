/// One thing that was looked at, and what came of it.
package struct Finding: Sendable, Encodable, Equatable {
    package enum Outcome: String, Sendable, Encodable { case passed, failed, skipped }

    /// `site` for what is looked at without running anything, else the name of a check.
    package var group: String
    /// What was looked at: `manifest`, `node`, …
    package var name: String
    package var outcome: Outcome
    /// What was seen; in a failure, what is wrong.
    package var detail: String
    package var seconds: Double

    package init(_ group: String, _ name: String, _ outcome: Outcome, _ detail: String, seconds: Double = 0) {
        self.group = group
        self.name = name
        self.outcome = outcome
        self.detail = detail
        self.seconds = (seconds * 1000).rounded() / 1000
    }
}

/// Findings in the formats that people and machines read.
package enum ReportFormat: String, Sendable, CaseIterable {
    /// Lines for people.
    case text
    /// An object with all findings.
    case json
    /// JUnit's XML, which continuous integration systems show.
    case junit
    /// GitHub's workflow commands: failures as annotations.
    case github
}

extension ReportFormat {
    /// The report as text (JSON is encoded by the caller).
    package func text(_ findings: [Finding]) -> String {
        switch self {
        case .text, .json: findings.map(Self.line).joined(separator: "\n")
        case .junit: Self.junit(findings)
        case .github: findings.filter { $0.outcome == .failed }.map(Self.annotation).joined(separator: "\n")
        }
    }

    /// One finding for people.
    package static func line(_ finding: Finding) -> String {
        let mark =
            switch finding.outcome {
            case .passed: "ok     "
            case .failed: "FAILED "
            case .skipped: "skipped"
            }
        return "\(mark)  \(finding.group): \(finding.name): "
            + finding.detail.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\n         ")
    }

    private static func junit(_ findings: [Finding]) -> String {
        var lines = ["<?xml version=\"1.0\" encoding=\"UTF-8\"?>"]
        let failures = findings.count { $0.outcome == .failed }
        let skipped = findings.count { $0.outcome == .skipped }
        lines.append(
            "<testsuite name=\"frond verify\" tests=\"\(findings.count)\" failures=\"\(failures)\" skipped=\"\(skipped)\">"
        )
        for finding in findings {
            let head =
                "  <testcase classname=\"\(xml(finding.group))\" name=\"\(xml(finding.name))\" time=\"\(finding.seconds)\""
            switch finding.outcome {
            case .passed: lines.append(head + "/>")
            case .skipped:
                lines.append(head + "><skipped message=\"\(xml(finding.detail))\"/></testcase>")
            case .failed:
                let first = finding.detail.prefix { $0 != "\n" }
                lines.append(
                    head + "><failure message=\"\(xml(String(first)))\">\(xml(finding.detail))</failure></testcase>")
            }
        }
        return (lines + ["</testsuite>"]).joined(separator: "\n")
    }

    private static func annotation(_ finding: Finding) -> String {
        func escaped(_ text: String) -> String {
            text.replacing("%", with: "%25").replacing("\r", with: "%0D").replacing("\n", with: "%0A")
        }
        let title = escaped("\(finding.group): \(finding.name)").replacing(":", with: "%3A").replacing(",", with: "%2C")
        return "::error title=\(title)::\(escaped(finding.detail))"
    }

    /// Text inside XML; characters that XML does not have become U+FFFD.
    private static func xml(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\n": result += "&#10;"
            case "\t": result += "&#9;"
            case "\u{0}"..."\u{1F}", "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
