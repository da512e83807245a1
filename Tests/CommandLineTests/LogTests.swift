import Foundation
import ProgramTesting
import Testing

struct LogTests {
    private struct Line: Decodable {
        var time: Int
        var level: String
        var command: String
        var message: String
    }

    private func lines(_ outcome: Outcome) throws -> [Line] {
        try outcome.errorLines.map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
    }

    @Test func logLinesAreJSONWhenAsked() async throws {
        let folder = try await Fixture.folder()
        let size = Fixture.network.joined(separator: " ")
        let update = try lines(
            try await folder.expectSuccess("update scored.zst -o new --epochs 2 --log-format json \(size)"))
        #expect(
            update.count == 3
                && update.allSatisfy { $0.level == "info" && $0.command == "update" && $0.time > 1_500_000_000 })
        #expect(
            Pattern("epoch 1/2: loss *").matches(update[0].message)
                && Pattern("new: done, * updates").matches(update[2].message))
        let failure = try await folder.nerpipe("score --teacher teacher tokens.zst -o new.zst --log-format=json")
        let last = try #require(try lines(failure).last)
        #expect(
            failure.status == 65 && last.level == "error" && last.command == "score"
                && last.message.hasPrefix("tokens.zst: 'score' needs a stream"))
    }

    @Test func quietLeavesOnlyErrors() async throws {
        let folder = try await Fixture.folder()
        #expect(try await folder.expectSuccess("tag -q --model student text.txt").errors.isEmpty)
        #expect(
            try await folder.expectSuccess("tag --model student text.txt -o new.conll").errorLines == [
                "nerpipe tag: embed: 506 tokens found in the table", "nerpipe tag: embed: 60 tokens without a vector",
            ])
        #expect(try await folder.nerpipe("tag -q --model student nowhere").errorLines.count == 1)
    }

    /// `script` gives the pipe a terminal; a stage that waits for slow text is there for some seconds.
    @Test(.enabled(if: Program.exists("script"))) func aPipeHasOneLineOfProgress() async throws {
        let folder = try await Fixture.folder()
        try folder.write(
            "pipe.sh",
            """
            stty cols 80
            (for i in {1..40}; do cat text.txt; done; sleep 5; cat text.txt) | nerpipe tokenize --lang yy --block-bytes 200 \\
              | nerpipe embed --vectors v.vectors -o new.zst
            """)
        let outcome = try await folder.shell("script -qec 'bash pipe.sh' /dev/null > typescript")
        #expect(outcome.status == 0, "\(outcome.errors)")
        let text = try folder.text("typescript")
        let frames = text.components(separatedBy: "\u{1B}[2K\r").filter { $0.contains(" tok/s") }
        #expect(frames.contains { $0.contains("tokenize ") && $0.contains("embed ") }, "\(text)")
        #expect(frames.allSatisfy { $0.count <= 79 && !$0.contains("\n") }, "\(text)")
    }

    @Test func entitiesAreCountedByType() async throws {
        let folder = try await Fixture.folder()
        struct Record: Decodable {
            struct Stage: Decodable { var name: String, entities: [String: Int]? }
            var stages: [Stage]
        }
        func entities(_ command: String, of stage: String) async throws -> [String: Int]? {
            _ = try await folder.expectSuccess("\(command) -q --force --metrics m.jsonl")
            let last = try #require(try folder.text("m.jsonl").split(separator: "\n").last)
            return try JSONDecoder().decode(Record.self, from: Data(last.utf8)).stages.first { $0.name == stage }?
                .entities
        }
        let found = try #require(try await entities("tag --model student text.txt -o new.conll", of: "tag"))
        let tags = try folder.text("new.conll").split(separator: "\n").compactMap {
            $0.split(separator: " ").last ?? $0.split(separator: "\t").last
        }
        for (type, count) in found { #expect(tags.count { $0.hasSuffix("B-\(type)") } == count, "\(type)") }
        #expect(found.values.reduce(0, +) == tags.count { $0.contains("B-") } && !found.isEmpty)
        let scored = try #require(try await entities("score --teacher teacher embedded.zst -o new.zst", of: "score"))
        #expect(!scored.isEmpty && scored.keys.allSatisfy { ["PER", "LOC", "ORG"].contains($0) }, "\(scored)")
        // What a person sees of it.
        let said = try await folder.expectSuccess("tag -v --model student text.txt -o said.conll").errors
        #expect(said.contains("; entities: ") && found.allSatisfy { said.contains("\($0) \($1)") }, "\(said)")
    }

    @Test func metricsAreJSONLines() async throws {
        let folder = try await Fixture.folder()
        for _ in 0..<2 {
            _ = try await folder.expectSuccess(
                "embed -q --vectors v.vectors tokens.zst -o new.zst --force --metrics m.jsonl")
        }
        let records = try folder.text("m.jsonl").split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
        #expect(records.count == 2)  // appended
        let stages = try #require(records.last?["stages"] as? [[String: Any]])
        #expect(stages.map { $0["name"] as? String } == ["read", "embed", "write"])
        #expect(stages.allSatisfy { $0["sentences"] as? Int == 60 && $0["tokens"] as? Int == 566 })
        #expect((stages[1]["notes"] as? [String: Int])?["tokens without a vector"] == 60)
        #expect((records[0]["peakResidentBytes"] as? Int ?? 0) > 1 << 20 && records[0]["seconds"] is Double)
    }
}
