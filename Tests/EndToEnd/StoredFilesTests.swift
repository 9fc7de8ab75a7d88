import Foundation
import Support
import Testing

extension EndToEnd {
    /// Files that outlive the program, in real browsers and on this machine.
    @Suite(.serialized, .timeLimit(.minutes(5))) struct StoredFilesTests {
        private let app = Workshop.apps.appending(path: "stored")

        /// Files and rows are there after a reload, in both journal modes; what was deleted of the image stays deleted.
        @Test(arguments: Browser.allCases)
        func areThereAfterAReload(browser: Browser) async throws {
            let result = try await browser.open(
                app,
                [
                    .text("start 1"), .type("forget\n"), .text("forgotten"), .reload,
                    .text("start 2"), .reload, .text("start 3"), .screenshot("stored-\(browser)"),
                ])
            #expect(result.text?.contains("seed is gone\nmode delete\nrows 3, ok\nmode wal\nrows 3, ok") == true)
        }

        /// The archive that the page saves can be put back after everything was deleted; a damaged one changes nothing.
        @Test(arguments: Browser.allCases)
        func canBeSavedDeletedAndPutBack(browser: Browser) async throws {
            let control = "document.querySelector('frond-app').storage"
            let result = try await browser.open(
                app,
                [
                    .text("start 1"), .reload, .text("start 2"),
                    .evaluate(
                        """
                        (globalThis.alerts = [], globalThis.alert = (text) => alerts.push(text), globalThis.confirm = () => true,
                        URL.createObjectURL = (blob) => { globalThis.saved = blob; return '#'; }, \(control).save().then(() => 0))
                        """),
                    .until("globalThis.saved?.size > 1000"),
                    .evaluate("\(control).forget().then(() => 0)"), .text("start 1"),
                    .evaluate(
                        """
                        saved.arrayBuffer().then((buffer) => {
                            const bytes = new Uint8Array(buffer);
                            bytes[bytes.length >> 1] ^= 1;
                            return \(control).replaceBy(new Blob([bytes]));
                        }).then(() => alerts.length)
                        """),
                    .text("start 2"),
                    .evaluate("\(control).replaceBy(saved).then(() => alerts.length)"), .text("start 3"),
                    .evaluate("\(control).open().then(() => 0)"), .screenshot("stored-files-\(browser)"),
                ])
            #expect(result.values == [0, 0, 1, 1, 0])
            #expect(result.text?.contains("rows 3, ok\nmode wal\nrows 3, ok") == true)
        }

        /// A second tab says that the first has the files, takes them over when asked to, and the first says so.
        @Test(arguments: Browser.allCases)
        func belongToOneTabAtATime(browser: Browser) async throws {
            let ask = ".document.querySelector('.frond-panel .frond-primary').click()"
            _ = try await browser.open(
                app,
                [
                    .text("start 1"), .evaluate("(globalThis.other = window.open(location.href), 0)"),
                    .until("other.document.body?.innerText.includes('open in another tab')"),
                    .evaluate("(other\(ask), 0)"),
                    .until("other.document.querySelector('frond-app').terminal.text().includes('start 2')"),
                    .until("document.body.innerText.includes('goes on in another tab')"),
                    .screenshot("other-tab-\(browser)"),
                    .evaluate("(other.close(), window\(ask), 0)"), .text("start 3"),
                ])
        }

        /// Without OPFS, without its handles, and without room; storage.mjs serves the site itself.
        @Test(arguments: Browser.allCases)
        func areKeptWithoutOPFSAndFullDisksAreSaid(browser: Browser) async throws {
            let site = try await Sites.shared.site(app)
            let script = Workshop.package.appending(path: "Tests/EndToEnd/storage.mjs")
            try FileManager.default.createDirectory(at: Workshop.screenshots, withIntermediateDirectories: true)
            let picture = Workshop.screenshots.appending(path: "full-\(browser).png")
            let result = try await ChildProcess(
                Workshop.node, [script.path, browser.rawValue, site.path, picture.path]
            ).collect(timeout: .seconds(280))
            #expect(result.status == 0, "\(result.text)\(result.errorText)")
        }

        /// A few of the kills of Tests/Storage/kill.mjs, which does a hundred.
        @Test(arguments: Browser.allCases)
        func surviveThatTheTabIsKilled(browser: Browser) async throws {
            let site = try await Sites.shared.site(Workshop.apps.appending(path: "ledger"))
            let script = Workshop.package.appending(path: "Tests/Storage/kill.mjs")
            let result = try await ChildProcess(
                Workshop.node,
                [script.path, "--site", site.path, "--browser", browser.rawValue, "--kills", "5", "--seed", "2"]
            ).collect(timeout: .seconds(280))
            try result.requireSuccess("kill.mjs")
            #expect(result.text.contains("\"kills\":5,\"tabs\":4,\"browsers\":1,\"lost\":0,\"damaged\":0"))
        }

        /// Under `frond run`, a folder of this machine keeps them.
        @Test func areKeptByFrondRun() async throws {
            try await Workshop.withFolder { folder in
                let kept = folder.appending(path: "kept").path
                for start in 1...2 {
                    let result = try await Workshop.frond(["run", "--persist", kept, app.path], input: "quit\n")
                    try result.requireSuccess("frond run")
                    #expect(result.text.contains("rows \(start), ok"))
                    #expect(result.text.contains("start \(start)"))
                }
                let refused = try await Workshop.frond(["run", "--persist", kept, Workshop.apps.path + "/leave.py"])
                #expect(refused.status == 2)
                #expect(refused.errorText.contains("persist"))
            }
        }
    }
}
