import Foundation

@testable import Evaluation

/// `Fixtures/conlleval_golden.tsv`, written by `tools/reference/conlleval_golden.py`.
struct GoldenFixture {
    struct Pair: Sendable {
        var line: Int
        var gold: [String]
        var predicted: [String]
        var perType: [String: PhraseCounts]
        var strict: PhraseCounts?
        var illFormed: [Int]
    }

    struct Malformed: Error { var line: Int }

    var iob2: [Pair] = []
    var other: [Pair] = []
    var total: [Double] = []
    var text = ""
    var second: [PhraseCounts] = []
    var resampling: [(kind: String, units: Int, replicates: Int, seed: UInt64, values: [Double])] = []

    static let shared = Result { try GoldenFixture() }

    private init() throws {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Fixtures/conlleval_golden.tsv")
        let content = try String(contentsOf: path, encoding: .utf8)
        var tags: [Character: String] = [:]
        for (number, line) in content.split(separator: "\n").enumerated() where !line.hasPrefix("#") {
            let fields = line.split(separator: "\t").map(String.init)
            switch fields[0] {
            case "code": tags[Character(fields[1])] = fields[2]
            case "iob2", "other":
                var pair = Pair(
                    line: number + 1,
                    gold: fields[1].compactMap { tags[$0] },
                    predicted: fields[2].compactMap { tags[$0] },
                    perType: [:],
                    strict: nil,
                    illFormed: []
                )
                guard pair.gold.count == fields[1].count, pair.predicted.count == fields[2].count else {
                    throw Malformed(line: number + 1)
                }
                for entry in fields[3].split(separator: ",") where entry != "-" {
                    let sides = entry.split(separator: "=")
                    pair.perType[String(sides[0])] = try Self.counts(sides[1], line: number + 1)
                }
                if fields[0] == "iob2" {
                    pair.strict = try Self.counts(fields[4], line: number + 1)
                    pair.illFormed = fields[5].split(separator: "/").compactMap { Int($0) }
                    iob2.append(pair)
                } else {
                    other.append(pair)
                }
            case "total": total = fields.dropFirst().compactMap(Double.init)
            case "text": text += fields[1] + "\n"
            case "second":
                second = try fields[1].split(separator: ",").map { try Self.counts($0, line: number + 1) }
            default:
                guard let units = Int(fields[1]), let replicates = Int(fields[2]), let seed = UInt64(fields[3]) else {
                    throw Malformed(line: number + 1)
                }
                resampling.append((fields[0], units, replicates, seed, fields.dropFirst(4).compactMap(Double.init)))
            }
        }
    }

    private static func counts(_ text: some StringProtocol, line: Int) throws -> PhraseCounts {
        let parts = text.split(separator: "/").compactMap { Int($0) }
        guard parts.count == 3 else { throw Malformed(line: line) }
        return PhraseCounts(correct: parts[0], predicted: parts[1], gold: parts[2])
    }
}
