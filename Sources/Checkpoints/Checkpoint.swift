import Shards

/// One point a training run can continue from: a small state as JSON and named arrays of floats.
///
/// Stored as a stream of one data block (`StreamHeader/Kind/checkpoint`), so that checksums, END record, atomic
/// naming and `zstd -t` are those of every other shard.
package struct Checkpoint: Sendable {
    /// Number of updates done.
    package var updateNumber: Int
    /// What the run is: a checkpoint of another configuration or input is refused.
    package var identity: [String: String]
    /// The run's own state, as JSON.
    package var state: [UInt8]
    package var arrays: [(name: String, values: [Float])]

    package init(
        updateNumber: Int, identity: [String: String], state: [UInt8], arrays: [(name: String, values: [Float])]
    ) {
        self.updateNumber = updateNumber
        self.identity = identity
        self.state = state
        self.arrays = arrays
    }

    /// Names the first thing in which a run differs from the one that wrote this, as `what: checkpoint has X, this run
    /// has Y`.
    package func difference(from other: [String: String]) -> String? {
        for key in Set(identity.keys).union(other.keys).sorted() where identity[key] != other[key] {
            return "\(key): the checkpoint has \(identity[key] ?? "nothing"), this run has \(other[key] ?? "nothing")"
        }
        return nil
    }

    private struct Description: Codable {
        var updateNumber: Int
        var identity: [String: String]
    }

    func write(to path: String, compressor: FrameCompressor) throws {
        let description = try JSON.encode(Description(updateNumber: updateNumber, identity: identity))
        let header = StreamHeader(kind: .checkpoint, producer: "nerpipe", language: "", tokenizer: "")
        let writer = try ShardWriter(to: .file(path), header: header, compressor: compressor)
        var columns = Columns.Writer()
        columns.add("description", description)
        columns.add("state", state)
        for array in arrays { columns.add(array.name, array.values) }
        try writer.append(
            EncodedBlock(Block(kind: .data, index: 1, payload: columns.payload()), compressor: compressor))
        try writer.finish()
    }

    /// Reads and checks a whole checkpoint; the arrays asked for must be there.
    package init(path: String, arrays names: [String]) throws {
        let reader = try ShardReader(paths: [path])
        try reader.header.require(.checkpoint, from: path, by: "resume")
        guard let block = try reader.next() else { throw Columns.Reader.damaged(path, "it is empty") }
        let columns = try Columns.Reader(block.payload, place: path)
        guard try reader.next() == nil,
            let description = try? JSON.decode(Description.self, from: columns.column("description", as: UInt8.self))
        else {
            throw Columns.Reader.damaged(path, "its description is not readable")
        }
        updateNumber = description.updateNumber
        identity = description.identity
        state = try columns.column("state", as: UInt8.self)
        arrays = try names.filter(columns.has).map { ($0, try columns.column($0, as: Float.self)) }
    }

    package func array(_ name: String) -> [Float]? { arrays.first { $0.name == name }?.values }
}
