import DevServer
import Foundation
import Support
import Testing

extension EndToEnd {
    /// A program that is a server, seen through its site; web.mjs is what a visitor does.
    @Suite(.serialized, .timeLimit(.minutes(5))) struct WebTests {
        @Test(arguments: Browser.allCases, ["/", "/repo/"])
        func answersEveryRequestOfThePage(browser: Browser, base: String) async throws {
            let app = Workshop.apps.appending(path: "web")
            let name = base == "/" ? "web" : "web-base"
            let site = Workshop.package.appending(path: ".build/sites/\(name)")
            try FileManager.default.createDirectory(at: Workshop.screenshots, withIntermediateDirectories: true)
            try await Workshop.frond(["build", app.path, "-o", site.path, "--base", base, "--fast", "--quiet"])
                .requireSuccess("frond build web")
            let server = DevServer(root: site, options: .init(port: 0, base: base))
            let address = try await server.start()
            let script = Workshop.package.appending(path: "Tests/EndToEnd/web.mjs")
            let picture = Workshop.screenshots.appending(path: "\(name)-\(browser).png")
            let result = try? await ChildProcess(
                Workshop.node, [script.path, browser.rawValue, address.absoluteString, picture.path]
            ).collect(timeout: .seconds(280))
            await server.stop()
            #expect(result?.status == 0, "\(result?.text ?? "no result")\(result?.errorText ?? "")")
        }
    }
}
