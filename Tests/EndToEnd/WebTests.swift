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
        func goesOnFromTheSnapshotOfItsSite(browser: Browser) async throws {
            try await Workshop.withFolder { folder in
                let app = folder.appending(path: "web")
                try FileManager.default.copyItem(at: Workshop.apps.appending(path: "web"), to: app)
                let settings = app.appending(path: "pyproject.toml")
                let text = try String(contentsOf: settings, encoding: .utf8)
                try (text + "snapshot = \"site\"\n").write(to: settings, atomically: true, encoding: .utf8)
                let (site, again) = (folder.appending(path: "site"), folder.appending(path: "again"))
                // Another cache, so that the second build takes a snapshot of its own.
                let kit = try await Workshop.frond(["runtime", "path"]).requireSuccess("frond runtime path")
                let other: [String: String?] = [
                    "XDG_CACHE_HOME": folder.appending(path: "cache").path,
                    "FROND_KIT": kit.text.trimmingCharacters(in: .whitespacesAndNewlines),
                ]
                for (output, environment) in [(site, [:]), (again, other)] {
                    try await Workshop.frond(
                        ["build", app.path, "-o", output.path, "--fast", "--split", "--quiet"], environment: environment
                    ).requireSuccess("frond build web")
                }
                let assets = site.appending(path: "assets")
                let names = try FileManager.default.contentsOfDirectory(atPath: assets.path).sorted()
                #expect(names.contains { $0.hasPrefix("snapshot.") })
                #expect(
                    try FileManager.default.contentsOfDirectory(atPath: again.appending(path: "assets").path).sorted()
                        == names)
                let result = try await Visitor.visit(site, script: "snapshots.mjs", in: browser, picture: "snapshots")
                #expect(result.status == 0, "\(result.text)\(result.errorText)")
            }
        }

        @Test(arguments: Browser.allCases)
        func opensWebSocketsOfThePage(browser: Browser) async throws {
            let site = try await Sites.shared.site(Workshop.apps.appending(path: "sockets"))
            let result = try await Visitor.visit(site, script: "sockets.mjs", in: browser, picture: "sockets")
            #expect(result.status == 0, "\(result.text)\(result.errorText)")
        }
    }
}
