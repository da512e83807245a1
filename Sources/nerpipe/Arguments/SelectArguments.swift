import ArgumentParser
import Corpora
import Diagnostics
import Locks
import Pipelines
import Selection
import Shards
import Taggers
import Teachers
import Vectors

struct SelectArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Mix each word's distribution with the mean of those of the same word in the whole stream; 0 to 1.",
            valueName: "strength"))
    var smooth: Double?

    @Option(
        help: ArgumentHelp(
            "Let tokens count by how sure the teacher is, how many teachers agree, or how many of the nearest words have the same type; repeatable, the weights are multiplied.",
            valueName: "confidence|agreement|reliability"))
    var weighBy: [Weighting] = []

    @Option(
        help: ArgumentHelp("Tokens whose best label is less probable do not count.", valueName: "probability"))
    var minimumConfidence: Double?

    @Option(help: ArgumentHelp("Keep this share of the sentences of each block.", valueName: "share"))
    var keep: Double?

    @Option(
        help: ArgumentHelp(
            "Which sentences: of low entropy, of sure labels, by chance, or hard to tell from the source's.",
            valueName: "entropy|confidence|random|independence"))
    var by: Criterion = .entropy

    @Option(help: "Model whose states of words are looked at, for reliability and independence.")
    var model: String?

    @Option(help: "Embedded stream of the source's text, for independence; repeatable.")
    var source: [String] = []

    @Option(name: .customLong("select-seed"), help: "Seed of samples and of what is chosen by chance.")
    var seed: UInt64 = 1

    enum Weighting: String, ExpressibleByArgument, CaseIterable { case confidence, agreement, reliability }
    enum Criterion: String, ExpressibleByArgument, CaseIterable { case entropy, confidence, random, independence }

    /// Whether a rule must have seen the whole stream.
    var readsTwice: Bool { smooth != nil || needsModel }
    private var needsModel: Bool { weighBy.contains(.reliability) || choosesIndependence }
    private var choosesIndependence: Bool { keep != nil && by == .independence }

    func validate() throws {
        guard smooth != nil || !weighBy.isEmpty || minimumConfidence != nil || keep != nil else {
            throw ValidationError(
                "nothing is selected; give --smooth, --weigh-by, --minimum-confidence or --keep")
        }
        for (name, value) in [("smooth", smooth), ("minimum-confidence", minimumConfidence), ("keep", keep)] {
            if let value, !(value > 0 && value <= 1) {
                throw ValidationError("--\(name) must be above 0 and at most 1")
            }
        }
        guard needsModel == (model != nil) else {
            throw ValidationError("--model is for --weigh-by reliability and --by independence, which need it")
        }
        guard choosesIndependence == !source.isEmpty else {
            throw ValidationError("--source is for --keep SHARE --by independence, which needs it")
        }
    }

    /// Says what is missing, before hours of work.
    func requireInputs() throws {
        if let model { _ = try ModelFolder(path: model) }
        for path in source.flatMap(Directory.expand) { _ = try FileInput(path: path) }
    }

    /// Bytes that the rules hold, at most.
    func memoryByteCount(labelCount: Int) throws -> Int {
        let stateWidth = try model.map { try ModelFolder(path: $0).model.configuration.hiddenWidth } ?? 0
        var sum = 0
        if smooth != nil { sum += TypeSmoothing.memoryByteCount(labelCount: labelCount) }
        if weighBy.contains(.reliability) { sum += NeighborReliability.memoryByteCount(stateWidth: stateWidth) }
        if choosesIndependence { sum += IndependenceChoice.memoryByteCount(stateWidth: stateWidth) }
        return sum
    }

    /// The rules, for a stream; reads what they need of the source.
    func stage(for header: StreamHeader, place: String, table: VectorTable, runner: PipelineRunner) async throws
        -> SelectStage
    {
        _ = try TagSet(names: header.labels ?? [], place: place)
        if weighBy.contains(.agreement), header.votes == nil {
            throw Failure(
                .usage,
                "\(place): --weigh-by agreement needs the votes of several teachers; score with several --teacher")
        }
        let teacher = try model.map { try ModelFolder(path: $0).teacher(vectors: table, .full) }
        if let teacher {
            try teacher.requireFit(header, stream: place)
            guard teacher.labels == header.labels else {
                throw Failure(.badData, "\(place): labels differ from those of \(teacher.path)")
            }
        }
        var rules: [any SelectionRule] = []
        if let smooth { rules.append(TypeSmoothing(strength: smooth)) }
        for weighting in weighBy {
            switch weighting {
            case .confidence: rules.append(ConfidenceWeighting())
            case .agreement: rules.append(AgreementWeighting())
            case .reliability:
                guard let teacher else { continue }
                var settings = NeighborReliability.Settings()
                settings.seed = seed
                rules.append(NeighborReliability(teacher: teacher, settings: settings))
            }
        }
        if let minimumConfidence { rules.append(ConfidenceThreshold(minimumConfidence)) }
        if let keep {
            if let criterion = SentenceChoice.Criterion(rawValue: by.rawValue) {
                rules.append(SentenceChoice(rate: keep, by: criterion, seed: seed))
            } else if let teacher {
                rules.append(try await independence(keep, teacher, table, runner))
            }
        }
        return SelectStage(rules)
    }

    private func independence(
        _ rate: Double, _ teacher: TaggerTeacher, _ table: VectorTable, _ runner: PipelineRunner
    ) async throws -> IndependenceChoice {
        var settings = IndependenceChoice.Settings()
        settings.seed = seed
        let paths = source.flatMap(Directory.expand)
        let reader = try ShardReader(paths: paths)
        try reader.header.require(.embedded, .scored, .labelled, from: reader.name, by: "select")
        try teacher.requireFit(reader.header, stream: reader.name)
        let sample = Locked(StateSample(teacher, limit: settings.sampleCount, seed: seed, number: 3 << 40))
        let name = reader.name
        let stream = runner.read(reader)
        runner.forEach(stream, name: "source") { batch in
            try batch.requireRows(below: table.rowCount, place: name)
            sample.withLock { $0.offer(batch) }
        }
        try await runner.run()
        return IndependenceChoice(
            rate: rate, teacher: teacher, source: sample.withLock { $0.states },
            sourceIdentity: try InputIdentity.ofContent(paths),
            settings: settings)
    }
}

struct MixArguments: ParsableArguments {
    @Option(help: "Labelled file of a source, LANGUAGE=FILE; repeatable.")
    var gold: [String]

    @Option(help: "Share of gold tokens in what comes out, above 0 and at most 0.95.")
    var share: Double

    @OptionGroup var mapping: TagMappingArguments

    struct TagMappingArguments: ParsableArguments {
        @Option(help: "Rename entity types, or drop them to O: MISC=O,DATE=O. Types the stream does not have become O.")
        var map = ""
    }

    private var files: [GoldCorpus.File] { gold.flatMap(GoldCorpus.File.parse) }

    /// Says what is missing, before hours of work.
    func requireInputs() throws {
        for file in files { _ = try FileInput(path: file.path) }
    }

    func stage(for header: StreamHeader) throws -> MixStage {
        try requireInputs()
        let tags = try TagSet(names: header.labels ?? [], place: "the stream")
        return try MixStage(
            GoldCorpus(files: files, mapping: TagMapping(mapping.map), types: tags.types), share: share,
            language: "und", mapping: mapping.map)
    }
}
