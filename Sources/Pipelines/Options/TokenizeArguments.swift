package import ArgumentParser
import Corpora
import Diagnostics
import Formats
import Locks
package import Shards

extension InvalidTextPolicy: ExpressibleByArgument {}

/// The beginning of a pipeline: text in files, or on standard input.
package struct TokenizeArguments: ParsableArguments, Sendable {
    package static let help = StageHelp(
        "tokenize", abstract: "Splits text into sentences and tokens that slice back to its bytes.",
        discussion: """
            EXAMPLES
              nerpipe tokenize --lang sw news.txt.zst -o tokens.zst
              zstdcat dump.jsonl.zst | nerpipe tokenize --lang sw --format jsonl \\
                | nerpipe embed --vectors en-sw.vectors -o embedded.zst

            Words are those of UAX #29. Text: a line is a paragraph, a file is a document. JSON lines: {"id": ..., "text": ...}, other keys \
            are ignored. Columns are tokenized already and stay as they are; their tags are not read.
            """)

    @Option(
        help:
            "Language code of the text (ISO 639 or BCP 47), for instance sw; it is stored in the stream. 'tag' takes that of the model when none is given."
    )
    package var lang = "und"

    @Option(
        help: ArgumentHelp(
            "Form of the input; auto looks at its name and its beginning.", valueName: InputFormat.valueName))
    package var format: InputFormat = .auto

    @Option(help: ArgumentHelp("What to do with bytes that are not UTF-8.", valueName: "fail|replace"))
    package var invalid: InvalidTextPolicy = .fail

    @Option(help: "Bytes of text per block, at least; decides the blocks and with them the order of training.")
    package var blockBytes = 65536

    @Flag(
        help:
            "End blocks at the ends of files, and within a file where a record begins at or behind each multiple of --block-bytes: blocks that are the same however the text is shared out among processes (--shard)."
    )
    package var fixedBlocks = false

    @Option(help: "Longest line that is accepted, in bytes.")
    package var maxLineBytes = LineReader.defaultMaximumLineByteCount

    @Option(help: "Longer sentences are split, and counted.")
    package var maxSentenceTokens = 512

    @OptionGroup package var columns: ColumnArguments
    @Option(
        help: ArgumentHelp(
            "Documents that the input must have (files of text, lines of JSON, documents of columns); any other number is an error, and nothing is written.",
            valueName: "count"))
    package var expectDocuments: Int?

    @Option(help: ArgumentHelp("Bytes that the input must have, decompressed; the same.", valueName: "count"))
    package var expectBytes: Int?

    @OptionGroup package var bad: BadRecordArguments

    package init() {}

    package func validate() throws {
        guard (expectDocuments ?? 0) >= 0, (expectBytes ?? 0) >= 0 else {
            throw ValidationError("--expect-documents and --expect-bytes must be at least 0")
        }
        guard (1...(1 << 26)).contains(blockBytes) else {
            throw ValidationError("--block-bytes must be from 1 to 67108864")
        }
        guard (1...(1 << 29)).contains(maxLineBytes) else {
            throw ValidationError("--max-line-bytes must be from 1 to 536870912")
        }
        guard (1...65536).contains(maxSentenceTokens) else {
            throw ValidationError("--max-sentence-tokens must be from 1 to 65536")
        }
    }

    /// What decides the blocks, besides the text.
    package var identity: String {
        "blocks of \(blockBytes) bytes, sentences of \(maxSentenceTokens) tokens, format \(format.name), invalid \(invalid.rawValue)"
            + (fixedBlocks ? ", fixed blocks" : "")
            + (columns.options.identity.isEmpty ? "" : ", \(columns.options.identity)")
            + (bad.onError.isTolerant ? ", bad records left out" : "")
    }

    private func inputs(_ paths: [String], _ context: PipelineContext) throws -> TextInputs {
        let inputs = try TextInputs(paths, as: format.format, ReadingRequest(columns: columns.options))
        if case .quarantine(let path) = bad.onError, inputs.formats.count > 1 {
            throw Failure.severalForms(inputs.formats, quarantine: path)
        }
        for line in inputs.descriptions { context.log(line) }
        return inputs
    }

    /// The text as batches of tokens; says how it is read.
    ///
    /// - Parameters:
    ///   - keepsText: Whether batches get their `SentenceBatch/documentText`.
    ///   - keepsBlankLines: Whether every line, empty ones too, is a record of it.
    ///   - unit: The part of the text that is read; its blocks are fixed ones.
    package func source(
        _ paths: [String], in context: PipelineContext, keepsText: Bool = false, keepsBlankLines: Bool = false,
        unit: WorkUnit? = nil
    ) throws -> PipelineSource {
        let inputs = try inputs(paths, context)
        let parts = try inputs.parts(of: unit ?? .whole, cellByteCount: blockBytes)
        if keepsBlankLines { try inputs.requireLines() }
        let options = self, isTolerant = bad.onError.isTolerant
        let stage = TokenizeStage(
            language: lang, invalidText: invalid, maximumSentenceTokenCount: maxSentenceTokens,
            isGiven: inputs.areTokenized, isTolerant: isTolerant, keepsText: keepsText)
        let digest = Locked<String?>(nil)
        let text: @Sendable () -> TextSource = {
            TextSource(
                inputs, blockByteCount: options.blockBytes, maximumLineByteCount: options.maxLineBytes,
                isTolerant: isTolerant,
                expected: ExpectedInput(documents: options.expectDocuments, bytes: options.expectBytes),
                keepsText: keepsText, keepsBlankLines: keepsBlankLines, parts: parts,
                isOnGrid: options.fixedBlocks || unit != nil, keepsDigest: unit != nil)
        }
        var source = PipelineSource(header: stage.header, place: paths[0]) { runner in
            runner.tokenize(
                text(), stage, name: paths[0], bad: options.bad.records(unit: context.unitName) { context.log($0) }
            ) { read in
                digest.withLock { $0 = read }
            }
        }
        if unit != nil, !paths.contains(where: Directory.isReadOnce) {
            source.inputs = try UnitInputs(
                parts: parts.map { try UnitInput(path: paths[$0.input], $0.bytes) }, files: paths,
                readAgain: {
                    let source = text()
                    while try source.next() != nil {}
                    return source.contentDigest
                }, digest: { digest.withLock { $0 } })
        }
        return source
    }
}
