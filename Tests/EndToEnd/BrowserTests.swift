import Foundation
import Support
import Testing

extension EndToEnd {
    /// Built sites in real browsers.
    @Suite(.serialized, .timeLimit(.minutes(5))) struct BrowserTests {
        private func app(_ name: String) -> URL { Workshop.apps.appending(path: name) }

        @Test(arguments: Browser.allCases)
        func printsWhatNativePythonPrints(browser: Browser) async throws {
            let native = try await ChildProcess(Workshop.python, ["-B", "main.py"], in: Workshop.greenlets)
                .collect(timeout: .seconds(60))
            try native.requireSuccess("native Python")
            let result = try await browser.open(
                Workshop.greenlets, [.state("exited"), .screenshot("greenlets-\(browser)")])
            #expect(result.status == 0)
            #expect(result.text.map(trimmed) == trimmed(native.text))
        }

        @Test(arguments: Browser.allCases)
        func usesExtensionModulesOfPublishedWheels(browser: Browser) async throws {
            let headless = try await Workshop.frond(["run", app("extensions").path])
            try headless.requireSuccess("frond run extensions")
            let result = try await browser.open(
                app("extensions"), [.state("exited"), .screenshot("extensions-\(browser)")])
            #expect(result.status == 0)
            #expect(result.text.map(trimmed) == trimmed(headless.text))
        }

        /// While Python sleeps, and while it waits for a line, a counter on the page's main thread goes on.
        @Test(arguments: Browser.allCases)
        func leavesThePageAlive(browser: Browser) async throws {
            let result = try await browser.open(
                app("alive.py"),
                [
                    .text("sleeping"),
                    .evaluate("(globalThis.ticks = 0, setInterval(() => { globalThis.ticks += 1; }, 10), 0)"),
                    .text("name?"), .evaluate("globalThis.ticks"),
                    .pause(milliseconds: 500), .evaluate("globalThis.ticks"),
                    .screenshot("input-\(browser)"),
                    .type("Ada\n"), .state("exited"),
                ])
            try #require(result.values.count == 3)
            let whileSleeping = try #require(result.values[1])
            let whileWaiting = try #require(result.values[2]) - whileSleeping
            // 2 s and 0.5 s of ticks every 10 ms; a blocked page would have none, a busy machine has fewer.
            #expect(whileSleeping > 50)
            #expect(whileWaiting > 12)
            #expect(result.status == 0)
            #expect(result.text.map(trimmed) == "sleeping\nwoke\nname? Ada\nHello, Ada.")
        }

        /// FastAPI, pydantic and SQLAlchemy as the index has them: nothing that they import is compiled in the browser.
        @Test(arguments: Browser.allCases)
        func importsPackagesByteCompiled(browser: Browser) async throws {
            let result = try await browser.open(try Workshop.packagesApp(), [.text("typed: True")], timeout: 180)
            let lines = (result.text ?? "").split(whereSeparator: \.isNewline).map(String.init)
            #expect(Array(lines.prefix(Workshop.packagesOutput.count)) == Workshop.packagesOutput)
        }

        /// Files that no start reads are in a part of the image of their own, which comes later.
        @Test(arguments: Browser.allCases)
        func fetchesTheRestOfItsFiles(browser: Browser) async throws {
            let waiting = try await browser.open(app("late.py"), splits: true, [.state("exited")])
            #expect(
                waiting.text.map(trimmed)
                    == "hsv: (0.0, 1.0, 1)\nsource: 7\nothers went on: True\ndone")
            let now = try await browser.open(app("late-now.py"), splits: true, [.state("exited")])
            #expect(now.text.map(trimmed) == #"b'"""Conversion funct'\#ndone"#)
            let site = try await Sites.shared.site(app("late.py"), splits: true)
            let verified = try await Workshop.frond(["verify", site.path], timeout: .seconds(200))
            #expect(verified.status == 0, "\(verified.text)")
        }

        @Test(arguments: Browser.allCases)
        func endsWithAnException(browser: Browser) async throws {
            let result = try await browser.open(
                app("exception.py"), [.state("exited"), .screenshot("exception-\(browser)")])
            #expect(result.status == 1)
            #expect(result.text?.contains("return 1 // number") == true)
            #expect(result.text?.contains("ZeroDivisionError") == true)
            #expect(result.page?.contains("1") == true)
        }

        @Test(arguments: Browser.allCases)
        func endsWithTheStatusThatItAsksFor(browser: Browser) async throws {
            let result = try await browser.open(app("leave.py"), [.state("exited"), .screenshot("status-\(browser)")])
            #expect(result.status == 3)
            #expect(result.text.map(trimmed) == "about to leave")
            #expect(result.page?.contains("3") == true)
        }

        @Test(arguments: Browser.allCases)
        func endsAnEndlessRecursion(browser: Browser) async throws {
            let result = try await browser.open(
                app("recursion.py"), [.state("exited"), .screenshot("recursion-\(browser)")])
            #expect(result.status == 1)
            #expect(result.text?.contains("through C: RecursionError") == true)
            #expect(result.text?.contains("RecursionError: maximum recursion depth exceeded") == true)
        }

        @Test(arguments: Browser.allCases)
        func endsWithoutMemory(browser: Browser) async throws {
            let result = try await browser.open(
                app("memory.py"), [.state("exited, failed"), .screenshot("memory-\(browser)")], timeout: 90)
            #expect(result.state == "exited")
            #expect(result.status == 1)
            #expect(result.text?.contains("MemoryError") == true)
        }

        @Test(arguments: Browser.allCases)
        func takesControlC(browser: Browser) async throws {
            let result = try await browser.open(
                app("alive.py"), [.text("name?"), .interrupt, .state("exited")])
            #expect(result.status == 130)
            #expect(result.text?.contains("KeyboardInterrupt") == true)
        }

        /// A browser without JSPI is told so before anything large is downloaded.
        @Test(arguments: Browser.allCases)
        func saysWhichBrowsersWork(browser: Browser) async throws {
            let result = try await browser.open(
                Workshop.greenlets,
                [
                    .preload("() => { delete WebAssembly.Suspending; }"), .state("unsupported"),
                    .pause(milliseconds: 300),
                    .evaluate(
                        """
                        performance.getEntriesByType('resource')
                            .filter(({ name }) => /\\.(wasm|img)/.test(name)).length
                        """),
                    .screenshot("unsupported-\(browser)"),
                ])
            #expect(result.values == [0])
            #expect(result.page?.contains("137") == true)
            #expect(result.page?.contains("153") == true)
        }

        private func trimmed(_ text: String) -> String { text.trimmingCharacters(in: .whitespacesAndNewlines) }
    }
}
