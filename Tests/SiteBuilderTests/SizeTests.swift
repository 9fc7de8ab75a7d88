import SiteBuilder
import Testing

@Suite struct SizeTests {
    @Test func treemapFillsItsAreaInProportion() {
        let sizes = [6.0, 6, 4, 3, 2, 2, 1]
        let area = Treemap.Rectangle(x: 0, y: 0, width: 6, height: 4)
        let cells = Treemap.layout(sizes, in: area)
        #expect(cells.count == sizes.count)
        for (cell, size) in zip(cells, sizes) {
            #expect(abs(cell.width * cell.height - size) < 1e-9)
            #expect(cell.x >= -1e-9 && cell.y >= -1e-9)
            #expect(cell.x + cell.width <= 6 + 1e-9 && cell.y + cell.height <= 4 + 1e-9)
        }
        // The paper's own example: the first two share a column of width 3.
        #expect(cells[0] == Treemap.Rectangle(x: 0, y: 0, width: 3, height: 2))
        #expect(cells[1] == Treemap.Rectangle(x: 0, y: 2, width: 3, height: 2))
    }

    @Test func nothingHasNoArea() {
        let cells = Treemap.layout([0, 0], in: .init(x: 0, y: 0, width: 1, height: 1))
        #expect(cells.allSatisfy { $0.width == 0 })
    }
}
