package import ArgumentParser
package import Corpora
import Diagnostics
import Shards

extension InputFormat: ExpressibleByArgument {}
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
            are ignored. Columns (.conll, .tsv) are tokenized already and stay as they are; their tags are not read.
            """)

    @Option(help: "Language code of the text, for instance sw; it is stored in the stream.")
    package var lang = "und"

    @Option(help: ArgumentHelp("Form of the input.", valueName: "auto|text|jsonl|conll"))
    package var format: InputFormat = .auto

    @Option(help: ArgumentHelp("What to do with bytes that are not UTF-8.", valueName: "fail|replace"))
    package var invalid: InvalidTextPolicy = .fail

    @Option(help: "Bytes of text per block, at least; decides the blocks and with them the order of training.")
    package var blockBytes = 65536

    @Option(help: "Longest line that is accepted, in bytes.")
    package var maximumLineBytes = LineReader.defaultMaximumLineByteCount

    @Option(help: "Longer sentences are split, and counted.")
    package var maximumSentenceTokens = 512

    @OptionGroup package var bad: BadRecordArguments

    package init() {}

    package func validate() throws {
        guard (1...(1 << 26)).contains(blockBytes) else {
            throw ValidationError("--block-bytes must be from 1 to 67108864")
        }
        guard (1...(1 << 29)).contains(maximumLineBytes) else {
            throw ValidationError("--maximum-line-bytes must be from 1 to 536870912")
        }
        guard (1...65536).contains(maximumSentenceTokens) else {
            throw ValidationError("--maximum-sentence-tokens must be from 1 to 65536")
        }
    }

    /// What decides the blocks, besides the text.
    package var identity: String {
        "blocks of \(blockBytes) bytes, sentences of \(maximumSentenceTokens) tokens, format \(format.rawValue), invalid \(invalid.rawValue)"
            + (bad.onError.isTolerant ? ", bad records left out" : "")
    }

    private func stage(for paths: [String]) -> TokenizeStage {
        TokenizeStage(
            language: lang, invalidText: invalid, maximumSentenceTokenCount: maximumSentenceTokens,
            isGiven: paths.allSatisfy { format.resolved(for: $0) == .conll }, isTolerant: bad.onError.isTolerant)
    }

    private func requireOneForm(_ paths: [String]) throws {
        let formats = Set(paths.map { format.resolved(for: $0).rawValue }).sorted()
        if case .quarantine(let path) = bad.onError, formats.count > 1 {
            throw Failure(
                .usage,
                "\(path): inputs of several forms (\(formats.joined(separator: ", "))) cannot be kept in one file; read each form in a run of its own"
            )
        }
    }

    /// The text as batches of tokens.
    package func source(_ paths: [String], in context: PipelineContext) throws -> PipelineSource {
        try requireOneForm(paths)
        let stage = stage(for: paths), options = self
        return PipelineSource(header: stage.header, place: paths[0]) { runner in
            runner.tokenize(
                TextSource(
                    paths: paths, format: options.format, blockByteCount: options.blockBytes,
                    maximumLineByteCount: options.maximumLineBytes, isTolerant: options.bad.onError.isTolerant),
                stage, name: paths[0], bad: options.bad.records { context.log($0) })
        }
    }
}
