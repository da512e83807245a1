import ArgumentParser
import Diagnostics
import LanguageCodes
import Pipelines
import Runs
import Shards
import Tokenization
import UnicodeText
import VectorTraining
import Vectors

struct VectorsTrainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train", abstract: "Trains vectors of several languages in one space.",
        discussion: """
            EXAMPLES
              nerpipe vectors train --parallel en-sw=parallel/en-sw \\
                --text sw=news.sw.txt.zst -o en-sw.vectors
              nerpipe vectors train --parallel en-es=europarl.tsv.zst \\
                --parallel en-de=news.tsv.zst --dictionary en-es=en-es.tsv \\
                --text es=train.conll -o eur.vectors --dictionaries dictionaries

            Parallel text has lines SENTENCE<TAB>TRANSLATION, dictionaries WORD<TAB>TRANSLATION, text a paragraph per line (or columns, of which \
            the first is read: .tsv, .conll); each compressed or plain, and a folder stands for its files. Sentence pairs are aligned word by \
            word, which also makes the dictionaries that code-switching needs (--dictionaries). One table results with a row per (language, \
            word), its sub-words, and numbers beside each row that tell names from other words.

            An interrupted run continues when the same command is given again.
            """)

    @Option(help: ArgumentHelp("Sentence pairs; may be repeated.", valueName: "source-target=path"))
    var parallel: [String] = []

    @Option(help: ArgumentHelp("Pairs of words; may be repeated.", valueName: "source-target=path"))
    var dictionary: [String] = []

    @Option(help: ArgumentHelp("Text of one language; may be repeated.", valueName: "language=path"))
    var text: [String] = []

    @Option(
        help: ArgumentHelp(
            "Sentences that are left out of all text, given as text or columns; may be repeated.", valueName: "path"))
    var exclude: [String] = []

    @Option(name: .joinable("o"), help: "Table to make.")
    var output: String

    @Option(
        help: ArgumentHelp(
            "Write the aligned dictionaries into this folder, one SOURCE-TARGET.tsv each.", valueName: "folder"))
    var dictionaries: String?

    @Option(help: "Language whose rows stand in for missing ones of the others; default: the one with most text.")
    var pivot: String?

    @Option(help: "Occurrences from which a word has a row.")
    var minCount = 2

    @Option(help: "Words that are counted at most; some 120 bytes each.")
    var maxWords = 4_000_000

    @Option(help: "Dimension of the vectors.")
    var dimension = SkipGramSettings().dimension

    @Option(help: "Passes over all text.")
    var epochs = SkipGramSettings().epochs

    @Option(help: "Words to either side that a word predicts, at most.")
    var window = SkipGramSettings().window

    @Option(help: "Negative samples per window.")
    var negatives = SkipGramSettings().negatives

    @Option(help: "Learning rate at the beginning; it falls to zero.")
    var learningRate = SkipGramSettings().learningRate

    @Option(help: "Frequency from which words are thinned out.")
    var subsampling = SkipGramSettings().subsampling

    @Option(help: "Rows of hashed character n-grams.")
    var buckets = SkipGramSettings().buckets

    @Option(help: "Share of the words swapped for a translation in the second copy of each sentence; 0: no copy.")
    var swap = SkipGramSettings().swapProbability

    @Option(help: "Probability in both directions from which a pair is in a dictionary.")
    var dictionaryFloor: Float = 0.1

    @Option(help: "Memory of one alignment's table of word pairs, in MiB; --jobs of them work at a time.")
    var alignmentMemory = 1024

    @Option(help: "Share of its translations in the vector of a word.")
    var translationShare = RefinementSettings().translationShare

    @Flag(inversion: .prefixedNo, help: "Center and rotate each language after training, and mix in translations.")
    var refine = true

    @Flag(
        help:
            "Keep the work folder OUTPUT.work, so that the same command with another refinement (and --force) need not train again."
    )
    var keepWork = false

    @Option(
        help: ArgumentHelp(
            "Keep the translations of this share of the source words from all training, to measure on them.",
            valueName: "share"))
    var holdout = 0.0

    @Option(help: "Seed of everything random.")
    var seed: UInt64 = 1

    @Option(help: "Seconds between checkpoints.")
    var checkpointSeconds = 300.0

    @Flag(help: "")
    var start: ResumeChoice = .resume

    @OptionGroup var overwriting: OverwriteArguments
    @OptionGroup var kernels: KernelArguments
    @OptionGroup var bad: BadRecordArguments
    @OptionGroup var common: CommonOptions

    func validate() throws {
        try requireAll([
            ("--dimension", (1...1024).contains(dimension), "from 1 to 1024"),
            ("--epochs", (1...1000).contains(epochs), "from 1 to 1000"),
            ("--window", (1...100).contains(window), "from 1 to 100"),
            ("--negatives", (1...100).contains(negatives), "from 1 to 100"),
            ("--learning-rate", learningRate > 0 && learningRate <= 10, "above 0"),
            ("--subsampling", subsampling > 0, "above 0"),
            ("--buckets", (1...100_000_000).contains(buckets), "from 1 to 100000000"),
            ("--swap", (0...1).contains(swap), "from 0 to 1"),
            ("--holdout", (0..<1).contains(holdout), "from 0 to below 1"),
            ("--dictionary-floor", (0...1).contains(dictionaryFloor), "from 0 to 1"),
            ("--translation-share", (0...1).contains(translationShare), "from 0 to 1"),
            ("--min-count", minCount >= 1, "at least 1"),
            ("--max-words", (1000...2_000_000_000).contains(maxWords), "from 1000 to 2000000000"),
            ("--alignment-memory", (1...1_000_000).contains(alignmentMemory), "from 1 to 1000000"),
            ("--checkpoint-seconds", checkpointSeconds >= 0 && checkpointSeconds < 1e9, "at least 0"),
        ])
    }

    func run() async throws {
        let session = Session(common, command: "vectors train")
        let inputs =
            try parallel.map { try TrainingInput(.parallel, $0) }
            + dictionary.map { try TrainingInput(.dictionary, $0) }
            + text.map { try TrainingInput(.text, $0) }
        guard !inputs.isEmpty else {
            throw Failure.nothingToTrainOn()
        }
        let languages = inputs.flatMap(\.languages)
        try LanguageCode.requireOneWriting(of: languages)
        var options = try options(inputs, session)
        if let pivot {
            guard case .one(let place) = LanguageCode.match(pivot, among: languages) else {
                throw Failure.unknownPivot(pivot)
            }
            options.pivot = languages[place]
        }
        for kind in Set(inputs.map(\.kind)) {
            options.bad[kind] = bad.records(suffix: ".\(kind.rawValue)") { session.log($0) }
        }
        let training = VectorTraining(
            options, identity: try identity(options),
            report: TrainingReport(
                log: { session.log($0) }, status: { session.progress.setStatus($0, fraction: $1) },
                figures: { session.progress.setFigures($0) }))
        let output = output
        try await session.run {
            let description = try training.run()
            session.log(
                "\(output): \(description.rowCount) rows of \(description.dimension), \(description.languages.count) languages"
            )
        }
    }

    private func options(_ inputs: [TrainingInput], _ session: Session) throws -> VectorTrainingOptions {
        var options = VectorTrainingOptions(inputs: inputs, output: output)
        options.rule = try overwriting.rule(for: output, compresses: false, wait: common.wait)
        if start == .fresh { options.rule.replaces = true }
        options.excluded = exclude
        options.dictionaries = dictionaries
        options.pivot = pivot
        options.minimumCount = minCount
        options.wordLimit = maxWords
        options.dictionaryFloor = dictionaryFloor
        options.alignmentBytes = alignmentMemory << 20
        options.skipGram.dimension = dimension
        options.skipGram.epochs = epochs
        options.skipGram.window = window
        options.skipGram.negatives = negatives
        options.skipGram.learningRate = learningRate
        options.skipGram.subsampling = subsampling
        options.skipGram.buckets = buckets
        options.skipGram.swapProbability = swap
        options.skipGram.seed = seed
        options.refinement.translationShare = translationShare
        if !refine {
            options.refinement.centeringWords = 0
            options.refinement.rotates = false
            options.refinement.translationShare = 0
        }
        options.heldOutShare = holdout
        options.checkpointInterval = .seconds(checkpointSeconds)
        options.start.isFresh = start == .fresh
        options.start.acceptsOtherKernels = kernels.acceptOtherKernels
        options.start.wait = .seconds(common.wait)
        options.keepsWork = keepWork
        options.threads = session.threads
        return options
    }

    /// What a work folder must have been made with to be continued.
    private func identity(_ options: VectorTrainingOptions) throws -> VectorTrainingIdentity {
        VectorTrainingIdentity(
            options,
            inputs: try options.inputs.map {
                "\($0.kind.rawValue) \($0.name) \(try InputIdentity.ofContent($0.paths))"
            },
            excluded: try InputIdentity.ofContent(options.excluded), program: Version.producer)
    }
}
