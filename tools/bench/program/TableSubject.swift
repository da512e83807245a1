import BenchLimits
import Corpora
import Diagnostics
import Glibc
import Kernels
import Shards
import UnicodeText
import VectorInspection
import Vectors

/// A vector table, and words of a text to be looked up in it.
final class TableSubject {
    private let table: VectorTable
    private let text: [UInt8]
    private let ends: [UInt32]
    private let rows: [UInt32]
    private let block: FloatBuffer
    /// The rows as f16 patterns, copied for the limit, which knows no table.
    private lazy var halves = HalfBuffer(count: table.rowCount * table.dimension)
    private var bestAhead: Int?
    private static let blockCount = 4096

    /// - Parameter words: File with a word per line.
    init(_ path: String, words: String) throws {
        table = try VectorTable(path: path)
        var text: [UInt8] = [], ends: [UInt32] = []
        for line in try Directory.contents(of: words, maximumByteCount: 1 << 32).split(separator: 0x0A) {
            line.withUnsafeBufferPointer { LookupForm().append($0, to: &text) }
            ends.append(UInt32(text.count))
        }
        (self.text, self.ends) = (text, ends)
        rows = table.rows(of: text, ends: ends, languages: Self.languages(table))
        block = FloatBuffer(count: Self.blockCount * table.dimension)
    }

    private static func languages(_ table: VectorTable) -> [UInt16] {
        table.lookupOrder(for: table.description.languages.first ?? "*")
    }

    func answer(_ request: Request) async throws -> Answer {
        switch request.do {
        case "gather": return gather()
        case "gather-limit": return gatherAtTheLimit()
        case "look-up":
            var answer = Answer.timing { lookUp().count }
            answer.check = Double(rows.count { $0 != EmbeddedColumns.absent })
            return answer
        case "vectors":
            return Answer.timing {
                let rows = lookUp()
                forEachBlock(rows) { table.gather($0, scale: 1, into: block.pointer, stride: table.dimension) }
                return rows.count
            }
        default:
            let query = (0..<table.dimension).map { Float($0 % 7) - 3 }
            let threads = ThreadTeam(request.jobs ?? 1).threads
            let start = ContinuousClock.now
            let neighbors = NeighborSearch(table, language: 0).nearest(to: query, count: 10, threads: threads)
            var answer = Answer(seconds: (ContinuousClock.now - start).inSeconds, units: 1)
            answer.detail = Dictionary(
                uniqueKeysWithValues: neighbors.map { (String($0.row), Double($0.similarity)) })
            return answer
        }
    }

    private func lookUp() -> [UInt32] { table.rows(of: text, ends: ends, languages: Self.languages(table)) }

    private func forEachBlock(_ rows: [UInt32], _ body: (UnsafeBufferPointer<UInt32>) -> Void) {
        rows.withUnsafeBufferPointer { rows in
            for start in stride(from: 0, to: rows.count, by: Self.blockCount) {
                body(UnsafeBufferPointer(rebasing: rows[start..<min(start + Self.blockCount, rows.count)]))
            }
        }
    }

    /// Rows of the words as floats, in the order of the text. Units are rows.
    private func gather() -> Answer {
        Answer.timing {
            forEachBlock(rows) { table.gather($0, scale: 1, into: block.pointer, stride: table.dimension) }
            return rows.count
        }
    }

    /// The same by the plainest loop, with the best distance of its prefetches.
    private func gatherAtTheLimit() -> Answer {
        if bestAhead == nil {
            let D = table.dimension
            for row in 0..<table.rowCount {
                table.halfRow(row).withUnsafeBufferPointer {
                    if let source = $0.baseAddress { (halves.pointer + row * D).update(from: source, count: D) }
                }
            }
            bestAhead = [0, 2, 4, 6, 8, 12, 16].min {
                gatherPlainly(ahead: $0).seconds < gatherPlainly(ahead: $1).seconds
            }
        }
        var answer = gatherPlainly(ahead: bestAhead ?? 0)
        answer.detail = ["ahead": Double(bestAhead ?? 0)]
        return answer
    }

    private func gatherPlainly(ahead: Int) -> Answer {
        Answer.timing {
            forEachBlock(rows) {
                bench_gather($0.count, $0.baseAddress, halves.pointer, table.dimension, ahead, block.pointer)
            }
            return rows.count
        }
    }
}
