import ArgumentParser
import Corpora
import Diagnostics
import Evaluation
import Pipelines
import Shards
import Taggers
import Teachers
import Vectors

extension SourceSimilarity.Kind: ExpressibleByArgument {}

struct WeighCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "weigh", abstract: "Finds how much each source has to say to a target.",
        discussion: """
            EXAMPLE
              nerpipe weigh --source en=en.embedded.zst --source de=de.embedded.zst \\
                nl.embedded.zst -o nl.weights
              nerpipe score --teacher teachers/en --teacher teachers/de \\
                --weights nl.weights nl.embedded.zst -o scored.zst

            Similarity of sentences (Wu et al., ACL 2020, section 3.2): a learner tells the sources apart by the mean vector of a sentence; what it \
            makes of the target's sentences, softened by their variance, are the weights. Text alone is needed, no labels. It mixes language, domain \
            and topic. The streams are those of 'embed', all of one vector table.
            """)

    @Option(
        help: ArgumentHelp("Text of a source, embedded; repeat in the order of the teachers.", valueName: "name=stream")
    )
    var source: [String]

    @OptionGroup var input: StreamInputArguments

    @Option(name: .joinable("o"), help: "File of weights to make, for 'score --weights'.")
    var output: String

    @OptionGroup var overwriting: OverwriteArguments

    @Option(help: ArgumentHelp("What the weights come from.", valueName: "learned|cosine|l1|l2"))
    var by: SourceSimilarity.Kind = .learned

    @Option(help: "Compare sentences by the states that this teacher has of their words. Default: by their vectors.")
    var model: String?

    @Option(help: "Sentences of each stream that are looked at, drawn evenly from all of it; decides the memory.")
    var sentences = 20_000

    @Option(help: "Rank of the learner's form.")
    var rank = LanguageLearner.Settings().rank

    @Option(help: "Weight of the learner's regulariser, which keeps languages apart.")
    var gamma = LanguageLearner.Settings().gamma

    @Option(help: "Passes of the learner.")
    var epochs = LanguageLearner.Settings().epochs

    @Option(help: "Sentences of one update of the learner.")
    var batchSentences = LanguageLearner.Settings().batchSentenceCount

    @Option(help: "Learning rate of the learner at its beginning; it falls to zero.")
    var learningRate = LanguageLearner.Settings().learningRate

    @Option(help: "Seed of everything random.")
    var seed: UInt64 = 1

    @Option(help: "Vector table, when it is not where the streams say.")
    var vectors: String?

    @OptionGroup var common: CommonOptions

    func validate() throws {
        try requireAll([
            ("--sentences", (2...10_000_000).contains(sentences), "from 2 to 10000000"),
            ("--rank", (1...1024).contains(rank), "from 1 to 1024"),
            ("--gamma", gamma >= 0 && gamma.isFinite, "at least 0"),
            ("--epochs", (0...10_000).contains(epochs), "from 0 to 10000"),
            ("--batch-sentences", (1...100_000).contains(batchSentences), "from 1 to 100000"),
            ("--learning-rate", learningRate > 0 && learningRate <= 10, "above 0"),
        ])
    }

    private var settings: LanguageLearner.Settings {
        var settings = LanguageLearner.Settings()
        settings.rank = rank
        settings.gamma = gamma
        settings.epochs = by == .learned ? epochs : 0
        settings.batchSentenceCount = batchSentences
        settings.learningRate = learningRate
        settings.seed = seed
        return settings
    }

    func run() async throws {
        let session = Session(common, command: "weigh")
        let command = self
        try await session.run { try command.weigh(session) }
    }

    private func weigh(_ session: Session) throws {
        let sources = try source.map { try NamedPath($0, option: "--source", form: "NAME=STREAM") }
        guard Set(sources.map(\.name)).count == sources.count else {
            throw Failure.twoSourcesOfOneName()
        }
        let rule = try overwriting.rule(for: output, compresses: false, inputs: input.paths, wait: common.wait)
        try rule.requireFree(output)
        let first = try ShardReader(paths: input.paths)
        let table = try TableFinder.open(for: first.header, override: vectors, neededBy: first.name)
        let teacher = try model.map { try session.context.model(at: $0).teacher(vectors: table, .full) }
        let feature = teacher.map { SentenceFeature.states($0) } ?? .vectors(table)
        var samples: [FeatureSample] = []
        for (number, source) in sources.enumerated() {
            let sample = try sample(
                ShardReader(paths: Directory.expand(source.path)), table, feature, number: number)
            session.log("\(source.name): \(sample.count) of \(sample.offered) sentences")
            samples.append(sample)
        }
        let target = try sample(first, table, feature, number: sources.count)
        session.log("target: \(target.count) of \(target.offered) sentences")
        let learner = LanguageLearner(means: samples.map(\.mean), settings: settings)
        for (epoch, loss) in learner.train(samples, settings: settings).enumerated() {
            session.progress.setFigures(["epoch": Double(epoch + 1), "loss": Double(loss)])
            session.log("epoch \(epoch + 1)/\(settings.epochs): loss \(FixedDecimal.text(loss, decimals: 5))")
        }
        var similarity = SourceSimilarity(
            kind: by, sources: sources.map(\.name), tableDigest: table.description.digest,
            modelDigest: teacher?.digest, learner: learner)
        try similarity.fit(target)
        try similarity.write(to: output, rule)
        let entropy = SourceSimilarity.entropy(similarity.weights)
        var text = zip(similarity.sources, similarity.weights).map { "\($0)\t\(FixedDecimal.text($1, decimals: 4))\n" }
            .joined()
        text += "entropy\t\(FixedDecimal.text(entropy, decimals: 4))\n"
        text += "temperature\t\(FixedDecimal.text(similarity.tau, decimals: 4))\n"
        try StandardOutput.write(text)
    }

    private func sample(
        _ reader: ShardReader, _ table: VectorTable, _ feature: SentenceFeature, number: Int
    ) throws -> FeatureSample {
        try reader.header.require(.embedded, .scored, .labelled, from: reader.name, by: "weigh")
        guard let reference = reader.header.table, reference.digest == table.description.digest,
            reference.dimension == table.dimension
        else {
            throw Failure.embeddedWithOtherTable(reader.name)
        }
        if case .states(let teacher) = feature { try teacher.requireFit(reader.header, stream: reader.name) }
        let D = feature.dimension
        var sample = FeatureSample(dimension: D, limit: sentences, seed: seed, number: number)
        while let block = try reader.next() {
            try Interruption.check("interrupted while reading \(reader.name)")
            let batch = try SentenceBatch(block, header: reader.header, place: reader.place)
            try batch.requireRows(below: table.rowCount, place: reader.name)
            let features = feature.features(of: batch)
            for sentence in 0..<batch.sentenceCount {
                sample.offer(features[sentence * D..<(sentence + 1) * D])
            }
        }
        guard sample.count > 0 else {
            throw Failure.nothingToWeighBy(reader.name)
        }
        return sample
    }
}
