import Corpora
import Formats
import Foundation
import NERPipeTesting
import Testing

@testable import Pipelines

/// Whatever the text, `text[start:end]` is the entity, in code points and in bytes.
struct DocumentTextTests {
    static let pieces = [
        "Anna", "Müller", "Jean-Pierre", "Nyerere's", "東京", "محمد", "नरेन्द्र", "e\u{301}a", "😀", "🇰🇪", "👩‍👩‍👧", "\u{FEFF}",
        "\u{200B}",
        " ", "  ", "\t", "\u{A0}", ". ", "! ", "?\"", "\n", "\n\n", "\r\n", "\u{2028}", "\u{85}", "-", "…",
        "\u{10FFFF}", "x",
    ]

    static func text(_ random: inout SeededGenerator, isCut: Bool = false) -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<300 {
            bytes += (pieces.randomElement(using: &random) ?? "").utf8
            if isCut, Int.random(in: 0..<20, using: &random) == 0 {
                bytes += [[0xFF], [0xE2, 0x82], [0xF0, 0x9F], [0xC3]].randomElement(using: &random) ?? []
            }
        }
        return bytes
    }

    /// Batches with random labels.
    static func batches(
        _ bytes: [UInt8], _ name: String, _ random: inout SeededGenerator, blockByteCount: Int,
        _ policy: InvalidTextPolicy = .fail, lineLimit: Int = 1 << 20
    ) throws -> [SentenceBatch] {
        let folder = ScratchFolder()
        let isTolerant = lineLimit < 1 << 20
        let source = TextSource(
            try TextInputs([try folder.write(bytes, as: name)]), blockByteCount: blockByteCount,
            maximumLineByteCount: lineLimit, isTolerant: isTolerant, keepsText: true)
        let stage = TokenizeStage(
            language: "xx", invalidText: policy, maximumSentenceTokenCount: 50, isGiven: false, isTolerant: isTolerant,
            keepsText: true)
        var batches: [SentenceBatch] = []
        while let item = try source.next() {
            guard var batch = try stage.process(item).batch else { continue }
            batch.gold = (0..<batch.tokenCount).map { _ in [0, 1, 2, 2, 3, 4].randomElement(using: &random) ?? 0 }
            batches.append(batch)
        }
        return batches
    }

    struct Found { var document: String, text: String, codePoints: Range<Int>, bytes: Range<Int> }

    static func entities(_ batches: [SentenceBatch]) throws -> [Found] {
        try batches.flatMap { batch in
            try (0..<batch.sentenceCount).flatMap { sentence in
                let first = batch.tokens(ofSentence: sentence).lowerBound
                return try batch.entities(ofSentence: sentence).map { span in
                    let tokens = first + span.tokens.lowerBound..<first + span.tokens.upperBound
                    return Found(
                        document: batch.documentIdentifier(Int(batch.sentenceDocuments[sentence])),
                        text: try #require(batch.documentText(ofTokens: tokens)),
                        codePoints: try #require(span.codePoints), bytes: try #require(span.bytes))
                }
            }
        }
    }

    private func check(_ found: [Found], _ document: [UInt8], _ text: String? = nil) {
        let text = Array((text ?? String(decoding: document, as: UTF8.self)).unicodeScalars)
        #expect(found.count > 20)
        for entity in found {
            var slice = String.UnicodeScalarView()
            slice.append(contentsOf: text[entity.codePoints])
            #expect(Array(String(slice).utf8) == Array(entity.text.utf8))
            #expect(Array(String(decoding: document[entity.bytes], as: UTF8.self).utf8) == Array(entity.text.utf8))
        }
    }

    @Test(arguments: 0..<8)
    func filesOfText(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for size in [1, 200, 1 << 16] {
            for isCut in [false, true] {
                let bytes = (seed % 2 == 0 ? Array("\u{FEFF}".utf8) : []) + Self.text(&random, isCut: isCut)
                check(try Self.entities(Self.batches(bytes, "a.txt", &random, blockByteCount: size, .replace)), bytes)
            }
        }
    }

    /// Lines that are left out, some in pieces, count for those behind them.
    @Test func linesThatAreLeftOut() throws {
        var random = SeededGenerator(seed: 7)
        let long = Array(String(repeating: "é😀", count: 400_000).utf8)
        let bytes =
            Self.text(&random) + [0x0A, 0x61, 0xFF, 0xE2, 0x82, 0x0A] + long + [0xE2, 0x0A] + Self.text(&random)
        check(try Self.entities(Self.batches(bytes, "a.txt", &random, blockByteCount: 500, lineLimit: 6000)), bytes)
    }

    @Test(arguments: 0..<4)
    func linesOfJSON(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let texts = (0..<5).map { _ in String(decoding: Self.text(&random), as: UTF8.self) }
        let lines = try texts.enumerated().map { number, text in
            String(
                decoding: try JSONSerialization.data(withJSONObject: ["id": "\(number)", "text": text]), as: UTF8.self)
        }
        let all = Array((lines.joined(separator: "\n") + "\n").utf8)
        let found = try Self.entities(Self.batches(all, "a.jsonl", &random, blockByteCount: 900))
        for (number, text) in texts.enumerated() {
            check(found.filter { $0.document == "\(number)" }, Array(text.utf8))
        }
    }

    /// An escaped surrogate alone is one code point, and three bytes that are no UTF-8.
    @Test func escapedSurrogates() throws {
        var random = SeededGenerator(seed: 1)
        let batches = try Self.batches(
            Array("{\"text\": \"a \\ud800 b\\nc\"}\n".utf8), "a.jsonl", &random, blockByteCount: 100, .replace)
        let text = try #require(batches.first?.documentText)
        #expect(text.codePoints.first == 0 && text.codePoints.suffix(2) == [4, 6])
    }

    @Test(arguments: [1, 50, 1 << 16])
    func columns(_ size: Int) throws {
        var random = SeededGenerator(seed: 3)
        let words = Self.pieces.filter { word in
            !word.contains { " \t\r\n".unicodeScalars.contains($0.unicodeScalars.first ?? " ") }
        }
        var file = "", text = ""
        for sentence in 0..<30 {
            let tokens = (0..<Int.random(in: 1...9, using: &random)).map { _ in
                words.randomElement(using: &random) ?? ""
            }
            file += tokens.map { "\($0)\tO\n" }.joined() + "\n"
            text += (sentence == 0 ? "" : "\n") + tokens.joined(separator: " ")
        }
        let found = try Self.entities(Self.batches(Array(file.utf8), "a.conll", &random, blockByteCount: size))
        let scalars = Array(text.unicodeScalars)
        #expect(found.count > 20)
        for entity in found {
            var slice = String.UnicodeScalarView()
            slice.append(contentsOf: scalars[entity.codePoints])
            #expect(Array(String(slice).utf8) == Array(entity.text.utf8))
        }
    }
}
