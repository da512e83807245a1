import Diagnostics
package import Kernels
package import Shards

/// One point that a run can continue from: its own state as JSON, and named arrays of floats, which stay in the file until they
/// are asked for.
///
/// Stored as a stream (`StreamHeader.Kind.checkpoint`), so that checksums, END record, atomic naming and `zstd -t` are those of
/// every other shard. The first block has the columns `description` and `state`; then come the arrays one after the other,
/// each in blocks of at most ``floatsPerBlock`` floats in a column `values`. So they are written and read where they lie:
/// beside them, memory is taken for some blocks only.
package struct Checkpoint: Sendable {
    /// Name and number of floats of an array in the file.
    struct Shape: Codable, Equatable {
        var name: String
        var count: Int
    }

    private struct Description: Codable {
        var number: Int
        var arrays: [Shape]
    }

    static let floatsPerBlock = 1 << 20

    /// How far the run is: number of updates done, or of what it does one after the other.
    package let number: Int
    /// The run that wrote it.
    package let signature: RunSignature
    /// The run's own state, as JSON.
    package let state: [UInt8]
    let shapes: [Shape]

    /// Number of floats of an array; nil when there is none of this name.
    package func count(of name: String) -> Int? { shapes.first { $0.name == name }?.count }

    /// Writes a checkpoint under its final name when it is complete.
    ///
    /// - Parameters:
    ///   - compressor: nil: as it is, for arrays that are too large to be worth it.
    ///   - rule: What becomes of a file that is there.
    package static func write(
        _ number: Int, of signature: RunSignature, state: [UInt8], _ arrays: [NamedFloats], to path: String,
        compressor: FrameCompressor?, _ rule: OutputRule = OutputRule()
    ) throws {
        let header = StreamHeader(kind: .checkpoint, producer: "nerpipe", language: "", tokenizer: "")
        let writer = try ShardWriter(to: .file(path, rule), header: header, compressor: compressor)
        var index = 0
        func append(_ columns: Columns.Writer) throws {
            index += 1
            let block = Block(kind: .data, index: index, payload: columns.payload())
            try writer.append(EncodedBlock(block, compressor: compressor))
        }
        let description = Description(
            number: number, arrays: arrays.map { Shape(name: $0.name, count: $0.values.count) })
        var head = Columns.Writer()
        head.add("signature", try JSON.encode(signature))
        head.add("description", try JSON.encode(description))
        head.add("state", state)
        try append(head)
        for array in arrays {
            for range in pieces(of: array.values.count) {
                var columns = Columns.Writer()
                array.values.add(range, to: &columns)
                try append(columns)
            }
        }
        try writer.finish()
    }

    /// The ranges of floats that stand in one block each.
    static func pieces(of count: Int) -> some Sequence<Range<Int>> {
        stride(from: 0, to: count, by: floatsPerBlock).lazy.map { $0..<$0 + min(floatsPerBlock, count - $0) }
    }

    init(_ columns: Columns.Reader, place: String) throws {
        guard columns.has("signature") else { throw Failure.otherForm(place) }
        signature = try RunSignature(columns.column("signature", as: UInt8.self), place: place)
        guard
            let description = try? JSON.decode(
                Description.self, from: columns.column("description", as: UInt8.self)),
            description.number >= 0, description.arrays.allSatisfy({ $0.count >= 0 })
        else { throw Columns.Reader.damaged(place, "its description is not readable") }
        number = description.number
        shapes = description.arrays
        state = try columns.column("state", as: UInt8.self)
    }
}

/// An array of a run's state. Not copied: a checkpoint is written of what it holds then, and read into it.
package struct NamedFloats: Sendable {
    package enum Values: Sendable {
        case single(FloatBuffer)
        /// 16-bit floats.
        case half(HalfBuffer)
    }

    package var name: String
    package var values: Values

    package init(_ name: String, _ values: FloatBuffer) { (self.name, self.values) = (name, .single(values)) }
    package init(_ name: String, _ values: HalfBuffer) { (self.name, self.values) = (name, .half(values)) }
}

extension NamedFloats.Values {
    private static var column: String { "values" }

    package var count: Int {
        switch self {
        case .single(let buffer): buffer.count
        case .half(let buffer): buffer.count
        }
    }

    func add(_ range: Range<Int>, to columns: inout Columns.Writer) {
        switch self {
        case .single(let buffer): columns.add(Self.column, Array(buffer.elements[range]))
        case .half(let buffer): columns.add(Self.column, Array(buffer.elements[range]))
        }
    }

    func read(_ range: Range<Int>, of columns: Columns.Reader) throws {
        switch self {
        case .single(let buffer): try Self.read(columns, into: .init(rebasing: buffer.elements[range]))
        case .half(let buffer): try Self.read(columns, into: .init(rebasing: buffer.elements[range]))
        }
    }

    private static func read<T: BitwiseCopyable>(
        _ columns: Columns.Reader, into target: UnsafeMutableBufferPointer<T>
    ) throws {
        _ = try target.update(fromContentsOf: columns.column(column, as: T.self, count: target.count))
    }
}

extension FloatBuffer {
    fileprivate var elements: UnsafeMutableBufferPointer<Float> { .init(start: pointer, count: count) }
}

extension HalfBuffer {
    fileprivate var elements: UnsafeMutableBufferPointer<UInt16> { .init(start: pointer, count: count) }
}
