import Corpora
import Diagnostics
import Evaluation
import NERPipeTesting
import Testing

@testable import Pipelines

@Suite struct GoldCorpusTests {
    static func read(_ texts: [String], mapping: String = "", types: [String]? = nil) throws -> (
        sentences: [[String]], tags: [String], indices: [Int]
    ) {
        let folder = ScratchFolder()
        let paths = try texts.enumerated().map { try folder.write($1, as: "\($0).conll") }
        var result: (sentences: [[String]], tags: [String], indices: [Int]) = ([], [], [])
        let labels = LabelFilter(mapping: try TagMapping(mapping), types: types)
        let corpus = GoldCorpus(files: paths.map { .init(path: $0) }, labels: labels)
        let reader = GoldCorpus.Reader(corpus: corpus)
        while let batch = try reader.next() {
            result.indices.append(batch.sentences.index)
            result.tags += corpus.iob2(batch)
            for sentence in 0..<batch.sentences.sentenceCount {
                result.sentences.append(batch.sentences.tokens(ofSentence: sentence).map(batch.sentences.tokenText))
            }
        }
        return result
    }

    @Test func strayInsideTagsBeginAnEntity() throws {
        let text = "a I-PER\nb I-PER\nc I-LOC\nd O\ne I-LOC\nf B-LOC\ng I-LOC\n\nh I-LOC\n"
        #expect(try Self.read([text]).tags == ["B-PER", "I-PER", "B-LOC", "O", "B-LOC", "B-LOC", "I-LOC", "B-LOC"])
    }

    @Test func entitiesThatGetOneNameStayTwo() throws {
        // MISC disappears; GPE becomes LOC and is still another entity.
        let text = "a B-MISC\nb I-MISC\nc I-LOC\nd I-GPE\ne B-GPE\n"
        #expect(try Self.read([text], mapping: "MISC=O,GPE=LOC").tags == ["O", "O", "B-LOC", "B-LOC", "B-LOC"])
    }

    @Test func typesThatAreNotKeptBecomeOutside() throws {
        let text = "a B-DATE\nb I-DATE\nc B-PER\nd I-DATE\ne I-PER\n"
        #expect(try Self.read([text], types: ["PER"]).tags == ["O", "O", "B-PER", "O", "B-PER"])
        #expect(try Self.read([text], types: []).tags == ["O", "O", "O", "O", "O"])
    }

    @Test func filesFollowOneAnother() throws {
        let read = try Self.read(["a O\n", "b B-PER\n\nc O\n"])
        #expect(
            read.sentences == [["a"], ["b"], ["c"]] && read.tags == ["O", "B-PER", "O"] && read.indices == [1, 2])
    }

    @Test func typesAreFoundAfterMapping() throws {
        let folder = ScratchFolder()
        let path = try folder.write("a B-PER\nb I-MISC\nc B-GPE\n", as: "a.conll")
        let corpus = GoldCorpus(files: [.init(path: path)], labels: try LabelFilter(map: "MISC=O,GPE=LOC", types: nil))
        let found = try corpus.survey().entityCounts
        #expect(found == ["PER": 1, "MISC": 1, "GPE": 1])
        #expect(corpus.labels.renamed(found) == ["PER": 1, "LOC": 1])
    }

    @Test func columnsOfGoldAndPredictionAreCompared() throws {
        let folder = ScratchFolder()
        let path = try folder.write(
            "-DOCSTART- O O\n\na x B-PER B-PER\nb x I-PER I-PER\nc x O B-LOC\n\nd x B-LOC O\n", as: "a.conll")
        let scorer = try GoldCorpus.evaluateColumns([path], labels: LabelFilter()).scorer
        #expect(scorer.sentences.count == 2)
        #expect(scorer.sentenceTotals.map { [$0.correct, $0.predicted, $0.gold] } == [[1, 2, 1], [0, 0, 1]])
        let bad = try folder.write("a B-PER\n", as: "b.conll")
        #expect { try GoldCorpus.evaluateColumns([bad], labels: LabelFilter()) } throws: {
            "\($0)".contains("b.conll:1: 2 columns")
        }
    }
}
