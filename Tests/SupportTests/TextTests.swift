import Foundation
import Support
import Testing

@Suite struct TextTests {
    @Test(arguments: [
        ("tilte", "title"), ("Title", "title"), ("tite", "title"), ("persistt", "persist"), ("on_exit", "on-exit"),
    ])
    func findsTheNameThatWasMeant(typed: String, meant: String) {
        #expect(NearestMatch.of(typed, among: ["entry", "title", "persist", "on-exit"]) == meant)
    }

    @Test func suggestsNothingFarFetched() {
        #expect(NearestMatch.of("banana", among: ["entry", "title"]) == nil)
        #expect(NearestMatch.of("", among: ["entry"]) == nil)
        #expect(NearestMatch.of("x", among: []) == nil)
    }

    @Test(arguments: [("", "", 0), ("a", "", 1), ("ab", "ba", 1), ("kitten", "sitting", 3), ("abc", "abc", 0)])
    func countsEdits(left: String, right: String, distance: Int) {
        #expect(NearestMatch.distance(Array(left), Array(right)) == distance)
        #expect(NearestMatch.distance(Array(right), Array(left)) == distance)
    }

    @Test(arguments: [
        (0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (9_100_000, "9.1 MB"), (999_500, "1.0 MB"), (123_456, "123 kB"),
    ])
    func writesSizes(count: Int, text: String) { #expect(Readable.bytes(count) == text) }

    @Test(arguments: [
        (Duration.microseconds(400), "0.4 ms"), (.milliseconds(35), "35 ms"), (.milliseconds(1230), "1.2 s"),
        (.seconds(42), "42 s"), (.seconds(125), "2 min 5 s"), (.seconds(120), "2 min"), (.seconds(3720), "1 h 2 min"),
    ])
    func writesTimes(duration: Duration, text: String) { #expect(Readable.duration(duration) == text) }

    @Test func hashesLikeEverybodyElse() {
        #expect(
            Hash.sha256("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(
            Hash.integrity(Array("abc".utf8))
                == "sha384-ywB1P0WjXou1oD1pmsZQBycsMqsO3tFjGotgWkP/W+2AhgcroefMI1i67KE0yCWn")
    }

    @Test(arguments: [("a", "a"), ("", "''"), ("it's", "'it'\\''s'"), ("a b", "'a b'"), ("--x=/y", "--x=/y")])
    func quotesForTheShell(word: String, quoted: String) { #expect(shellQuoted(word) == quoted) }

    @Test func ignoresARelativeCacheDirectory() {
        #expect(CacheDirectory(environment: ["XDG_CACHE_HOME": "/c", "HOME": "/h"]).root.path == "/c/frond")
        #expect(CacheDirectory(environment: ["XDG_CACHE_HOME": "c", "HOME": "/h"]).root.path == "/h/.cache/frond")
        #expect(CacheDirectory(environment: ["HOME": "/h"]).kits.path == "/h/.cache/frond/kit")
    }
}
