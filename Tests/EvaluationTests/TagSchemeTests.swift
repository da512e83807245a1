import Corpora
import Foundation
import Testing

@testable import Evaluation

/// `Fixtures/tag_schemes.tsv`, written by `tools/reference/tag_schemes.py`.
struct TagSchemeTests {
    @Test func entitiesAreThoseOfSeqevalStrictAndOfConlleval() throws {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Fixtures/tag_schemes.tsv")
        var counts: [String: Int] = [:]
        for line in try String(contentsOf: path, encoding: .utf8).split(separator: "\n") {
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            var types = TypeInventory()
            let tags = fields[1].split(separator: " ").map { types.parse($0) }
            let spans = TagScheme(rawValue: fields[0])?.strictSpans(tags) ?? SpanExtraction.conllevalSpans(tags)
            let found = spans.map { "\(types.names[Int($0.type)])[\($0.start),\($0.end))" }.joined(separator: " ")
            #expect(found == fields[2], "\(fields[0]): \(fields[1])")
            counts[fields[0], default: 0] += 1
        }
        #expect(counts == ["iob1": 150, "iob2": 150, "iobes": 150, "bilou": 150, "conlleval": 150])
    }
}
