import Foundation
import ReferenceRuntime
import Testing
import WasmBinary

/// Python in the reference runtime: needs a kit (`FROND_KIT`) and a files image (`FROND_TEST_IMAGE`) with the standard
/// library; skipped where they are not.
@Suite("Python in the reference runtime", .enabled(if: PythonProgram.isThere))
struct ProgramTests {
    @Test func hello() throws {
        let run = try PythonProgram.run("print('hello')")
        #expect(run.output == "hello\n")
        #expect(run.status == 0)
    }

    @Test func sleepingTakesNoTime() throws {
        let clock = ContinuousClock()
        let start = clock.now
        let run = try PythonProgram.run(
            "import time; a = time.monotonic(); time.sleep(1000); print(time.monotonic() - a >= 1000)")
        #expect(run.output == "True\n")
        #expect(clock.now - start < .seconds(120))
    }

    @Test func threadsSwitch() throws {
        let run = try PythonProgram.run(
            """
            import threading, queue
            q = queue.Queue()
            t = threading.Thread(target=lambda: [q.put(i) for i in range(3)]); t.start()
            print([q.get() for _ in range(3)]); t.join()
            """)
        #expect(run.output == "[0, 1, 2]\n")
    }

    @Test func sockets() throws {
        let run = try PythonProgram.run(
            """
            import socket, threading
            s = socket.create_server(('127.0.0.1', 0))
            def serve():
                c, _ = s.accept()
                c.sendall(c.recv(10).upper()); c.close()
            t = threading.Thread(target=serve); t.start()
            c = socket.create_connection(s.getsockname()); c.sendall(b'hello'); print(c.recv(10)); t.join()
            """)
        #expect(run.output == "b'HELLO'\n")
    }

    @Test func exitStatusAndStandardError() throws {
        let run = try PythonProgram.run("import sys; print('no', file=sys.stderr); sys.exit(3)")
        #expect(run.status == 3)
        #expect(run.errors == "no\n")
    }

    @Test func deadlockIsReported() throws {
        let run = try PythonProgram.run("import os; r, w = os.pipe(); os.read(r, 1)")
        #expect(run.status == 134)
        #expect(run.errors.contains("deadlock"))
    }

    @Test func requestFromOutside() throws {
        var connection: HostConnection?
        var answer: [UInt8] = []
        let run = try PythonProgram.run(
            """
            import http.server
            class H(http.server.BaseHTTPRequestHandler):
                def do_GET(self):
                    self.send_response(200); self.end_headers(); self.wfile.write(b'hi ' + self.path.encode())
                def log_message(self, *a): pass
            http.server.HTTPServer(('127.0.0.1', 8000), H).handle_request()
            """,
            idle: { program in
                if let connection {
                    let bytes = connection.receive()
                    answer += bytes
                    return !bytes.isEmpty
                }
                connection = program.connect(port: 8000)
                _ = connection?.send(Array("GET /x HTTP/1.0\r\n\r\n".utf8))
                return connection != nil
            })
        answer += connection?.receive() ?? []
        #expect(run.status == 0)
        let text = String(decoding: answer, as: UTF8.self)
        #expect(text.hasPrefix("HTTP/1.0 200 OK"))
        #expect(text.hasSuffix("hi /x"))
    }

    @Test func twoRunsHaveTheSameTrace() throws {
        let program = "import random, os, time; print(random.random(), os.urandom(4), time.time())"
        let first = try PythonProgram.run(program)
        let second = try PythonProgram.run(program)
        #expect(first.trace == second.trace)
        #expect(first.trace.count > 100)
    }
}

enum PythonProgram {
    struct Run {
        var status: Int32
        var output: String
        var errors: String
        var trace: [String]
    }

    private static let environment = ProcessInfo.processInfo.environment
    private static let wasm = environment["FROND_KIT"].map {
        URL(fileURLWithPath: $0).appendingPathComponent("python.wasm")
    }
    private static let image = environment["FROND_TEST_IMAGE"].map { URL(fileURLWithPath: $0) }

    static var isThere: Bool {
        guard let wasm, let image else { return false }
        return FileManager.default.fileExists(atPath: wasm.path) && FileManager.default.fileExists(atPath: image.path)
    }

    static func run(_ code: String, idle: ((Program) -> Bool)? = nil) throws -> Run {
        guard let wasm, let image else { return Run(status: -1, output: "", errors: "", trace: []) }
        var options = Program.Options()
        options.arguments = ["python3", "-c", code]
        options.idle = idle
        var output: [Int: [UInt8]] = [:]
        var trace: [String] = []
        options.output = { output[$0, default: []] += $1 }
        options.trace = { trace.append($0) }
        let program = try Program(
            Bytes(Data(contentsOf: wasm)), image: FileImage(Bytes(Data(contentsOf: image))), options: options)
        let status = program.run()
        return Run(
            status: status, output: String(decoding: output[1] ?? [], as: UTF8.self),
            errors: String(decoding: output[2] ?? [], as: UTF8.self), trace: trace)
    }
}
