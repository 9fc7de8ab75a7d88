import Foundation

/// Numbers as people read them.
public enum Readable {
    /// A size in decimal units: `512 B`, `9.1 MB`.
    public static func bytes(_ count: Int) -> String {
        var value = Double(count)
        var unit = 0
        let units = ["B", "kB", "MB", "GB", "TB"]
        while value >= 999.5, unit < units.count - 1 {
            value /= 1000
            unit += 1
        }
        return (unit == 0 || value >= 99.95 ? fixed(value, 0) : fixed(value, 1)) + " " + units[unit]
    }

    /// A time: `0.4 ms`, `35 ms`, `1.2 s`, `2 min 5 s`, `1 h 2 min`.
    public static func duration(_ duration: Duration) -> String {
        let seconds = duration.inSeconds
        switch seconds {
        case ..<0.001: return fixed(seconds * 1000, 1) + " ms"
        case ..<0.9995: return fixed(seconds * 1000, 0) + " ms"
        case ..<9.95: return fixed(seconds, 1) + " s"
        case ..<59.5: return fixed(seconds, 0) + " s"
        case ..<3570:
            let whole = Int(seconds.rounded())
            return whole % 60 == 0 ? "\(whole / 60) min" : "\(whole / 60) min \(whole % 60) s"
        default:
            let minutes = Int((seconds / 60).rounded())
            return minutes % 60 == 0 ? "\(minutes / 60) h" : "\(minutes / 60) h \(minutes % 60) min"
        }
    }

    /// A count with its noun: `1 file`, `3 files`.
    public static func count(_ count: Int, _ noun: String) -> String {
        "\(count) \(noun)\(count == 1 ? "" : "s")"
    }

    private static func fixed(_ value: Double, _ digits: Int) -> String {
        String(format: "%.\(digits)f", value)
    }
}

extension Duration {
    /// The duration in seconds.
    public var inSeconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) * 1e-18
    }
}
