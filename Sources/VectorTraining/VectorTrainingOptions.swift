package import Corpora
package import Runs
package import Shards
package import Streams
import Tokenization
import UnicodeText

/// What `vectors train` is told.
package struct VectorTrainingOptions: Sendable {
    package var inputs: [TrainingInput]
    /// Files of sentences that must not be learnt from.
    package var excluded: [String] = []
    package var output: String
    package var rule = OutputRule()
    /// Folder for the dictionaries that the alignment makes; nil keeps none.
    package var dictionaries: String?
    /// Language whose rows stay where they are, and stand in for missing ones; nil takes the one with most text.
    package var pivot: String?
    /// Occurrences from which a word has a row.
    package var minimumCount = 2
    /// Words that are counted at most; decides the memory.
    package var wordLimit = 4_000_000
    /// Probability in both directions from which a pair is in a dictionary.
    package var dictionaryFloor: Float = 0.1
    /// Memory of the table of one alignment, in bytes.
    package var alignmentBytes = 1 << 30
    package var alignmentIterations = 5
    package var skipGram = SkipGramSettings()
    package var refinement = RefinementSettings()
    /// Share of the source words whose translations nothing may learn, for measuring.
    package var heldOutShare = 0.0
    package var checkpointInterval = Duration.seconds(300)
    /// What becomes of what an earlier run left in the work folder.
    package var start = RunFolder.Start()
    /// Keep the work folder, so that another refinement need not train again.
    package var keepsWork = false
    package var threads = ComputeThreads.single
    /// What becomes of lines and sentences that cannot be read; those of a kind that is not named stop it.
    package var bad: [TrainingInput.Kind: BadRecords] = [:]

    package init(inputs: [TrainingInput], output: String) {
        self.inputs = inputs
        self.output = output
    }

    /// Codes of all languages, each once.
    var languages: [String] { Self.distinct(inputs.flatMap(\.languages)) }

    /// `en-sw` of all inputs that are pairs, in order.
    var pairNames: [String] { Self.distinct(inputs.filter { $0.kind != .text }.map(\.name)) }

    private static func distinct(_ names: [String]) -> [String] {
        names.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }
}

/// What must be the same for the files in a work folder to be continued. Not the refinement and the pivot: nothing there
/// depends on them.
package struct VectorTrainingIdentity: Codable, Sendable {
    var inputs: [String]
    var excluded: String
    var program: String
    var tokenizer = WordTokenizer.identity
    var folding = LookupForm.Folding.current.rawValue
    var minimumCount, maximumWords: Int
    var alignment: Alignment
    var skipGram: SkipGramSettings
    var arithmetic = SkipGram.arithmetic
    var holdout: Double

    struct Alignment: Codable {
        var dictionaryFloor: Float
        var memory, iterations: Int
    }

    /// - Parameters:
    ///   - inputs: Kind, languages and content of each input.
    ///   - excluded: Content of the files of sentences that are left out.
    package init(_ options: VectorTrainingOptions, inputs: [String], excluded: String, program: String) {
        (self.inputs, self.excluded, self.program) = (inputs, excluded, program)
        (minimumCount, maximumWords) = (options.minimumCount, options.wordLimit)
        alignment = Alignment(
            dictionaryFloor: options.dictionaryFloor, memory: options.alignmentBytes,
            iterations: options.alignmentIterations)
        (skipGram, holdout) = (options.skipGram, options.heldOutShare)
    }
}
