package import Corpora
import Diagnostics
package import Shards
import Streams

/// Where text goes: a file that appears when all of it is there, or standard output.
///
/// `@unchecked Sendable` holds because one task alone writes.
package struct TextOutput: @unchecked Sendable {
    private let file: TextFile?

    /// - Parameter file: nil for standard output.
    package init(_ file: TextFile?) { self.file = file }

    func write(_ bytes: [UInt8]) throws {
        if let file { return try file.write(bytes) }
        try bytes.withUnsafeBytes { try StandardOutput.write($0) }
    }

    func finish() throws { try file?.commit() }
}

extension PipelineRunner {
    /// Writes a stream as text.
    package func writeText(
        _ input: BatchStream, to output: TextOutput, _ text: @escaping @Sendable (SentenceBatch) -> [UInt8]
    ) {
        let (sender, texts) = BoundedStream<[UInt8]>.make(capacity: Self.streamCapacity)
        addWorkers(from: input.batches, to: sender) { text($0) }
        addBlocking {
            for try await bytes in texts { try output.write(bytes) }
            try output.finish()
        }
    }
}
