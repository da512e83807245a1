import Diagnostics
import Kernels
import Shards
import WordAlignment

/// Where the training of the space stands, with all rows: a plain stream of blocks of floats after one of JSON.
struct SkipGramCheckpoint {
    struct State: Codable {
        var epoch = 0
        /// Blocks of the epoch that are done, in its order.
        var blocks = 0
        /// Tokens that are done, of all epochs.
        var tokens = 0
        var lossSum = 0.0
        var lossCount = 0
        /// Mean loss of each finished epoch.
        var losses: [Double] = []
    }

    private static let floatsPerBlock = 1 << 22

    static func write(_ state: State, _ trainer: SkipGram, to path: String) throws {
        let writer = try ShardWriter(to: .file(path), header: .ofWork(.checkpoint), compressor: nil)
        var number = 0
        func append<T: BitwiseCopyable>(_ name: String, _ values: [T]) throws {
            var columns = Columns.Writer()
            columns.add(name, values)
            number += 1
            try writer.append(
                EncodedBlock(Block(kind: .data, index: number, payload: columns.payload()), compressor: nil))
        }
        try append("state", JSON.encode(state))
        for buffer in [trainer.inputs, trainer.outputs] {
            for start in stride(from: 0, to: buffer.count, by: floatsPerBlock) {
                let count = min(floatsPerBlock, buffer.count - start)
                try append("rows", Array(UnsafeBufferPointer(start: buffer.pointer + start, count: count)))
            }
        }
        try writer.finish()
    }

    static func read(_ path: String, into trainer: SkipGram) throws -> State {
        let reader = try ShardReader(paths: [path])
        try reader.header.require(.checkpoint, from: path, by: "vectors train")
        guard let head = try reader.next() else { throw Columns.Reader.damaged(path, "it is empty") }
        let state = try JSON.decode(
            State.self, from: Columns.Reader(head.payload, place: path).column("state", as: UInt8.self))
        guard state.epoch >= 0, state.blocks >= 0, state.tokens >= 0, state.losses.count == state.epoch else {
            throw Columns.Reader.damaged(path, "its parts do not fit together")
        }
        for buffer in [trainer.inputs, trainer.outputs] {
            for start in stride(from: 0, to: buffer.count, by: floatsPerBlock) {
                let count = min(floatsPerBlock, buffer.count - start)
                guard let block = try reader.next() else { throw Columns.Reader.damaged(path, "rows are missing") }
                let rows = try Columns.Reader(block.payload, place: path).column("rows", as: Float.self, count: count)
                rows.withUnsafeBufferPointer {
                    if let base = $0.baseAddress { (buffer.pointer + start).update(from: base, count: count) }
                }
            }
        }
        guard try reader.next() == nil else { throw Columns.Reader.damaged(path, "it has too many rows") }
        return state
    }
}
