import Corpora
import Glibc
import Kernels
import Shards
import VectorInspection
import Vectors

/// Times what a running program does with a table: opening, looking words up, gathering rows, nearest neighbours.
///
/// `vectors-bench TABLE WORDS`: `WORDS` has a look-up form per line. Prints one JSON object; times are the best of
/// several rounds.
@main
struct VectorsBench {
    private struct Result: Encodable {
        var openSeconds: Double
        /// Growth of resident memory by opening.
        var openResidentBytes: Int
        var words: Int
        var found: Int
        var singleWordsPerSecond: Double
        var batchWordsPerSecond: Double
        /// Look-up and the rows as floats.
        var batchVectorsPerSecond: Double
        var nearestSeconds: Double
    }

    static func main() async throws {
        guard CommandLine.arguments.count == 3 else {
            _ = "usage: vectors-bench TABLE WORDS\n".withCString { Glibc.write(2, $0, strlen($0)) }
            exit(64)
        }
        let before = residentByteCount
        let start = ContinuousClock.now
        let table = try VectorTable(path: CommandLine.arguments[1])
        let openSeconds = seconds(since: start)
        let openResident = residentByteCount - before

        let lines = try Directory.contents(of: CommandLine.arguments[2], maximumByteCount: 1 << 30)
        var text: [UInt8] = [], ends: [UInt32] = []
        for line in lines.split(separator: 0x0A) {
            text += line
            ends.append(UInt32(text.count))
        }
        let languages = table.lookupOrder(for: "*")
        var rows: [UInt32] = []
        let single = best { rows = text.withUnsafeBufferPointer { lookUpOneByOne($0, ends, languages, table) } }
        let expected = rows
        let batch = best { rows = table.rows(of: text, ends: ends, languages: languages) }
        precondition(rows == expected, "batches find other rows than single look-ups")
        let D = table.dimension, blockCount = 4096
        let block = FloatBuffer(count: blockCount * D)
        let vectors = best {
            let rows = table.rows(of: text, ends: ends, languages: languages)
            rows.withUnsafeBufferPointer { rows in
                for start in stride(from: 0, to: rows.count, by: blockCount) {
                    let part = UnsafeBufferPointer(rebasing: rows[start..<min(start + blockCount, rows.count)])
                    table.gather(part, scale: 1, into: block.pointer, stride: D)
                }
            }
        }
        let query = (0..<D).map { Float($0 % 7) - 3 }
        var nearest = Double.infinity
        for _ in 0..<9 {
            let start = ContinuousClock.now
            let neighbors = await NeighborSearch(table, language: 0).nearest(to: query, count: 10)
            nearest = min(nearest, seconds(since: start))
            precondition(!neighbors.isEmpty, "no neighbours")
        }
        let count = Double(ends.count)
        let result = Result(
            openSeconds: openSeconds, openResidentBytes: openResident, words: ends.count,
            found: rows.count { $0 != EmbeddedColumns.absent }, singleWordsPerSecond: count / single,
            batchWordsPerSecond: count / batch, batchVectorsPerSecond: count / vectors, nearestSeconds: nearest)
        try StandardOutput.write(String(decoding: try JSON.encodePretty(result), as: UTF8.self))
    }

    private static func lookUpOneByOne(
        _ text: UnsafeBufferPointer<UInt8>, _ ends: [UInt32], _ languages: [UInt16], _ table: VectorTable
    ) -> [UInt32] {
        var start = 0
        return ends.map { end in
            defer { start = Int(end) }
            return table.row(of: UnsafeBufferPointer(rebasing: text[start..<Int(end)]), languages: languages)
                ?? EmbeddedColumns.absent
        }
    }

    private static func best(_ work: () -> Void) -> Double {
        (0..<5).map { _ in
            let start = ContinuousClock.now
            work()
            return seconds(since: start)
        }.min() ?? 0
    }

    private static func seconds(since start: ContinuousClock.Instant) -> Double {
        let duration = ContinuousClock.now - start
        return Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
    }

    /// Resident memory of this process now; 0 where /proc is missing.
    private static var residentByteCount: Int {
        guard let text = try? Directory.contents(of: "/proc/self/statm") else { return 0 }
        let fields = text.split(separator: 0x20)
        return fields.count > 1 ? (Int(String(decoding: fields[1], as: UTF8.self)) ?? 0) * Int(getpagesize()) : 0
    }
}
