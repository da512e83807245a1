import ProgramTesting
import Testing

/// `--precision`: what it changes, and where a reader sees it.
struct PrecisionTests {
    @Test func reducedScoresAreClosePlainlyMarkedAndTheSameForAnyJobs() async throws {
        let folder = try await Fixture.folder()
        let made = try await folder.shell(
            """
            set -e
            nerpipe score -q --teacher teacher --precision reduced -j 1 embedded.zst -o r1.zst
            nerpipe score -q --teacher teacher --precision reduced -j 3 embedded.zst -o r3.zst
            cmp r1.zst r3.zst
            nerpipe shard info r1.zst | grep teachers
            nerpipe shard info scored.zst | grep teachers
            """)
        #expect(made.status == 0, "\(made.errors)")
        let digests = made.text.split(separator: "\n").map { $0.split(separator: " ").last.map(String.init) ?? "" }
        try #require(digests.count == 2)
        #expect(digests[0] == digests[1] + "-int8.2")
        // Labels that fall the same way for nearly all tokens: a tagger of another precision, not another tagger.
        let tag = "tag -q --model teacher --lang yy text.txt --precision"
        let full = try await folder.expectSuccess("\(tag) full").text.split(separator: "\n")
        let reduced = try await folder.expectSuccess("\(tag) reduced").text.split(separator: "\n")
        #expect(full.count == reduced.count)
        let equal = zip(full, reduced).count { $0 == $1 }
        #expect(Double(equal) > 0.98 * Double(full.count))
    }

    @Test func aStudentDoesNotMixPrecisions() async throws {
        let folder = try await Fixture.folder()
        let made = try await folder.shell(
            """
            nerpipe score -q --teacher teacher --precision reduced embedded.zst -o reduced.zst
            cp -r student again
            """)
        #expect(made.status == 0, "\(made.errors)")
        let size = Fixture.network.joined(separator: " ")
        let outcome = try await folder.nerpipe("update reduced.zst -o again --epochs 2 --batch-tokens 60 \(size)")
        #expect(outcome.status == 78)
        #expect(outcome.errors.contains("holds the model of another run"), "\(outcome.errors)")
    }

    @Test func runTakesItFromTheDefinition() async throws {
        let folder = try await Fixture.folder()
        try folder.write(
            "p.yaml",
            """
            inputs: [text.txt]
            stages:
              - tokenize: {lang: yy, block-bytes: 1000}
              - embed: {vectors: v.vectors}
              - score: {teacher: teacher, precision: reduced}
              - update: {output: joined, epochs: 2, batch-tokens: 60, width: 16, convolutions: 1, feature-buckets: 64}
            """)
        let made = try await folder.shell(
            """
            set -e
            nerpipe run -q p.yaml
            nerpipe score -q --teacher teacher --precision reduced embedded.zst \
              | nerpipe update -q -o piped --epochs 2 --batch-tokens 60 \(Fixture.network.joined(separator: " "))
            cmp joined/model.safetensors piped/model.safetensors
            ! cmp -s joined/model.safetensors student/model.safetensors
            """)
        #expect(made.status == 0, "\(made.errors)")
    }

    @Test func anUnknownPrecisionIsNamedWithTheKnownOnes() async throws {
        let folder = try await Fixture.folder()
        let outcome = try await folder.nerpipe("score --teacher teacher --precision half embedded.zst -o x.zst")
        #expect(outcome.status == 64)
        #expect(outcome.errors.contains("full") && outcome.errors.contains("reduced"), "\(outcome.errors)")
    }
}
