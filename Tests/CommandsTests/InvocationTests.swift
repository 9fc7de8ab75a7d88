import Commands
import Support
import Testing

@Suite struct InvocationTests {
    @Test(arguments: [
        (["app"], Invocation.Target.app("app"), [String](), [String]()),
        (["app", "--port", "80", "-c"], .app("app"), [], ["--port", "80", "-c"]),
        (["-u", "-X", "dev", "app", "x"], .app("app"), ["-u", "-X", "dev"], ["x"]),
        (["-Werror", "-c", "print(1)", "-m"], .code("print(1)"), ["-Werror"], ["-m"]),
        (["-mpkg", "-"], .module("pkg"), [], ["-"]),
        (["-um", "pkg"], .module("pkg"), ["-u"], []),
        (["-", "a"], .standardInput, [], ["a"]),
        (["--", "app"], .app("app"), [], []),
        (["-OO", "app"], .app("app"), ["-OO"], []),
    ])
    func readsWhatPythonReads(
        words: [String], target: Invocation.Target, options: [String], arguments: [String]
    ) throws {
        let invocation = try Invocation(words)
        #expect(invocation.target == target)
        #expect(invocation.options == options)
        #expect(invocation.arguments == arguments)
    }

    @Test(arguments: [[], ["-u"], ["-c"], ["-m"], ["-X"], ["-z", "app"], ["--port", "app"]])
    func refusesTheRest(words: [String]) {
        let error = #expect(throws: Diagnostic.self) { try Invocation(words) }
        #expect(error?.identifier == "run-usage")
        #expect(error?.exitStatus == 2)
    }

    @Test func makesTheInterpretersCommandLine() throws {
        #expect(
            try Invocation(["-u", "app", "x"]).commandLine(["python3", "main.py"]) == ["python3", "-u", "main.py", "x"])
        #expect(try Invocation(["-c", "1", "x"]).commandLine(["python3", "main.py"]) == ["python3", "-c", "1", "x"])
        #expect(try Invocation(["-"]).commandLine([]) == ["python3", "-"])
    }
}
