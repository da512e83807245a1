import Corpora
import Diagnostics
import Foundation
import Kernels
import Shards
import Teachers
import Testing
import Transformers

/// A piece for each byte; bytes of control characters have none.
private struct BytePieces: WordPieces {
    var digest = "bytes"
    var pieceCount = 37
    let beginIdentifiers: [Int32] = [2]
    let endIdentifiers: [Int32] = [3]
    let unknownIdentifier: Int32 = 4

    func identifiers(ofWord bytes: UnsafeBufferPointer<UInt8>) -> [Int32] {
        bytes.filter { $0 >= 0x20 }.map { Int32($0) % 32 + 5 }
    }
}

struct TransformerTeacherTests {
    private func batch(_ sentences: [[String]]) -> SentenceBatch {
        var batch = SentenceBatch()
        batch.appendDocument(identifier: "d".utf8)
        for sentence in sentences {
            for word in sentence {
                Array(word.utf8).withUnsafeBufferPointer { batch.appendToken($0, offset: 0) }
            }
            batch.endSentence(document: 0)
        }
        return batch
    }

    private func teacher(_ name: String = "bert", pooling: WordPooling = .first) throws -> TransformerTeacher {
        let folder = try Fixture(name).folder
        return try TransformerTeacher(
            TransformerEncoder(folder: folder), path: folder, pieces: BytePieces(), pooling: pooling)
    }

    /// Distributions from the logits of a sequence of pieces, without the teacher; rows of each word are given.
    private func distributions(_ pieces: [Int32], _ words: [Range<Int>], _ pooling: WordPooling) throws -> [[Double]] {
        let encoder = try TransformerEncoder(folder: Fixture("bert").folder)
        let workspace = EncoderWorkspace(encoder.configuration)
        var sequences = EncoderSequences()
        sequences.append(pieces)
        let logits = encoder.forward(sequences, in: workspace).logits
        return words.map { rows in
            let rows = pooling == .first ? rows.prefix(1) : rows
            // In the order O B-LOC I-LOC B-PER I-PER.
            let means = [2, 0, 1, 3, 4].map { column in
                rows.reduce(0) { $0 + Double(logits.from(row: $1).pointer[column]) } / Double(rows.count)
            }
            let powers = means.map { exp($0) }
            return powers.map { $0 / powers.reduce(0, +) }
        }
    }

    @Test(arguments: WordPooling.allCases)
    func wordsGetTheDistributionOfTheirPieces(_ pooling: WordPooling) throws {
        let teacher = try teacher(pooling: pooling)
        #expect(teacher.labels == ["O", "B-LOC", "I-LOC", "B-PER", "I-PER"])
        let scores = try teacher.score(batch([["ab", "c"], ["\u{1}", "dé"]])).probabilities.array.map(Double.init)
        func piece(_ byte: UInt8) -> Int32 { Int32(byte) % 32 + 5 }
        let first = try distributions([2, piece(97), piece(98), piece(99), 3], [1..<3, 3..<4], pooling)
        let second = try distributions(
            [2, 4, piece(100), piece(0xC3), piece(0xA9), 3], [1..<2, 2..<5], pooling)
        for (found, expected) in zip(scores, (first + second).flatMap { $0 }) { #expect(abs(found - expected) < 1e-6) }
        #expect(teacher.counts.wordsWithoutPieces == 1 && teacher.counts.sentences == 2)
        #expect(teacher.counts.notes["words without pieces, shown to the transformer as unknown"] == 1)
    }

    @Test func longSentencesAndWordsAreCountedAndHaveDistributions() throws {
        let teacher = try teacher()
        // 38 pieces are between the special tokens.
        let long = (0..<100).map { "w\($0)" } + [String(repeating: "x", count: 50)]
        let scores = try teacher.score(batch([["a"], long, ["b", "c"]])).probabilities.array
        #expect(scores.count == 104 * 5 && scores.allSatisfy { $0 > 0 && $0 < 1 })
        for row in 0..<104 { #expect(abs(scores[row * 5..<row * 5 + 5].reduce(0, +) - 1) < 1e-5) }
        let counts = teacher.counts
        #expect(counts.longSentences == 1 && counts.windows > 10 && counts.cutWords == 1)
        #expect(counts.notes.values.count { $0 > 0 } == 2)
    }

    @Test func scoresDoNotDependOnTheBatch() throws {
        let teacher = try teacher()
        var generator = SystemRandomNumberGenerator()
        let sentences = (0..<120).map { number in
            (0..<1 + number * 7 % 31).map { _ in String(repeating: "z", count: Int.random(in: 1...5, using: &generator))
            }
        }
        let together = try teacher.score(batch(sentences)).probabilities.array
        let alone = try sentences.flatMap { try teacher.score(batch([$0])).probabilities.array }
        #expect(together.map(\.bitPattern) == alone.map(\.bitPattern))
        #expect(try teacher.score(batch([])).probabilities.count == 0)
    }

    @Test func refusesWhatDoesNotFit() throws {
        let folder = try Fixture("bert").folder
        let encoder = try TransformerEncoder(folder: folder)
        var pieces = BytePieces()
        pieces.pieceCount = 42
        #expect(
            failure { _ = try TransformerTeacher(encoder, path: folder, pieces: pieces) }
                .contains("the tokenizer has 42 pieces, the weights only 41"))
        let vocabulary = StreamHeader(kind: .vocabulary, producer: "x", language: "en", tokenizer: "given")
        let teacher = try teacher()
        #expect(failure { try teacher.requireFit(vocabulary, stream: "s") }.contains("s: holds no sentences"))
        #expect(try self.teacher(pooling: .mean).digests != teacher.digests)
    }
}
