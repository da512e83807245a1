import Diagnostics
import Kernels
import Shards

/// A checkpoint whose arrays are still to be read.
package struct CheckpointFile {
    package let checkpoint: Checkpoint
    private let reader: ShardReader
    private let path: String

    /// Reads everything but the arrays.
    package init(path: String) throws {
        self.path = path
        reader = try ShardReader(paths: [path])
        try reader.header.require(.checkpoint, from: path, by: "resume")
        guard let block = try reader.next() else { throw Columns.Reader.damaged(path, "it is empty") }
        checkpoint = try Checkpoint(Columns.Reader(block.payload, place: path), place: path)
    }

    /// Reads the rest, to the end, and checks it; to be called once.
    ///
    /// - Parameter arrays: Where arrays go. One that has another size here, or that is not here, is bad data; the others are
    ///   passed over. When it throws, they may be half filled.
    package func read(into arrays: [NamedFloats] = []) throws {
        for array in arrays where checkpoint.count(of: array.name) != array.values.count {
            throw Columns.Reader.damaged(path, "array \(array.name) does not fit")
        }
        for shape in checkpoint.shapes {
            let target = arrays.first { $0.name == shape.name }?.values
            for range in Checkpoint.pieces(of: shape.count) {
                guard let block = try reader.next() else {
                    throw Columns.Reader.damaged(path, "a part of array \(shape.name) is missing")
                }
                let columns = try Columns.Reader(block.payload, place: path)
                try target?.read(range, of: columns)
            }
        }
        guard try reader.next() == nil else { throw Columns.Reader.damaged(path, "it has too many blocks") }
    }
}
