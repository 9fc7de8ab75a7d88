import Foundation
import Support
import Templates

extension SizeReport {
    /// A page with a treemap of what is sent: one SVG, no script, nothing from elsewhere.
    ///
    /// - Throws: `Diagnostic` when the template can't be read.
    public func page(title: String) throws -> String {
        let template: String
        do {
            template = try SiteTemplates.find().text("report/size.html")
        } catch {
            throw error as? Diagnostic ?? Diagnostic(.error, "templates-unusable", "\(error)")
        }
        return try PageTemplate(name: "size.html", html: template.replacing("{{map}}", with: svg)).substituting([
            "title": title, "total": Readable.bytes(site.brotli), "raw": Readable.bytes(site.size),
            "core": Readable.bytes(pythonCore),
        ]).html
    }

    private static let width = 1200.0
    private static let height = 760.0

    private var svg: String {
        var lines: [String] = []
        draw(site, in: .init(x: 0, y: 0, width: Self.width, height: Self.height), depth: 0, hue: 0, path: [], &lines)
        return lines.joined(separator: "\n")
    }

    /// One rectangle, its label, and what is in it.
    private func draw(
        _ part: Part, in area: Treemap.Rectangle, depth: Int, hue: Int, path: [String], _ lines: inout [String]
    ) {
        guard area.width >= 1, area.height >= 1 else { return }
        let path = depth == 0 ? path : path + [part.name]
        let place =
            "x=\"\(number(area.x))\" y=\"\(number(area.y))\" width=\"\(number(area.width))\" height=\"\(number(area.height))\""
        let size = "\(Readable.bytes(part.brotli)) sent, \(Readable.bytes(part.size)) raw"
        if depth > 0 {
            lines.append("<g><title>\(escaped(path.joined(separator: " › "))): \(size)</title>")
            lines.append("<rect class=\"h\(hue) d\(min(depth, 4))\" \(place)/>")
            if area.width > 46, area.height > 15 {
                let room = Int(area.width / 6.2)
                var label = "\(part.name)  \(Readable.bytes(part.brotli))"
                if label.count > room { label = String(part.name.prefix(max(1, room - 1))) }
                lines.append("<text x=\"\(number(area.x + 4))\" y=\"\(number(area.y + 12))\">\(escaped(label))</text>")
            }
            lines.append("</g>")
        }
        let head = depth == 0 ? 0 : 16.0
        let inner = Treemap.Rectangle(
            x: area.x + 2, y: area.y + head, width: area.width - 4, height: area.height - head - 2)
        guard inner.width > 12, inner.height > 10 else { return }
        let shown = part.parts.filter { $0.brotli > 0 }.sorted { ($0.brotli, $1.name) > ($1.brotli, $0.name) }
        for (index, pair) in zip(shown, Treemap.layout(shown.map { Double($0.brotli) }, in: inner)).enumerated() {
            draw(pair.0, in: pair.1, depth: depth + 1, hue: depth == 0 ? index % 6 : hue, path: path, &lines)
        }
    }

    private func number(_ value: Double) -> String { String(format: "%.1f", value) }

    private func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("{{", with: "{ {")
    }
}
