import Corpora
import Diagnostics
import Formats
import Shards

/// Reads documents with their labels, tokenized here unless they come with their tokens.
struct LabelledDocuments: LabelledReader {
    private(set) var tags: [[String]] = [[]]
    private(set) var cutSentenceCount = 0
    private(set) var losses = ReadingLosses()
    let name: String
    private let source: TextSource
    private let stage: TokenizeStage
    private var rejected: [RejectedRecord] = []

    /// - Parameter inputs: One file, of a form of documents.
    init(
        _ inputs: TextInputs, language: String, problem: @escaping @Sendable (String) -> String?, isTolerant: Bool,
        longSentences: CoNLLReader.LongSentences, keepsText: Bool
    ) {
        name = inputs.paths[0] == "-" ? "<stdin>" : inputs.paths[0]
        source = TextSource(
            inputs, blockByteCount: GoldCorpus.blockByteCount,
            maximumLineByteCount: LineReader.defaultMaximumLineByteCount, isTolerant: isTolerant, keepsText: keepsText)
        stage = TokenizeStage(
            language: language, invalidText: .fail, maximumSentenceTokenCount: Self.maximumSentenceTokenCount,
            isGiven: inputs.areTokenized, isTolerant: isTolerant, keepsText: keepsText,
            labels: .init(problem: problem, longSentences: longSentences))
    }

    /// As `tag` cuts its text.
    private static let maximumSentenceTokenCount = 512

    /// - Parameter textByteCount: Is that of the blocks, whatever is asked for.
    mutating func nextBatch(textByteCount: Int) throws -> SentenceBatch? {
        guard let item = try source.next() else { return nil }
        let result = try stage.process(item)
        tags = [result.tags]
        cutSentenceCount += result.notes.splitSentences
        losses.add(result.losses)
        rejected += result.rejected
        return result.batch ?? SentenceBatch()
    }

    mutating func takeRejected() -> [RejectedRecord] {
        defer { rejected = [] }
        return rejected
    }
}
