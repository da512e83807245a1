import Diagnostics
import Glibc
import Kernels
import Shards

/// Times parts of nerpipe inside of one process, for `tools/bench/bench.py`.
///
/// Reads requests from standard input, a JSON object a line, and answers each with a JSON object on a line. A request names
/// what is to be done (`do`) and with what; what it needs is loaded at the first request and kept, and is no part of the
/// time.
@main
struct BenchProgram {
    static func main() async {
        do {
            var subjects = Subjects()
            while let line = readLine() {
                let request = try JSON.decode(Request.self, from: Array(line.utf8))
                let answer = try await subjects.answer(request)
                try StandardOutput.write(String(decoding: JSON.encode(answer), as: UTF8.self) + "\n")
            }
        } catch {
            let message = "bench: \(error)\n"
            _ = message.withCString { Glibc.write(STDERR_FILENO, $0, strlen($0)) }
            exit(1)
        }
    }
}

/// What is to be measured. Fields that a measurement does not use are left out.
struct Request: Decodable {
    var `do`: String
    var text: String?
    var table: String?
    var words: String?
    var stream: String?
    var model: String?
    var sequences: String?
    var output: String?
    var source: String?
    var target: String?
    var dimension: Int?
    var precision: String?
    var jobs: Int?
    var tokens: Int?
    var level: Int?

    func required(_ field: KeyPath<Request, String?>, _ name: String) throws -> String {
        guard let value = self[keyPath: field] else { throw Failure(.usage, "'\(self.do)' needs '\(name)'") }
        return value
    }
}

/// Time and amount of one measurement.
struct Answer: Encodable {
    var seconds: Double
    /// Tokens, rows, words or bytes, as the measurement says.
    var units: Int
    /// Floating point operations of the matrix products that were executed.
    var operations: Int?
    /// What shows that both sides did the same.
    var check: Double?
    var detail: [String: Double]?

    /// Runs `work`, which returns the amount that it did.
    static func timing(_ work: () throws -> Int) rethrows -> Answer {
        let start = ContinuousClock.now
        let units = try work()
        return Answer(seconds: (ContinuousClock.now - start).inSeconds, units: units)
    }
}

extension Duration {
    var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}

/// Everything that was loaded so far.
struct Subjects {
    private var texts: [String: TextSubject] = [:]
    private var tables: [String: TableSubject] = [:]
    private var taggers: [String: TaggerSubject] = [:]
    private var streams: [String: StreamSubject] = [:]
    private var transformers: [String: TransformerSubject] = [:]
    private var neighbours: [String: NeighboursSubject] = [:]

    mutating func answer(_ request: Request) async throws -> Answer {
        switch request.do {
        case "load": return Answer(seconds: 0, units: 0)
        case "peak": return peak(jobs: request.jobs ?? 1)
        case "tokenize", "byteloop":
            let path = try request.required(\.text, "text")
            let text = try texts[path] ?? TextSubject(path)
            texts[path] = text
            return request.do == "tokenize" ? text.tokenize() : text.loopOverBytes()
        case "gather", "gather-limit", "vectors", "look-up", "nearest":
            let path = try request.required(\.table, "table")
            let table = try tables[path] ?? TableSubject(path, words: request.required(\.words, "words"))
            tables[path] = table
            return try await table.answer(request)
        case "neighbours", "mutual-neighbours":
            let path = try request.required(\.source, "source") + " " + request.required(\.target, "target")
            let subject = try neighbours[path] ?? NeighboursSubject(request)
            neighbours[path] = subject
            return try subject.answer(request)
        case "score", "update", "probabilities", "losses":
            let path = try request.required(\.model, "model") + " " + request.required(\.stream, "stream")
            let tagger = try taggers[path] ?? TaggerSubject(request)
            taggers[path] = tagger
            return try tagger.answer(request)
        case "transformer", "transformer-peak", "transformer-logits":
            let path = try request.required(\.model, "model") + " " + request.required(\.sequences, "sequences")
            let transformer = try transformers[path] ?? TransformerSubject(request)
            transformers[path] = transformer
            return try transformer.answer(request)
        case "write", "read":
            let path = try request.required(\.stream, "stream")
            let stream = try streams[path] ?? StreamSubject(path)
            streams[path] = stream
            return try stream.answer(request)
        default: throw Failure(.usage, "there is nothing called '\(request.do)' to measure")
        }
    }

    /// Multiply-adds in registers, on every thread at once.
    private func peak(jobs: Int) -> Answer {
        let threads = ThreadTeam(jobs)
        var answer = Answer.timing {
            threads.run { _ in Kernel.runMultiplyAddChain(iterationCount: 20_000_000) }.reduce(0, +)
        }
        answer.operations = answer.units
        return answer
    }
}
