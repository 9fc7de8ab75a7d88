import Foundation
import Support
import Testing

extension EndToEnd {
    /// Programs that are servers, seen through their sites; web.mjs, stops.mjs, snapshots.mjs and sockets.mjs are what a visitor does.
    @Suite(.serialized, .timeLimit(.minutes(5))) struct WebTests {
        @Test(arguments: Browser.allCases, ["/", "/repo/"])
        func answersEveryRequestOfThePage(browser: Browser, base: String) async throws {
            let app = Workshop.apps.appending(path: "web")
            let name = base == "/" ? "web" : "web-base"
            let site = Workshop.package.appending(path: ".build/sites/\(name)")
            try await Workshop.frond(["build", app.path, "-o", site.path, "--base", base, "--fast", "--quiet"])
                .requireSuccess("frond build web")
            let result = try await Visitor.visit(site, script: "web.mjs", in: browser, base: base, picture: name)
            #expect(result.status == 0, "\(result.text)\(result.errorText)")
        }

        /// In two parts, so that the second is fetched by a page that has a service worker.
        @Test(arguments: Browser.allCases)
        func losesNothingWhenItsServiceWorkerIsStopped(browser: Browser) async throws {
            let site = try await Sites.shared.site(Workshop.apps.appending(path: "web"), splits: true)
            let result = try await Visitor.visit(site, script: "stops.mjs", in: browser, picture: "stops")
            #expect(result.status == 0, "\(result.text)\(result.errorText)")
        }

        @Test(arguments: Browser.allCases)
        func goesOnFromASnapshotAtTheNextVisit(browser: Browser) async throws {
            let site = try await Sites.shared.site(Workshop.apps.appending(path: "web"), splits: true)
            let result = try await Visitor.visit(site, script: "snapshots.mjs", in: browser, picture: "snapshots")
            #expect(result.status == 0, "\(result.text)\(result.errorText)")
        }

        @Test(arguments: Browser.allCases)
        func opensWebSocketsOfThePage(browser: Browser) async throws {
            let site = try await Sites.shared.site(Workshop.apps.appending(path: "sockets"))
            let result = try await Visitor.visit(site, script: "sockets.mjs", in: browser, picture: "sockets")
            #expect(result.status == 0, "\(result.text)\(result.errorText)")
        }
    }
}
