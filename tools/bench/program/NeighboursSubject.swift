import Diagnostics
import Kernels
import Shards
import VectorSpaces

/// The rows of two languages, as the search for neighbours finds them in memory.
final class NeighboursSubject {
    private let source: FloatBuffer
    private let target: FloatBuffer
    private let dimension: Int

    /// Reads two files of 32-bit floats, row after row.
    init(_ request: Request) throws {
        guard let dimension = request.dimension else { throw Failure(.usage, "'\(request.do)' needs 'dimension'") }
        self.dimension = dimension
        source = try Self.rows(request.required(\.source, "source"))
        target = try Self.rows(request.required(\.target, "target"))
    }

    private static func rows(_ path: String) throws -> FloatBuffer {
        let file = try MappedFile(path: path)
        let rows = FloatBuffer(count: file.bytes.count / MemoryLayout<Float>.size)
        UnsafeMutableRawBufferPointer(start: rows.pointer, count: file.bytes.count).copyMemory(from: file.bytes)
        return rows
    }

    /// Ten nearest rows of the other language by cosine: of every source row, or of the rows of both. The check is the sum of their
    /// means.
    func answer(_ request: Request) throws -> Answer {
        let threads = ThreadTeam(request.jobs ?? 1).threads
        let (N, M) = (source.count / dimension, target.count / dimension)
        var sum = 0.0
        var answer = try Answer.timing {
            if request.do == "neighbours" {
                let found = try NearestNeighbours(
                    of: source, count: N, among: target, count: M, dimension: dimension, neighbourCount: 10,
                    threads: threads)
                sum = found.meanScores.reduce(0) { $0 + Double($1) }
                return N
            }
            let found = try NearestNeighbours.mutual(
                of: source, count: N, and: target, count: M, dimension: dimension, neighbourCount: 10, threads: threads)
            sum = (found.first.meanScores + found.second.meanScores).reduce(0) { $0 + Double($1) }
            return N + M
        }
        answer.operations = 2 * N * M * dimension
        answer.check = sum
        return answer
    }
}
