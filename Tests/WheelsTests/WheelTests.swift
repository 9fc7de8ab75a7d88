import Crypto
import Foundation
import Testing
import Wheels

@Suite struct WheelTests {
    static let filename = "demo_pkg-1.0-cp314-cp314-pyemscripten_2026_0_wasm32.whl"

    private static func row(_ path: String, _ contents: [UInt8]) -> String {
        let digest = Data(SHA256.hash(data: contents)).base64EncodedString()
            .replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_").replacingOccurrences(
                of: "=", with: "")
        return "\(path),sha256=\(digest),\(contents.count)"
    }

    static let info = "demo_pkg-1.0.dist-info"

    /// A proper wheel with these files.
    static func wheel(
        files: [String: String] = ["demo/__init__.py": "x = 1\n"], wheelVersion: String = "1.0",
        name: String = "Demo.Pkg",
        record: ((inout [String]) -> Void)? = nil
    ) -> [UInt8] {
        var all = files.mapValues { Array($0.utf8) }
        all["\(info)/WHEEL"] = Array("Wheel-Version: \(wheelVersion)\nRoot-Is-Purelib: false\n".utf8)
        all["\(info)/METADATA"] = Array("Metadata-Version: 2.1\nName: \(name)\nVersion: 1.0\n\nText: no field\n".utf8)
        var rows = all.sorted { $0.key < $1.key }.map { row($0.key, $0.value) }
        rows.append("\(info)/RECORD,,")
        record?(&rows)
        all["\(info)/RECORD"] = Array((rows.joined(separator: "\n") + "\n").utf8)
        return ZipBuilder(
            entries: all.sorted { $0.key < $1.key }.map { .init(name: $0.key, contents: $0.value, deflated: true) }
        ).bytes()
    }

    private func kind(_ bytes: [UInt8]) -> WheelError.Kind? {
        do {
            _ = try Installation(Wheel(bytes, filename: Self.filename))
            return nil
        } catch {
            return error.kind
        }
    }

    @Test func opensAndInstalls() throws {
        let files = [
            "demo/__init__.py": "x = 1\n", "demo/_c.cpython-314-wasm32-emscripten.so": "wasm",
            "demo_pkg-1.0.data/scripts/tool": "#!python -E\nprint()\n", "demo_pkg-1.0.data/data/share/d.txt": "d",
            "demo_pkg-1.0.data/headers/d.h": "h", "demo_pkg-1.0.data/purelib/top.py": "t",
            "\(Self.info)/entry_points.txt":
                "[console_scripts]\nrun-demo = demo.cli:App.main [extra]\n[other]\nx = y\n",
        ]
        let wheel = try Wheel(Self.wheel(files: files), filename: Self.filename)
        #expect(wheel.name == "Demo.Pkg")
        #expect(!wheel.isPure)
        let installed = try Installation(wheel)
        let site = "/usr/lib/python3.14/site-packages"
        #expect(
            installed.files.map(\.path) == [
                "/usr/bin/run-demo", "/usr/bin/tool", "/usr/include/python3.14/Demo.Pkg/d.h",
                "\(site)/demo/__init__.py", "\(site)/demo/_c.cpython-314-wasm32-emscripten.so",
                "\(site)/\(Self.info)/INSTALLER", "\(site)/\(Self.info)/METADATA", "\(site)/\(Self.info)/RECORD",
                "\(site)/\(Self.info)/WHEEL", "\(site)/\(Self.info)/entry_points.txt", "\(site)/top.py",
                "/usr/share/d.txt",
            ])
        let launcher = String(decoding: installed.files[0].contents, as: UTF8.self)
        #expect(launcher.contains("from demo.cli import App\n") && launcher.contains("sys.exit(App.main())"))
        #expect(String(decoding: installed.files[1].contents, as: UTF8.self) == "#!/usr/bin/python3\nprint()\n")
    }

    @Test func refusesWhatDoesNotMatchItsRecord() {
        #expect(kind(Self.wheel()) == nil)
        #expect(kind(Self.wheel(record: { $0.removeFirst() })) == .recordMismatch)
        #expect(kind(Self.wheel(record: { $0.append("missing.py,sha256=x,1") })) == .recordMismatch)
        #expect(kind(Self.wheel(record: { $0[0] = "demo/__init__.py,sha256=AAAA,6" })) == .recordMismatch)
        #expect(kind(Self.wheel(record: { $0[0] = "demo/__init__.py,md5=AAAA,6" })) == .recordMismatch)
        #expect(kind(Self.wheel(record: { $0[0] = "demo/__init__.py,," })) == .recordMismatch)
        #expect(
            kind(Self.wheel(record: { $0[0] = Self.row("demo/__init__.py", Array("x = 1\n".utf8)) + "7" }))
                == .recordMismatch)
    }

    @Test func refusesOtherMetadata() {
        #expect(kind(Self.wheel(wheelVersion: "2.0")) == .unsupportedFeature)
        #expect(kind(Self.wheel(name: "other")) == .badMetadata)
        #expect(kind(Self.wheel(files: ["x-1.dist-info/y": "z"])) == .badMetadata)
        #expect(kind(Self.wheel(files: ["demo_pkg-1.0.data/nowhere/y": "z"])) == .unsupportedFeature)
        #expect(
            kind(Self.wheel(files: ["\(Self.info)/entry_points.txt": "[console_scripts]\n../x = a:b\n"]))
                == .badMetadata)
        #expect(
            kind(Self.wheel(files: ["\(Self.info)/entry_points.txt": "[console_scripts]\nx = a:b()\n"])) == .badMetadata
        )
    }

    @Test func takesFilenamesApart() throws {
        let wheel = try WheelFilename("a_b-1.0+local-2x-cp313.cp314-abi3-any.whl")
        #expect(wheel.build?.number == 2 && wheel.build?.suffix == "x")
        #expect(wheel.tags.map(\.description) == ["cp313-abi3-any", "cp314-abi3-any"])
        for bad in [
            "a.whl", "a-1-py3-none-any.zip", "a-1-x-py3-none-any.whl", "a/b-1-py3-none-any.whl", "a--py3-none-any.whl",
        ] {
            #expect(throws: WheelError.self) { _ = try WheelFilename(bad) }
        }
    }

    @Test func choosesByTag() throws {
        let names = [
            "p-1-py3-none-any.whl", "p-1-cp312-abi3-pyemscripten_2026_0_wasm32.whl",
            "p-1-cp314-cp314-pyemscripten_2026_0_wasm32.whl", "p-1-cp314-cp314-manylinux_2_28_x86_64.whl",
            "p-1-2-cp314-cp314-pyemscripten_2026_0_wasm32.whl",
        ]
        let wheels = try names.map { try WheelFilename($0) }
        let order = TagOrder.pyemscripten
        #expect(order.best(of: wheels)?.description == names[4])
        #expect(order.best(of: Array(wheels[..<3]))?.description == names[2])
        #expect(order.best(of: Array(wheels[..<2]))?.description == names[1])
        #expect(order.best(of: [wheels[0], wheels[3]])?.description == names[0])
        #expect(order.best(of: [wheels[3]]) == nil)
        #expect(normalizedDistributionName("Typing_Extensions..x") == "typing-extensions-x")
    }
}
