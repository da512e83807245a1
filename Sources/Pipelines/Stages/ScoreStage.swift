package import ArgumentParser
import Corpora
import Diagnostics
package import Shards
import Taggers
import Teachers
import Vectors

/// Rows and features to the teachers' distributions.
package struct ScoreStage: Stage {
    package static let help = StageHelp(
        "score", abstract: "Lets a teacher give every token a distribution over the tags.",
        discussion: """
            EXAMPLE
              nerpipe score --teacher teachers/en embedded.zst -o scored.zst
              nerpipe score --teacher teachers/en --teacher teachers/de \\
                --weight 0.7 --weight 0.3 embedded.zst -o scored.zst
              nerpipe score --teacher-command 'python3 example.py names.tsv' \\
                --teacher-cache answers embedded.zst -o scored.zst

            Several teachers must know the same labels and have been trained on the same vector table and features. Their distributions are \
            averaged, weighted if weights are given (Wu et al., ACL 2020, section 3.2). A teacher can also be any program that speaks \
            the protocol of docs/teacher-protocol.md; it stands behind the models in the order of the teachers.

            A stream that is scored already is scored anew: what a teacher said before is forgotten, what select decided stays. So a cheap teacher can choose what a costly \
            one is asked (select --budget).
            """)
    package static let kinds: [StreamHeader.Kind] = [.embedded, .scored]
    package static func kind(after kind: StreamHeader.Kind) -> StreamHeader.Kind { .scored }

    @OptionGroup package var teachers: TeacherArguments

    @Option(help: "How much each teacher has to say, in their order. Default: the same for all.")
    package var weight: [Double] = []

    @Option(
        help:
            "File of 'nerpipe weigh', whose sources are the teachers in their order, or of 'nerpipe evaluate --find-weights' of these teachers."
    )
    package var weights: String?

    @Option(
        help: ArgumentHelp(
            "Whether all of the target has one set of weights, or every sentence its own.", valueName: "domain|sentence"
        ))
    package var weightLevel: WeightLevel = .domain

    package enum WeightLevel: String, ExpressibleByArgument, CaseIterable, Sendable { case domain, sentence }

    @OptionGroup package var programs: ProgramTeacherArguments
    @OptionGroup package var arithmetic: PrecisionArguments
    @OptionGroup package var place: TableArguments

    package init() {}

    package func validate() throws {
        guard !teachers.isEmpty || !programs.commands.isEmpty else {
            throw ValidationError("Missing expected argument '--teacher <teacher>'")
        }
        guard weight.isEmpty || weights == nil else { throw ValidationError("give either --weight or --weights") }
        guard weightLevel == .domain || weights != nil else {
            throw ValidationError("--weight-level sentence needs --weights FILE")
        }
    }

    package func requireInputs(in context: PipelineContext) throws { _ = try teachers.found(in: context) }

    package func open(_ header: StreamHeader, place: String, in context: PipelineContext) async throws -> OpenStage {
        let found = try teachers.found(in: context)
        for teacher in found { try teacher.requireFit(header, stream: place) }
        let table = try context.table(of: header, at: self.place.vectors, neededBy: place)
        let programs = try await self.programs.open(languages: header.languages, log: context.log)
        let teacher = try await makeTeacher(found, programs, vectors: table, log: context.log)
        let rowCount = table.rowCount, types = try TagSet(names: teacher.labels, place: place).types
        let quarantine = self.programs.quarantine(ofUnit: context.unitName)
        var stage = OpenStage(header: try Self.header(header, teacher, place: place)) { batch, counters in
            try batch.requireRows(below: rowCount, place: place)
            let scores = try await teacher.score(batch)
            for (what, count) in scores.notes { counters.note(what, count) }
            var scored = batch
            scored.scores = scores.columns
            // How much tokens count is what `select` decided, if it came before.
            scored.scores?.weights = batch.scores?.weights ?? []
            counters.countEntities(scores.columns.bestLabels, types: types)
            let unscored = Set(scores.unscored)
            quarantine?.keep(
                scores.unscored, of: batch, reason: "the teacher has no answer for all of it, or dies of it")
            counters.leaveOut("sentences without an answer of the teacher", sentences: unscored.count, isSaid: true)
            return unscored.isEmpty
                ? scored : scored.keeping(sentences: (0..<batch.sentenceCount).filter { !unscored.contains($0) })
        }
        // A resumed run must leave the same sentences out.
        stage.changesSentences = !self.programs.commands.isEmpty && self.programs.missing.isTolerant
        stage.finish = { try quarantine?.finish(context.log) }
        stage.memory = StageMemory(bytesPerThread: teacher.bytesPerThread)
        stage.plan = ["labels: \(teacher.labels.joined(separator: " "))"]
        return stage
    }

    /// One teacher, whatever there was before.
    package static func options(_ options: StageOptions, taughtBy student: String) -> StageOptions {
        var options = options.removing(
            KnownTeachers.options + ["weight", "weights", "weight-level"] + ProgramTeacherArguments.optionNames)
        options["teacher"] = [student]
        return options
    }

    /// The header of a stream after a teacher scored it.
    private static func header(_ input: StreamHeader, _ teacher: some Teacher, place: String) throws -> StreamHeader {
        try teacher.requireFit(input, stream: place)
        var header = input
        header.kind = .scored
        header.labels = teacher.labels
        header.teachers = teacher.digests
        header.teacherWeights = teacher.digests.count == 1 ? nil : teacher.weights
        header.votes = teacher.weights.count == 1 ? nil : teacher.weights.count
        return header
    }

    private func makeTeacher(
        _ found: [any FoundTeacher], _ programs: [any Teacher], vectors: VectorTable,
        log: @escaping @Sendable (String) -> Void
    ) async throws -> TeacherMixture {
        var teachers: [any Teacher] = []
        for teacher in found {
            let open = try await teacher.open(vectors: vectors, arithmetic.precision)
            teachers.append(try self.programs.remembering(open, log: log))
        }
        teachers += programs
        guard let weights else { return try TeacherMixture(teachers, weights: weight) }
        if let found = try TeacherWeights.read(weights) {
            guard weightLevel == .domain else { throw Failure.oneSetOfWeights(weights) }
            try found.requireFit(teachers.flatMap(\.digests), path: weights)
            return try TeacherMixture(teachers, weights: found.weights)
        }
        let similarity = try SourceSimilarity(path: weights)
        guard similarity.sources.count == teachers.count else {
            throw Failure.wrongTeacherCount(teachers.count, sources: similarity.sources, weights: weights)
        }
        let feature = try feature(of: similarity, weights, teachers, vectors)
        guard similarity.tableDigest == vectors.description.digest, similarity.dimension == feature.dimension else {
            throw Failure.weighedWithOtherTable(weights, vectors)
        }
        return try TeacherMixture(
            teachers, weights: similarity.weights,
            bySentence: weightLevel == .sentence ? (similarity, feature) : nil)
    }

    /// What sentences were compared by: their vectors, or the states of one of the teachers.
    private func feature(
        of similarity: SourceSimilarity, _ file: String, _ teachers: [any Teacher], _ vectors: VectorTable
    ) throws -> SentenceFeature {
        guard let digest = similarity.modelDigest else { return .vectors(vectors) }
        guard arithmetic.precision == .full else {
            throw Failure.weighedInFullPrecision(file)
        }
        guard let encoder = teachers.lazy.compactMap({ $0 as? any WordEncoder }).first(where: { $0.digest == digest })
        else {
            throw Failure.weighedWithOtherModel(file)
        }
        return .states(encoder)
    }
}
