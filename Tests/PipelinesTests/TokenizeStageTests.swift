import Corpora
import Diagnostics
import Formats
import NERPipeTesting
import Shards
import Testing

@testable import Pipelines

@Suite struct TokenizeStageTests {
    static func stage(_ policy: InvalidTextPolicy = .fail, maximum: Int = 200, isGiven: Bool = false) -> TokenizeStage {
        TokenizeStage(language: "xx", invalidText: policy, maximumSentenceTokenCount: maximum, isGiven: isGiven)
    }

    static func process(_ bytes: [UInt8], name: String = "a.txt", _ stage: TokenizeStage, blockByteCount: Int = 1 << 20)
        throws -> (batches: [SentenceBatch], notes: TokenizeStage.Notes)
    {
        let folder = ScratchFolder()
        let source = TextSource(
            try TextInputs([try folder.write(bytes, as: name)]), blockByteCount: blockByteCount,
            maximumLineByteCount: 1 << 20)
        var batches: [SentenceBatch] = [], notes = TokenizeStage.Notes()
        while let item = try source.next() {
            let result = try stage.process(item)
            if let batch = result.batch { batches.append(batch) }
            notes.splitSentences += result.notes.splitSentences
            notes.replacedSequences += result.notes.replacedSequences
        }
        return (batches, notes)
    }

    static let scripts = [
        "Mwalimu Nyerere alizaliwa Butiama. Alikuwa rais wa kwanza!", "Zoë traf Dr. Müller in Köln. Es regnete.",
        "नरेन्द्र मोदी दिल्ली में हैं। वे बोले।",
        "محمد صلاح يلعب في ليفربول. وُلد في مصر؟", "東京は日本の首都です。大阪も。",
        "Cafe\u{301} \u{1F600} 3.14 3,000,000 http://x.org/a-b it's",
    ]

    @Test func everyTokenSlicesBackToTheFile() throws {
        let text = Array("\u{FEFF}\(Self.scripts.joined(separator: "\n\n"))\r\n".utf8)
        for size in [1, 60, 1 << 20] {
            let (batches, _) = try Self.process(text, Self.stage(), blockByteCount: size)
            var count = 0
            for batch in batches {
                for token in 0..<batch.tokenCount {
                    let bytes = Array(batch.text[batch.textRange(ofToken: token)])
                    let start = Int(batch.tokenOffsets[token])
                    #expect(bytes == Array(text[start..<start + bytes.count]))
                    count += 1
                }
            }
            #expect(count > 40)
            #expect(batches.reduce(0) { $0 + $1.counts.documents } == 1, "a file is one document")
        }
    }

    /// Ill-formed bytes of all kinds between and inside words: with `replace`, tokens without a replacement slice back
    /// to the input as it was, and a replacement stands where the ill-formed bytes stand.
    @Test(arguments: 0..<20)
    func replacedTextKeepsTheOffsetsOfTheInput(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let illFormed: [[UInt8]] = [
            [0xFF], [0xC3], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0x80], [0xF0, 0x9F, 0x98], [0xC0, 0xAF],
        ]
        var bytes: [UInt8] = []
        for _ in 0..<30 {
            switch Int.random(in: 0..<5, using: &random) {
            case 0: bytes += illFormed.randomElement(using: &random) ?? []
            case 1: bytes.append(0x0A)
            case 2: bytes += Array("語é".utf8)
            default: bytes += Array("Wort ".utf8)
            }
        }
        bytes += [0xFF] + Array(" end".utf8)
        #expect(throws: Failure.self) { try Self.process(bytes, Self.stage(.fail)) }
        let (batches, notes) = try Self.process(bytes, Self.stage(.replace))
        #expect(notes.replacedSequences > 0)
        var last = -1
        for batch in batches {
            for token in 0..<batch.tokenCount {
                let text = Array(batch.text[batch.textRange(ofToken: token)])
                let start = Int(batch.tokenOffsets[token])
                #expect(start > last)
                last = start
                if let mark = text.firstRange(of: [0xEF, 0xBF, 0xBD] as [UInt8]) {
                    #expect(Array(text[..<mark.lowerBound]) == Array(bytes[start..<start + mark.lowerBound]))
                    #expect(
                        String(validating: bytes[start..<min(bytes.count, start + text.count)], as: UTF8.self) == nil)
                } else {
                    #expect(text == Array(bytes[start..<start + text.count]), "token at \(start)")
                }
            }
        }
    }

    @Test func illFormedTextIsReportedByLineAndByte() {
        let failure = #expect(throws: Failure.self) {
            try Self.process(Array("good\nbad ".utf8) + [0xFF], Self.stage(.fail))
        }
        #expect(
            failure?.message.contains("a.txt:2: not UTF-8 at byte 9 of the document") == true,
            "\(failure?.message ?? "")")
    }

    @Test func jsonLinesAreDocumentsOfTheirOwn() throws {
        let lines = #"{"id":"x","text":"Zoë lebt.\nIn Köln."}"# + "\n\n" + #"{"text":"Zwei"}"# + "\n"
        let (batches, _) = try Self.process(Array(lines.utf8), name: "a.jsonl", Self.stage())
        let batch = try #require(batches.first)
        #expect(
            batch.documentCount == 2 && batch.documentIdentifier(0) == "x"
                && batch.documentIdentifier(1).hasSuffix("a.jsonl#3"))
        let text = Array("Zoë lebt.\nIn Köln.".utf8)
        for token in 0..<batch.tokens(ofSentence: batch.sentenceCount - 2).upperBound {
            let bytes = Array(batch.text[batch.textRange(ofToken: token)]), start = Int(batch.tokenOffsets[token])
            #expect(bytes == Array(text[start..<start + bytes.count]))
        }
        #expect {
            try Self.process(Array("{\"text\":\"a\"}\n{\"txt\":1}\n".utf8), name: "a.jsonl", Self.stage())
        } throws: { "\($0)".contains("a.jsonl:2: key \"text\" is missing") }
    }

    @Test func longSentencesAreSplitAndCounted() throws {
        let text = (0..<50).map { "wort\($0)" }.joined(separator: " ")
        let (batches, notes) = try Self.process(Array(text.utf8), Self.stage(maximum: 20))
        #expect(notes.splitSentences > 0)
        #expect(batches.reduce(0) { $0 + $1.tokenCount } == 50)
        for batch in batches {
            for sentence in 0..<batch.sentenceCount { #expect(batch.tokens(ofSentence: sentence).count <= 20) }
        }
    }

    @Test func columnsPassUnchangedUnlessTheyAreNoUTF8() throws {
        let (batches, _) = try Self.process(
            Array("New York\tB-LOC\nist\tO\n".utf8), name: "a.conll", Self.stage(isGiven: true))
        #expect(batches[0].tokenText(0) == "New York" && batches[0].tokenCount == 2)
        #expect(Self.stage(isGiven: true).header.tokenizer == "given" && Self.stage().header.tokenizer != "given")
        for policy in InvalidTextPolicy.allCases {
            #expect {
                try Self.process(
                    Array("ok\tO\nb".utf8) + [0xFF] + Array("\tO\n".utf8), name: "a.conll", Self.stage(policy))
            } throws: { "\($0)".contains("a.conll:2: the token is not UTF-8") }
        }
    }
}
