import Diagnostics
import Glibc
import Kernels
import Shards
import Transformers

/// A Hugging Face folder and sentences of pieces in memory.
final class TransformerSubject {
    private let folder: String
    private let sentences: [[Int32]]
    private var encoders: [EncoderPrecision: TransformerEncoder] = [:]
    /// Rows of a forward pass, as those of a teacher.
    private static let passRowCount = 1024

    /// Loads sentences, a JSON array of arrays of pieces.
    init(_ request: Request) throws {
        folder = try request.required(\.model, "model")
        let path = try request.required(\.sequences, "sequences")
        sentences = try JSON.decode([[Int32]].self, from: Directory.contents(of: path, maximumByteCount: 1 << 30))
    }

    func answer(_ request: Request) throws -> Answer {
        guard let precision = EncoderPrecision(rawValue: request.precision ?? "fp32") else {
            throw Failure(.usage, "precision '\(request.precision ?? "")'")
        }
        let encoder = try encoders[precision] ?? TransformerEncoder(folder: folder, precision: precision)
        encoders[precision] = encoder
        if request.do == "transformer-logits" {
            return try write(encoder, to: request.required(\.output, "output"))
        }
        let start = Self.processorSeconds, chain = request.do == "transformer-peak"
        var answer = Answer(seconds: 0, units: 0)
        if chain {
            answer.operations = Kernel.runMultiplyAddChain(iterationCount: 10_000_000)
        } else {
            forEachPass(encoder) { _, sequences in answer.units += sequences.rowCount }
            answer.operations = encoder.operationCount(lengths: sentences.map(\.count))
        }
        answer.seconds = Self.processorSeconds - start
        return answer
    }

    /// Processor time of this process, which computes on one thread: other programs on the machine do not count.
    private static var processorSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    private func forEachPass(
        _ encoder: TransformerEncoder, _ body: (TransformerEncoder.Result, EncoderSequences) -> Void
    ) {
        let workspace = EncoderWorkspace(encoder.configuration)
        var sequences = EncoderSequences()
        for (number, sentence) in sentences.enumerated() {
            sequences.append(sentence)
            guard sequences.rowCount >= Self.passRowCount || number == sentences.count - 1 else { continue }
            body(encoder.forward(sequences, in: workspace), sequences)
            sequences.removeAll()
        }
    }

    /// Writes the logits of all pieces as f32, for a comparison.
    private func write(_ encoder: TransformerEncoder, to path: String) throws -> Answer {
        var bytes: [UInt8] = []
        let K = encoder.configuration.labels.count
        forEachPass(encoder) { result, sequences in
            for row in 0..<sequences.rowCount {
                bytes += UnsafeRawBufferPointer(start: result.logits.from(row: row).pointer, count: K * 4)
            }
        }
        try AtomicFile.write(bytes, to: path)
        return Answer(seconds: 0, units: bytes.count / 4)
    }
}
