import Diagnostics
import Glibc
import Shards

/// The blocks of a stream in memory, to be written and read again on one thread.
final class StreamSubject {
    private let header: StreamHeader
    private var blocks: [Block] = []
    private var byteCount = 0

    init(_ path: String) throws {
        let reader = try ShardReader(paths: [path])
        header = reader.header
        while let block = try reader.next() {
            byteCount += block.payload.count
            blocks.append(block)
        }
    }

    /// Units are bytes of plain blocks.
    func answer(_ request: Request) throws -> Answer {
        let path = try request.required(\.output, "output")
        switch request.do {
        case "write":
            let answer = try Answer.timing {
                let compressor = FrameCompressor(level: request.level ?? 3)
                let writer = try ShardWriter(to: .file(path), header: header, compressor: compressor)
                for block in blocks { try writer.append(EncodedBlock(block, compressor: compressor)) }
                try writer.finish()
                return byteCount
            }
            return answer
        default:
            return try Answer.timing {
                let reader = try ShardReader(paths: [path])
                var count = 0
                while let block = try reader.next() { count += block.payload.count }
                guard count == byteCount else { throw Failure(.bug, "\(count) bytes came back of \(byteCount)") }
                return count
            }
        }
    }
}
