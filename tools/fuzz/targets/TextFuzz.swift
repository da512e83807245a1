import Corpora
import Diagnostics
import Formats
import Pipelines
import Shards
import UnicodeText

enum TextFuzz {
    private static let lineLimit = 1 << 10

    /// Strictly, then leaving out what is bad: both must give the same when nothing is.
    static func readColumns(_ bytes: [UInt8]) throws {
        func sentences(isTolerant: Bool) throws -> (tokens: Int, rejected: Int) {
            let lines = LineReader(
                try BufferedInput(MemoryInput(bytes), bufferByteCount: 1 << 12), maximumLineByteCount: lineLimit)
            let request = ReadingRequest(tags: .gold)
            let reading = try? TextReading.recognizeLabelled(TextSample(try lines.peek(1 << 12)), name: "fuzz", request)
            var reader = CoNLLReader(
                lines, layout: reading?.layout ?? ColumnLayout(), tags: .gold { $0 == "x" ? "x" : nil },
                isTolerant: isTolerant, keepsText: isTolerant)
            var count = (tokens: 0, rejected: 0)
            while let batch = try reader.nextBatch(textByteCount: 64) {
                precondition(reader.tags[0].count == batch.tokenCount)
                precondition(Int(batch.sentenceEnds.last ?? 0) == batch.tokenCount)
                for document in batch.sentenceDocuments { precondition(document < batch.documentCount) }
                count.tokens += batch.tokenCount
                count.rejected += reader.takeRejected().count
            }
            return count
        }
        guard let tolerant = try? sentences(isTolerant: true) else { return _ = try sentences(isTolerant: false) }
        if tolerant.rejected == 0 {
            let strict = try sentences(isTolerant: false)
            precondition(strict == tolerant, "\(strict) strictly, \(tolerant) tolerantly")
        }
    }

    /// Tokens slice back to the bytes of the document, whatever they are.
    static func tokenize(_ bytes: [UInt8], _ format: some TextFormat) throws {
        let isCompressed =
            bytes.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) || bytes.dropFirst().starts(with: [0x2A, 0x4D, 0x18])
            || bytes.starts(with: [0x1F, 0x8B])
        let policy: InvalidTextPolicy = bytes.count.isMultiple(of: 2) ? .fail : .replace
        try MemoryFile.with(bytes) { path in
            let source = try TextSource(
                TextInputs([path], as: format), blockByteCount: 256, maximumLineByteCount: lineLimit, isTolerant: true)
            let stage = TokenizeStage(
                language: "xx", invalidText: policy, maximumSentenceTokenCount: 16, isGiven: false, isTolerant: true)
            while let item = try source.next() {
                guard let batch = try stage.process(item).batch else { continue }
                let again = try SentenceBatch(batch.block(), header: stage.header, place: "fuzz")
                precondition(again.text == batch.text && again.tokenOffsets == batch.tokenOffsets)
                let isWhole = format is PlainText && policy == .fail && !isCompressed
                checkTokens(of: batch, in: isWhole ? bytes : nil)
            }
        }
    }

    private static func checkTokens(of batch: SentenceBatch, in document: [UInt8]?) {
        for token in 0..<batch.tokenCount {
            let text = Array(batch.text[batch.textRange(ofToken: token)])
            precondition(text.withUnsafeBufferPointer { UTF8Validator.firstIllFormed(in: $0) } == nil)
            guard let document else { continue }
            let start = Int(batch.tokenOffsets[token])
            precondition(Array(document[start..<start + text.count]) == text, "a token does not slice back")
        }
    }
}
