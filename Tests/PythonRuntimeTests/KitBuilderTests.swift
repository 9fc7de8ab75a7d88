import Foundation
import PythonRuntime
import Support
import Testing

@Suite struct KitBuilderTests {
    private func identifiers(_ body: () async throws -> Void) async -> [String] {
        do {
            try await body()
            return []
        } catch let error as Diagnostic {
            return [error.identifier]
        } catch let errors as Diagnostics {
            return errors.all.map(\.identifier)
        } catch {
            return ["\(error)"]
        }
    }

    @Test func buildsOnceAndFindsItAgain() async throws {
        let fake = try FakeRecipe()
        defer { fake.remove() }
        let kit = try await fake.build()
        #expect(kit.manifest.versions["python"] == "3.14.7" && kit.manifest.versions["emscripten"] == "6.0.5")
        #expect(kit.manifest.licences == ["hello": "MIT"])
        #expect(try String(contentsOf: kit.module, encoding: .utf8).hasPrefix("-O2 "))
        #expect(FileManager.default.fileExists(atPath: kit.root.appending(path: "licenses/hello.txt").path))
        #expect(fake.stepsRun == ["one", "two"])
        #expect(try await fake.build() == kit)
        #expect(fake.stepsRun == ["one", "two"])
        #expect(KitStore(cache: fake.cache).all() == [kit])
    }

    @Test func aCompilerThatCannotReadProfilesIsNotUsed() async throws {
        let fake = try FakeRecipe()
        defer { fake.remove() }
        try fake.setCompiler(profdata: "llvm-profdata")
        // A private root is made then; the recipe's suite does not exist.
        #expect(await identifiers { _ = try await fake.build() } == ["toolchain-install"])
        #expect(fake.stepsRun.isEmpty)
    }

    @Test func changesRepeatOnlyWhatTheyConcern() async throws {
        let fake = try FakeRecipe()
        defer { fake.remove() }
        let first = try await fake.build()
        try fake.setRecipe(flags: "-O3")
        let second = try await fake.build()
        #expect(first.manifest.key != second.manifest.key && first.manifest.contents != second.manifest.contents)
        #expect(fake.stepsRun == ["one", "two", "two"])
        try fake.write("int g;", to: fake.shim.appending(path: "context.c"))
        _ = try await fake.build()
        #expect(fake.stepsRun == ["one", "two", "two", "two"])
        try fake.write("set -eu\necho one >> \"$STEPS/log\"\n", to: fake.recipe.appending(path: "one.sh"))
        _ = try await fake.build()
        #expect(fake.stepsRun.suffix(2) == ["one", "two"])
    }

    @Test func equalInputsGiveEqualKits() async throws {
        let left = try FakeRecipe()
        let right = try FakeRecipe()
        defer {
            left.remove()
            right.remove()
        }
        let kits = (try await left.build().manifest, try await right.build().manifest)
        #expect(kits.0 == kits.1)
    }

    @Test func aFailedStepSaysWhereItsLogIs() async throws {
        let fake = try FakeRecipe()
        defer { fake.remove() }
        let switchFile = fake.cache.folder("kit-build").appending(path: "steps/fail")
        try fake.write("", to: switchFile)
        do {
            _ = try await fake.build()
            Issue.record("the build should fail")
        } catch let error as Diagnostic {
            #expect(error.identifier == "kit-step-failed")
            #expect(error.notes.contains("the compiler said no"))
            #expect(error.hints[0].contains("logs/two.log"))
        }
        #expect(KitStore(cache: fake.cache).all().isEmpty)
        // The next try goes on from the step that failed.
        try FileManager.default.removeItem(at: switchFile)
        _ = try await fake.build()
        #expect(fake.stepsRun == ["one", "two", "two"])
    }

    @Test func everySourceIsCheckedByItsHash() async throws {
        let fake = try FakeRecipe()
        defer { fake.remove() }
        try fake.write("hell", to: fake.sources.appending(path: "hello.txt"))
        #expect(await identifiers { _ = try await fake.build() } == ["source-unavailable"])
        try fake.write("hello\n", to: fake.cache.folder("sources").appending(path: "hello.txt"))
        _ = try await fake.build()
        #expect(fake.stepsRun == ["one", "two"])
    }

    @Test func aKitThatAStepForgotIsNotMade() async throws {
        let fake = try FakeRecipe()
        defer { fake.remove() }
        try fake.setRecipe(
            extra:
                "[[step]]\nname = \"three\"\ntitle = \"Third\"\nscript = \"one.sh\"\nsources = [\"hello\"]\nkit = [\"abi.json\"]\n"
        )
        #expect(await identifiers { _ = try await fake.build() } == ["kit-step-incomplete"])
        #expect(KitStore(cache: fake.cache).all().isEmpty)
        let left = try FileManager.default.contentsOfDirectory(atPath: fake.cache.kits.path)
        #expect(left.isEmpty)
    }

    @Test func aRecipeEditedMeanwhileMakesNoKit() async throws {
        let fake = try FakeRecipe()
        defer { fake.remove() }
        let shim = fake.shim.appending(path: "context.c").path
        try fake.write(
            "set -eu\necho one >> \"$STEPS/log\"\necho edited >> \(shim)\n", to: fake.recipe.appending(path: "one.sh"))
        #expect(await identifiers { _ = try await fake.build() } == ["kit-recipe-changed"])
        #expect(KitStore(cache: fake.cache).all().isEmpty)
    }

    @Test func cleaningKeepsTheCurrentKit() async throws {
        let fake = try FakeRecipe()
        defer { fake.remove() }
        let old = try await fake.build()
        try fake.setRecipe(flags: "-O3")
        let new = try await fake.build()
        let store = KitStore(cache: fake.cache)
        let removed = try await store.clean(keeping: try fake.load(), everything: false)
        #expect(removed.folders.map(\.lastPathComponent) == [old.manifest.key] && removed.bytes > 0)
        #expect(store.all() == [new])
        _ = try await store.clean(keeping: try fake.load(), everything: true)
        #expect(store.all().isEmpty && fake.stepsRun.isEmpty)
    }

    @Test func saysWhatTheMachineLacks() throws {
        let fake = try FakeRecipe()
        defer { fake.remove() }
        let missing = KitPrerequisites.check(
            recipe: try fake.load(), cache: fake.cache, environment: ["PATH": "/nowhere"])
        #expect(missing.contains { $0.identifier == "kit-needs-mmdebstrap" && !$0.hints.isEmpty })
    }

    @Test func damagedManifestsAreNoKits() async throws {
        let fake = try FakeRecipe()
        defer { fake.remove() }
        let kit = try await fake.build()
        try fake.write("{", to: kit.root.appending(path: "kit.json"))
        #expect(KitStore(cache: fake.cache).kit(key: kit.manifest.key) == nil)
        #expect(await identifiers { _ = try RuntimeKit(root: kit.root) } == ["kit-damaged"])
    }
}

@Suite struct RecipeTests {
    @Test func theBundledRecipeIsWhole() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let recipe = try Recipe(
            folder: root.appending(path: "Sources/PythonRuntime/Recipe"),
            shim: root.appending(path: "Sources/ContextShim/src"))
        #expect(recipe.versions["python"]?.hasPrefix("3.14.") == true)
        #expect(recipe.versions["greenlet"] != nil && recipe.key.count == 24)
    }

    @Test(arguments: [
        ("hello\"]", "other\"]"), ("one.sh", "none.sh"), ("after = [\"one\"]", "after = [\"three\"]"),
        ("flags = [\"compile\"]", "flags = [\"link\"]"), ("name = \"two\"", "name = \"one\""),
        ("debian:", "elsewhere:"),
        ("epoch = 1", "epoch = \"x\""), ("[[step]]", "[step]"), (FakeRecipe.helloHash, "abc"), ("[flags]", "[flag]"),
    ])
    func refusesARecipeThatIsNotWhole(from: String, to: String) throws {
        let fake = try FakeRecipe()
        defer { fake.remove() }
        let file = fake.recipe.appending(path: "recipe.toml")
        let text = try String(contentsOf: file, encoding: .utf8)
        let damaged = text.replacingOccurrences(of: from, with: to)
        #expect(damaged != text)
        try fake.write(damaged, to: file)
        #expect(throws: Diagnostic.self) { _ = try fake.load() }
    }

    @Test func theKeyIsOfEveryFile() throws {
        let fake = try FakeRecipe()
        defer { fake.remove() }
        let key = try fake.load().key
        #expect(try fake.load().key == key)
        try fake.write("int h;", to: fake.shim.appending(path: "more.c"))
        #expect(try fake.load().key != key)
    }
}
