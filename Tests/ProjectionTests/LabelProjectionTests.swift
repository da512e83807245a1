import Corpora
import Diagnostics
import Foundation
import NERPipeTesting
import Testing

@testable import Projection

struct LabelProjectionTests {
    private static let tags = TagSet(types: ["LOC", "PER"])

    /// A tagger of capitals: L... is a place, other capitals are persons, joined when they stand together. What begins
    /// with X is uncertain.
    private static let tagger: LabelProjection.Tagger = { batch in
        var labels: [UInt8] = [], confidences: [Float] = []
        for sentence in 0..<batch.sentenceCount {
            var previous: UInt8 = 0
            for token in batch.tokens(ofSentence: sentence) {
                let text = batch.tokenText(token)
                let isName = text.first?.isUppercase == true
                let first: UInt8 = !isName ? 0 : text.hasPrefix("L") ? 1 : 3
                let label = first > 0 && (previous == first || previous == first + 1) ? first + 1 : first
                labels.append(label)
                confidences.append(text.hasPrefix("X") ? 0.5 : 0.9)
                previous = label
            }
        }
        return (labels, confidences)
    }

    private static func run(
        _ pairs: String, in folder: ScratchFolder, _ change: (inout LabelProjection.Options) -> Void = { _ in }
    ) throws -> (text: String, report: ProjectionReport) {
        try Data(pairs.utf8).write(to: URL(fileURLWithPath: "\(folder.path)/pairs.tsv"))
        var options = LabelProjection.Options(
            paths: ["\(folder.path)/pairs.tsv"], output: "\(folder.path)/out.conll", source: "xx", target: "yy")
        change(&options)
        let report = try LabelProjection(options, tags: tags, tagger: tagger).run()
        return (String(decoding: try Data(contentsOf: URL(fileURLWithPath: options.output)), as: UTF8.self), report)
    }

    private static let words = ["ba", "do", "ki", "lu", "me", "no", "pa", "ri", "so", "tu"]
    private static let names = ["Anan", "Bobo", "Lima", "Loro", "Kiki", "Lulu"]

    /// Sentences of words and names in which no word comes twice.
    private static func sentences(_ count: Int) -> [String] {
        var random = SeededGenerator(seed: 5)
        return (0..<count).map { _ in
            let names = names.shuffled(using: &random).prefix(Int.random(in: 0...3, using: &random))
            let words = words.shuffled(using: &random).prefix(Int.random(in: 3...7, using: &random))
            return (names + words).shuffled(using: &random).joined(separator: " ")
        }
    }

    /// The labels of a sentence that is its own translation are those it had.
    @Test(arguments: [1, 3])
    func identicalSentencesGetTheLabelsOfTheSource(jobs: Int) throws {
        let sentences = Self.sentences(700)
        let (text, report) = try Self.run(sentences.map { "\($0)\t\($0)\n" }.joined(), in: ScratchFolder()) {
            $0.threads = .of(jobs)
        }
        #expect(report.pairs == 700 && report.projected == report.entities && report.entities > 500)
        let written = text.split(separator: "\n\n").map { block in
            block.split(separator: "\n").map { $0.split(separator: "\t").map(String.init) }
        }
        #expect(written.count == report.writtenPairs + report.writtenEntityFreePairs)
        for sentence in written {
            var batch = SentenceBatch()
            batch.appendDocument(identifier: [])
            for token in sentence {
                Array(token[0].utf8).withUnsafeBufferPointer { batch.appendToken($0, offset: 0) }
            }
            batch.endSentence(document: 0)
            #expect(sentence.map { $0[1] } == Self.tagger(batch).labels.map { Self.tags.names[Int($0)] })
        }
    }

    @Test func theBytesDoNotDependOnTheJobs() throws {
        let sentences = Self.sentences(1500)
        let pairs = zip(sentences, sentences.reversed()).map {
            $0.count == $1.count ? "\($0)\t\($0)\n" : "\($0)\t\($1)\n"
        }
        .joined()
        let one = try Self.run(pairs, in: ScratchFolder())
        for jobs in [2, 7] {
            let other = try Self.run(pairs, in: ScratchFolder()) { $0.threads = .of(jobs) }
            #expect(other.text == one.text && other.report == one.report)
        }
        let otherSeed = try Self.run(pairs, in: ScratchFolder()) { $0.seed = 2 }
        #expect(otherSeed.text != one.text)
    }

    /// Sentences with a rejected or an uncertain entity are left out, and those without entities are taken at the rate
    /// of the others.
    @Test func sentencesAreChosen() throws {
        let certain = "Anan ba do\tAnan ba do\n", doubtful = "Xoxo ki lu\tXoxo ki lu\n"
        let lost = "Bobo me no\tbobo me no\n", free = "so tu ri\tso tu ri\n"
        let pairs = String(repeating: certain + doubtful + lost + free, count: 300)
        let (text, report) = try Self.run(pairs, in: ScratchFolder())
        #expect(report.pairs == 1200 && report.entities == 900 && report.projected == 600)
        #expect(report.rejected == [.lostCapital: 300])
        #expect(report.writtenPairs == 300 && report.doubtfulPairs == 300 && report.incompletePairs == 300)
        #expect((70...130).contains(report.writtenEntityFreePairs), "a third of 300")
        #expect(!text.contains("Xoxo") && !text.contains("bobo"))
        #expect(text.hasPrefix("Anan\tB-PER\nba\tO\ndo\tO\n\n"))
        #expect(report.text.hasSuffix("projected-entity rate\t0.6667\n"), "\(report.text)")
        let trusting = try Self.run(pairs, in: ScratchFolder()) { $0.minimumConfidence = 0.5 }
        #expect(trusting.report.writtenPairs == 600 && trusting.report.doubtfulPairs == 0)
        let short = try Self.run(pairs, in: ScratchFolder()) { $0.pairLimit = 10 }
        #expect(short.report.pairs == 10)
    }

    @Test func longPairsAndEmptySidesAreLeftOut() throws {
        let long = (0..<121).map { "w\($0)" }.joined(separator: " ")
        let (_, report) = try Self.run(
            "\(long)\tba\nba\t\(long)\n \tba\n\nba do\tba do\textra\n", in: ScratchFolder())
        #expect(report.pairs == 3 && report.longPairs == 2 && report.entityFreePairs == 1)
    }

    @Test func nothingIsLeftBehind() throws {
        let folder = ScratchFolder()
        #expect(throws: Failure.self) { try Self.run("no tab\n", in: folder) }
        #expect(throws: Failure.self) { try Self.run("\n", in: folder) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["pairs.tsv"])
    }
}
