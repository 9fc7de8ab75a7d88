import Commands
import SiteBuilder
import Testing

@Suite struct ServeLineTests {
    @Test func modulesScriptsAndCommands() throws {
        let module = try ServeLine("python -m http.server 8000")
        #expect(module.entry == .module("http.server"))
        #expect(module.arguments == ["8000"])
        let script = try ServeLine("DEBUG=1 A='b c' python3 ./manage.py runserver --noreload")
        #expect(script.entry == .script("manage.py"))
        #expect(script.arguments == ["runserver", "--noreload"])
        #expect(script.environment == ["DEBUG": "1", "A": "b c"])
        let command = try ServeLine("uvicorn main:app --port \"80 00\"")
        guard case .code = command.entry else {
            Issue.record("not a command")
            return
        }
        #expect(command.arguments == ["uvicorn", "main:app", "--port", "80 00"])
    }

    @Test(arguments: ["", "A=1", "python", "python -c pass", "a | b", "a && b", "echo $HOME", "a 'b", "a \\"])
    func refuses(line: String) {
        #expect(throws: ServeLine.Problem.self) { try ServeLine(line) }
    }
}
