import Corpora
import Diagnostics
import Distillation
import Kernels
import Locks
import Objectives
import Shards
import Taggers
import Teachers
import Vectors

/// A model, its table, and scored batches in memory.
final class TaggerSubject {
    private let model: Model
    private let table: VectorTable
    private let path: String
    private var batches: [SentenceBatch] = []
    private var tokenCount = 0
    private var teachers: [ArithmeticPrecision: TaggerTeacher] = [:]

    /// Loads the first `tokens` tokens of the stream.
    init(_ request: Request) throws {
        path = try request.required(\.model, "model")
        model = try Model(path: path)
        table = try VectorTable(path: model.configuration.vectors.path)
        let stream = try request.required(\.stream, "stream")
        let reader = try ShardReader(paths: [stream])
        while tokenCount < request.tokens ?? .max, let block = try reader.next() {
            let batch = try SentenceBatch(block, header: reader.header, place: stream)
            tokenCount += batch.tokenCount
            batches.append(batch)
        }
    }

    func answer(_ request: Request) throws -> Answer {
        switch request.do {
        case "score": return try score(jobs: request.jobs ?? 1, precision(request))
        case "probabilities":
            return try writeProbabilities(to: request.required(\.output, "output"), precision(request))
        case "update":
            return try update(
                jobs: request.jobs ?? 1, precision(request), dropout: 0.15, vectorDropout: 0.2, tokens: .max
            ).answer
        default: return losses(tokens: request.tokens ?? .max)
        }
    }

    private func precision(_ request: Request) throws -> ArithmeticPrecision {
        guard let precision = ArithmeticPrecision(rawValue: request.precision ?? "full") else {
            throw Failure(.usage, "precision '\(request.precision ?? "")'")
        }
        return precision
    }

    private func teacher(_ precision: ArithmeticPrecision) throws -> TaggerTeacher {
        if let teacher = teachers[precision] { return teacher }
        let teacher = try TaggerTeacher(model: model, path: path, vectors: table, precision: precision)
        teachers[precision] = teacher
        return teacher
    }

    /// Rows, features and positions to probabilities, batch by batch. Units are tokens.
    private func score(jobs: Int, _ precision: ArithmeticPrecision) throws -> Answer {
        let teacher = try teacher(precision)
        let before = teacher.workDone
        let next = Locked(0)
        let batches = batches
        var answer = Answer.timing {
            _ = ThreadTeam(jobs).run { _ in
                while true {
                    let index = next.withLock { next in
                        defer { next += 1 }
                        return next
                    }
                    guard index < batches.count else { return 0 }
                    precondition(teacher.score(batches[index]).columns.labelCount > 1)
                }
            }
            return tokenCount
        }
        let work = teacher.workDone
        let rows = work.rows - before.rows, entries = work.entries - before.entries
        let componentRows = work.componentRows - before.componentRows
        let H = model.configuration.hiddenWidth, C = model.configuration.convolutionCount
        // The first convolution and the input layer per entry.
        let perRow = H * model.configuration.labelCount * 2
        let perComponentRow = max(0, C - 1) * H * H * 2
        let perEntry = (model.configuration.inputWidth * H + min(C, 1) * 3 * H * H) * 2
        answer.operations = rows * perRow + componentRows * perComponentRow + entries * perEntry
        // What the network as written costs: every product for every token.
        let written = (model.configuration.inputWidth * H + C * 3 * H * H + H * model.configuration.labelCount) * 2
        answer.detail = ["rows": Double(rows), "entries": Double(entries), "written": Double(tokenCount * written)]
        return answer
    }

    /// Writes the probabilities of all tokens as f32, for a comparison.
    private func writeProbabilities(to output: String, _ precision: ArithmeticPrecision) throws -> Answer {
        let tagger = try TaggerInference(model, vectors: table, precision: precision)
        let file = try AtomicFile(output)
        for batch in batches {
            var bytes: [UInt8] = []
            tagger.forEachSentence(of: batch) { sentence in
                let count = sentence.tokens.count * model.configuration.labelCount
                bytes += UnsafeRawBufferPointer(start: sentence.probabilities, count: count * 4)
            }
            try file.write(bytes)
        }
        try file.commit()
        return Answer(seconds: 0, units: tokenCount)
    }

    /// Updates of 700 tokens over the batches, in their order, from fresh weights. Units are tokens.
    private func update(
        jobs: Int, _ precision: ArithmeticPrecision = .full, dropout: Double, vectorDropout: Double, tokens: Int
    ) -> (
        answer: Answer, losses: [Double]
    ) {
        var settings = TrainingSettings()
        settings.dropout = dropout
        settings.vectorDropout = vectorDropout
        settings.schedule = .constant
        settings.precision = precision
        let parameters = FloatBuffer(count: model.parameters.count)
        parameters.copy(from: model.parameters)
        let trainer = Trainer(
            Trainer.Network(model.configuration, parameters: parameters, vectors: table), settings: settings,
            objective: settings.objective.made(), updatesPerEpoch: nil, threads: ThreadTeam(jobs).threads)
        let updates = updates(batchTokenCount: settings.batchTokenCount, tokens: tokens)
        var losses: [Double] = []
        var answer = Answer.timing {
            updates.reduce(0) { sum, update in
                losses.append(trainer.update(update).loss)
                return sum + update.tokenCount
            }
        }
        let configuration = model.configuration
        let H = configuration.hiddenWidth, I = configuration.inputWidth, C = configuration.convolutionCount
        let work = trainer.workDone, D = configuration.vectorWidth
        // Forward, weight gradient and input gradient of each layer; of the input layer the latter for features alone.
        let perRow = 3 * H * configuration.labelCount * 2
        let perInput = (2 * (I - D) + I - configuration.frozenWidth) * H * 2, perKeptInput = 2 * D * H * 2
        let perComponentRow = 3 * C * H * H * 2
        answer.operations =
            work.rows * perRow + work.inputs * perInput + work.keptInputs * perKeptInput
            + work.componentRows * perComponentRow
        let rows = work.rows
        answer.detail = ["rows": Double(rows), "updates": Double(updates.count)]
        return (answer, losses)
    }

    private func updates(batchTokenCount: Int, tokens: Int) -> [UpdateBatch] {
        var updates: [UpdateBatch] = [], update = UpdateBatch()
        var done = 0
        for batch in batches {
            for sentence in 0..<batch.sentenceCount where done < tokens {
                update.append(batch, sentence: sentence)
                if update.tokenCount >= batchTokenCount {
                    done += update.tokenCount
                    update.updateNumber = updates.count + 1
                    updates.append(update)
                    update = UpdateBatch()
                }
            }
        }
        return updates
    }

    /// Losses of the first updates without dropout, for a comparison.
    private func losses(tokens: Int) -> Answer {
        let (answer, losses) = update(jobs: 1, dropout: 0, vectorDropout: 0, tokens: tokens)
        var result = Answer(seconds: answer.seconds, units: answer.units)
        result.detail = Dictionary(uniqueKeysWithValues: losses.enumerated().map { ("\($0)", $1) })
        return result
    }
}
