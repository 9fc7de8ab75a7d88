import Testing
import WasmBinary
import WasmLinker

/// What can't be linked is refused with the name of the file and of the feature, and the offset where there is one.
@Suite struct RefusalTests {
    @Test(arguments: [
        ("shared_memory", "threads (shared memory)"), ("memory64", "64-bit memory"),
        ("own_memory", "a memory of its own"),
        ("own_table", "a table of its own"), ("invoke", "JavaScript exceptions (invoke_vi)"),
        ("huge_alignment", "an alignment of more than 64 KiB"),
    ])
    func features(_ name: String, _ feature: String) throws {
        let error = try refusal(name)
        #expect(error.unsupportedFeature?.contains(feature) == true, "\(error)")
    }

    @Test(arguments: [
        ("other_import", "imports elsewhere.f"), ("undefined_data", "nowhere"), ("not_dynamic", "no dylink.0 section"),
        ("needs", "libnothing.so"), ("data_outside", "a data segment lies outside"),
        ("elements_outside", "a table element lies outside"), ("huge_memory", "4294967295 bytes of memory"),
        ("huge_table", "4294967295 table slots"), ("sets_address", "main_data"),
    ])
    func mistakes(_ name: String, _ message: String) throws {
        let error = try refusal(name)
        #expect(error.message.contains(message), "\(error)")
        #expect(error.unsupportedFeature == nil)
    }

    private func refusal(_ name: String) throws -> LinkError {
        let error = try #require(throws: LinkError.self) { try link("refused-\(name)", keep: ["run"]) }
        #expect(error.file == "librefused-\(name).so")
        return error
    }

    @Test func bothKindsOfExceptionHandling() throws {
        let error = try #require(throws: LinkError.self) { try link("legacy", "standard") }
        #expect(error.offset != nil)
        #expect(error.message.contains("liblegacy.so") || error.message.contains("libstandard.so"))
    }

    @Test func samePathTwice() throws {
        #expect(throws: LinkError.self) { try link("a", "a") }
    }

    @Test func truncatedFilesHaveAnOffset() throws {
        let whole = try Fixture.bytes("a")
        for end in stride(from: 1, to: whole.count, by: 7) {
            let input = LinkInput(path: "/cut.so", name: "cut.so", bytes: Bytes(whole.prefix(end)))
            do {
                // Between two sections the rest may be a module in its own right.
                _ = try WasmLinker.link(main: try Fixture.main, libraries: [input])
            } catch let error as LinkError {
                #expect(error.file == "cut.so")
                if let offset = error.offset { #expect(offset <= end) }
            }
        }
    }

    @Test func librariesNeedAPlaceInTheMainModule() throws {
        for name in ["frond_linked_libraries", "__heap_base", "emscripten_get_sbrk_ptr"] {
            var main = try Module.read(try Fixture.main.bytes)
            main.exports.removeAll { $0.name == name }
            main.customSections = []
            let error = try #require(throws: LinkError.self) {
                try WasmLinker.link(
                    main: LinkInput(name: "main", bytes: main.write()), libraries: [try Fixture.library("a")])
            }
            #expect(error.message.contains(name))
        }
    }
}
