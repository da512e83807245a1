package import Corpora
import Diagnostics
package import Formats
package import Shards
import Streams

/// Where text goes: a file that appears when all of it is there, or standard output.
///
/// `@unchecked Sendable` holds because one task alone writes.
package final class TextOutput: @unchecked Sendable {
    private let file: TextFile?
    private let frame: TextFrame
    private var isEmpty = true

    /// - Parameters:
    ///   - file: nil for standard output.
    ///   - frame: What stands around and between the texts of batches.
    package init(_ file: TextFile?, frame: TextFrame = TextFrame()) {
        self.file = file
        self.frame = frame
    }

    package func write(_ bytes: [UInt8]) throws {
        guard !bytes.isEmpty else { return }
        try put((isEmpty ? frame.opening : frame.separator) + bytes)
        isEmpty = false
    }

    package func finish() throws {
        try put((isEmpty ? frame.opening : []) + frame.closing)
        try file?.commit()
    }

    private func put(_ bytes: [UInt8]) throws {
        if let file { return try file.write(bytes) }
        try bytes.withUnsafeBytes { try StandardOutput.write($0) }
    }
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
