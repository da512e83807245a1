import Testing
import sample_world

struct ArgumentsTests {
    @Test func defaultsAreThoseOfTheHelpText() throws {
        #expect(
            try Arguments.parse(["--out", "d"])
                == .sample(
                    output: "d", seed: 7, sizes: [5000, 8000, 600, 600, 2000],
                    languages: ["qaa", "qab", "qac", "qad", "qae", "qaf"]))
    }

    @Test func readsUnitsOfBytes() throws {
        #expect(
            try Arguments.parse(["--stream", "qab", "--bytes", "2G"])
                == .stream(language: "qab", byteCount: 2 << 30, seed: 7))
        #expect(
            try Arguments.parse(["--seed", "9", "--stream", "qab", "--bytes", "12"])
                == .stream(language: "qab", byteCount: 12, seed: 9))
    }

    @Test(arguments: [
        ([], "say where to write with --out DIR, or use --stream; see --help"),
        (["--ouch", "x"], "unknown option '--ouch'; see --help"),
        (["--out"], "--out needs a value"),
        (["--out", "a", "--out", "b"], "--out is given twice"),
        (["--out", "a", "--seed", "x"], "--seed must be a whole number"),
        (["--out", "a", "--dev", "-1"], "--dev must be a number from 0 to 10000000"),
        (["--out", "a", "--languages", "qaa,qzz"], "unknown language 'qzz'; there are qaa, qab, qac, qad, qae, qaf"),
        (["--out", "a", "--languages", "qaa,qaa"], "'qaa' is named twice"),
        (["--out", "a", "--languages", ""], "--languages names no language"),
        (["--out", "a", "--bytes", "1G"], "--bytes goes with --stream only"),
        (["--stream", "qaa"], "--stream needs --bytes, for example --bytes 2G"),
        (["--stream", "qaa", "--bytes", "1T"], "--bytes must be a positive number such as 500M or 2G, at most 2^50"),
        (["--stream", "qaa", "--bytes", "0"], "--bytes must be a positive number such as 500M or 2G, at most 2^50"),
        (
            ["--stream", "qaa", "--bytes", "9999999999G"],
            "--bytes must be a positive number such as 500M or 2G, at most 2^50"
        ),
        (["--stream", "qaa", "--bytes", "1", "--dev", "3"], "--dev does not go with --stream"),
    ])
    func refusesWhatItCannotFollow(arguments: [String], message: String) {
        #expect(throws: SampleWorldError(message: message, exitStatus: 64)) { try Arguments.parse(arguments) }
    }
}

struct TextStreamTests {
    private func bytes(_ code: String, world: World, count: Int) throws -> [UInt8] {
        let profile = try #require(LanguageProfile.profile(of: code))
        var stream = TextStream(lexicon: Lexicon(world: world, profile: profile), templateCount: 64)
        return stream.nextBytes(count)
    }

    @Test func isValidTextAndTheSameForASeed() throws {
        let world = World(seed: 7)
        for code in ["qaa", "qaf"] {
            let first = try bytes(code, world: world, count: 20_000)
            #expect(first.count >= 20_000)
            let text = try #require(String(validating: first, as: UTF8.self))
            #expect(text.split(separator: "\n").count > 20)
            #expect(!text.contains("  ") && !text.contains(" \n") && !text.contains("\n "))
            #expect(try bytes(code, world: world, count: 20_000) == first)
        }
        #expect(try bytes("qaf", world: World(seed: 8), count: 100) != bytes("qaf", world: world, count: 100))
    }
}
