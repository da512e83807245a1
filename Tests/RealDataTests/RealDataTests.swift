import Foundation
import ProgramTesting
import Testing

/// The folder that `NERPIPE_DATA` names (layout: corpora/README.md), or nil.
private let realData = ProcessInfo.processInfo.environment["NERPIPE_DATA"]

/// Real corpora are never part of the project; without them these tests say that they were skipped.
@Suite(.enabled(if: realData != nil, "SKIPPED: set NERPIPE_DATA to run the tests on real corpora"))
struct RealDataTests {
    private func data() throws -> String { try #require(realData) }

    /// A floor far below the measured scores (five seeds, six epochs: English 87.6, Spanish 43.2): it catches a broken
    /// network or a wrong mapping of tags.
    @Test func oneEpochOfEnglishTransfersToSpanish() async throws {
        let folder = try ScratchFolder()
        let data = try data()
        let imported = try await Program.run(
            ["vectors", "import", "\(data)/vectors/eur.vec.zst", "-o", "eur.vectors"], in: folder)
        #expect(imported.status == 0, "\(imported.errors)")
        let trained = try await Program.run(
            [
                "train", "\(data)/ner/conll2003/en/dev.tsv.zst", "--types", "PER,LOC,ORG", "--vectors", "eur.vectors",
                "--epochs", "2", "-o", "en",
            ], in: folder)
        #expect(trained.status == 0, "\(trained.errors)")
        for (file, floor) in [("conll2003/en/test", 60.0), ("conll2002/es/dev", 25.0)] {
            let scored = try await Program.run(
                [
                    "evaluate", "--model", "en", "--types", "PER,LOC,ORG", "--bootstrap", "0", "--json",
                    "\(data)/ner/\(file).tsv.zst",
                ], in: folder)
            let report = try #require(try JSONSerialization.jsonObject(with: Data(scored.output)) as? [String: Any])
            let overall = try #require(report["overall"] as? [String: Any])
            let f1 = try #require(overall["f1"] as? Double)
            #expect(f1 > floor, "\(file)")
        }
    }

    /// Shared data fits the manifests that say what a user's machine should hold.
    @Test func tokensOfARealFileSliceBackToItsBytes() async throws {
        let folder = try ScratchFolder()
        let path = "\(try data())/text/swa/lacuna-news.txt.zst"
        let tokenized = try await Program.shell(
            "nerpipe tokenize --lang sw '\(path)' -q | nerpipe shard cat - > tokens.jsonl; zstd -dcq '\(path)' > text",
            in: folder)
        #expect(tokenized.status == 0, "\(tokenized.errors)")
        let text = try folder.read("text")
        var count = 0
        for line in try folder.text("tokens.jsonl").split(separator: "\n") {
            let sentence = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            let tokens = try #require(sentence["tokens"] as? [String])
            let offsets = try #require(sentence["offsets"] as? [Int])
            for (token, offset) in zip(tokens, offsets) {
                let bytes = Array(token.utf8)
                guard text[offset..<min(text.count, offset + bytes.count)].elementsEqual(bytes) else {
                    Issue.record("token at byte \(offset) does not slice back")
                    return
                }
                count += 1
            }
        }
        #expect(count > 100_000)
    }
}
