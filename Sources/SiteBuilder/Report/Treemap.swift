/// A treemap after Bruls, Huizing and van Wijk: rectangles whose areas are sizes, as square as can be.
///
/// Rows are filled along the shorter side of what is left; a part joins the row as long as the row's worst aspect ratio gets
/// no worse by that.
package enum Treemap {
    package struct Rectangle: Equatable, Sendable {
        package var x: Double
        package var y: Double
        package var width: Double
        package var height: Double

        package init(x: Double, y: Double, width: Double, height: Double) {
            self.x = x
            self.y = y
            self.width = width
            self.height = height
        }

        var shorter: Double { min(width, height) }
    }

    /// A rectangle for each size, in order; sizes must be sorted from large to small.
    package static func layout(_ sizes: [Double], in area: Rectangle) -> [Rectangle] {
        let total = sizes.reduce(0, +)
        guard total > 0, area.width > 0, area.height > 0 else {
            return sizes.map { _ in Rectangle(x: area.x, y: area.y, width: 0, height: 0) }
        }
        let scale = area.width * area.height / total
        let areas = sizes.map { $0 * scale }
        var result: [Rectangle] = []
        var left = area
        var start = 0
        while start < areas.count {
            var end = start + 1
            while end < areas.count, worst(areas[start...end], left.shorter) <= worst(areas[start..<end], left.shorter)
            {
                end += 1
            }
            let row = areas[start..<end]
            let sum = row.reduce(0, +)
            let isUpright = left.width >= left.height
            let thickness = left.shorter > 0 ? sum / left.shorter : 0
            var at = isUpright ? left.y : left.x
            for size in row {
                let length = thickness > 0 ? size / thickness : 0
                result.append(
                    isUpright
                        ? Rectangle(x: left.x, y: at, width: thickness, height: length)
                        : Rectangle(x: at, y: left.y, width: length, height: thickness))
                at += length
            }
            if isUpright {
                left.x += thickness
                left.width = max(0, left.width - thickness)
            } else {
                left.y += thickness
                left.height = max(0, left.height - thickness)
            }
            start = end
        }
        return result
    }

    private static func worst(_ row: ArraySlice<Double>, _ side: Double) -> Double {
        let sum = row.reduce(0, +)
        guard let largest = row.max(), let smallest = row.min(), smallest > 0, sum > 0 else { return .infinity }
        return max(side * side * largest / (sum * sum), sum * sum / (side * side * smallest))
    }
}
