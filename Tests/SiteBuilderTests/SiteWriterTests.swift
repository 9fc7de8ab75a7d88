import Foundation
import SiteBuilder
import Support
import TestSupport
import Testing

@Suite("Writing a site")
struct SiteWriterTests {
    let folder = try! TemporaryFolder()
    var output: URL { folder.url.appending(path: "out/dist", directoryHint: .isDirectory) }

    private func identifier(_ body: () async throws -> Void) async -> String? {
        do {
            try await body()
            return nil
        } catch {
            return (error as? Diagnostic)?.identifier ?? "\(error)"
        }
    }

    @Test("A site is written whole, and written again over itself")
    func writes() async throws {
        let plan = try SitePlan(SitePlanTests.inputs())
        for _ in 0..<2 {
            try await SiteWriter(output: output).write(plan)
            let present = try folder.contents(of: "out/dist").compactMapValues { $0 }.filter { !$0.value.isEmpty }
            let planned = plan.outputs.filter { !$0.bytes.isEmpty }
            #expect(present == Dictionary(uniqueKeysWithValues: planned.map { ($0.path, Data($0.bytes)) }))
            #expect(try folder.contents(of: "out").keys.allSatisfy { $0.hasPrefix("dist") })
        }
        let other = try SitePlan(SitePlanTests.inputs(attachments: ["CNAME"]))
        try await SiteWriter(output: output).write(other)
        try await SiteWriter(output: output).write(plan)
        #expect(!FileManager.default.fileExists(atPath: output.appending(path: "CNAME").path))
    }

    @Test("A folder that is somebody else's is left alone")
    func refuses() async throws {
        let plan = try SitePlan(SitePlanTests.inputs())
        let writer = SiteWriter(output: output)
        try folder.write(["out/dist/thesis.txt": "years of work"])
        #expect(await identifier { try await writer.write(plan) } == "output-not-ours")
        #expect(try folder.contents(of: "out").keys.sorted() == ["dist", "dist/thesis.txt"])
        try FileManager.default.removeItem(at: output)

        // A site of ours in which somebody keeps something.
        try await writer.write(plan)
        try folder.write(["out/dist/.git/config": "x"])
        #expect(await identifier { try await writer.write(plan) } == "output-not-ours")
        #expect(FileManager.default.fileExists(atPath: output.appending(path: ".git/config").path))

        try folder.write(["file": ""])
        let file = SiteWriter(output: folder.url.appending(path: "file"))
        #expect(await identifier { try await file.write(plan) } == "output-not-a-folder")
        // A manifest that is not ours makes nothing ours.
        try folder.write(["other/frond.json": "{\"format\": \"something\"}"])
        let other = SiteWriter(output: folder.url.appending(path: "other"))
        #expect(await identifier { try await other.write(plan) } == "output-not-ours")
    }

    @Test("An empty folder is filled; a folder that can't be written to is an error")
    func places() async throws {
        let plan = try SitePlan(SitePlanTests.inputs())
        try FileManager.default.createDirectory(at: output, withIntermediateDirectories: true)
        #expect(await identifier { try await SiteWriter(output: output).write(plan) } == nil)
        try folder.write(["plain": ""])
        let below = SiteWriter(output: folder.url.appending(path: "plain/dist"))
        #expect(await identifier { try await below.write(plan) } != nil)
        #expect(try folder.contents().keys.filter { $0.contains("frond-") }.isEmpty)
    }
}
