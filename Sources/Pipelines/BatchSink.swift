package import Corpora
import Diagnostics
package import Formats
package import Shards
import Streams

/// Where labelled batches go: a text, or a folder of files.
///
/// `@unchecked Sendable` holds because one task alone writes.
package final class BatchSink: @unchecked Sendable {
    let text: (writer: any BatchWriter, output: TextOutput)?
    private let folder: StandoffFolder?

    /// - Parameter path: `-` for standard output.
    package init(_ format: any TextFormat, _ options: WritingOptions, _ path: String, _ rule: OutputRule) throws {
        if let writer = format.writer(options) {
            text = (writer, TextOutput(try path == "-" ? nil : TextFile(path, rule), frame: writer.frame))
            folder = nil
        } else {
            guard path != "-" else { throw Failure.folderAsOutput(format.name) }
            text = nil
            folder = try StandoffFolder(path, rule)
        }
    }

    /// - Parameter destination: Of a text; a folder of files has no other place than its own.
    package convenience init(
        _ format: any TextFormat, _ options: WritingOptions, to destination: StreamDestination
    ) throws {
        switch destination {
        case .standardOutput: try self.init(format, options, "-", OutputRule())
        case .file(let path, let rule): try self.init(format, options, path, rule)
        }
    }

    package var needsDocumentText: Bool { text?.writer.needsDocumentText ?? true }
    package var needsConfidence: Bool { text?.writer.needsConfidence ?? false }

    package func write(_ batch: SentenceBatch, labels: [String]) throws {
        try text?.output.write(text?.writer.write(batch, labels: labels) ?? [])
        try folder?.write(batch, labels: labels)
    }

    package func finish() throws {
        try text?.output.finish()
        try folder?.finish()
    }
}

extension PipelineRunner {
    /// Writes a stream of labelled batches.
    package func write(_ input: BatchStream, labels: [String], to sink: BatchSink) {
        if let text = sink.text {
            return writeText(input, to: text.output) { text.writer.write($0, labels: labels) }
        }
        addBlocking {
            for try await batch in input.batches { try sink.write(batch, labels: labels) }
            try sink.finish()
        }
    }

    /// Hands a stream, in order, to a value that keeps what it needs of it.
    package func collect<Value: Sendable>(
        _ input: BatchStream, into value: Value, _ add: @escaping @Sendable (inout Value, SentenceBatch) -> Void,
        finish: @escaping @Sendable (inout Value) throws -> Void
    ) {
        addBlocking {
            var value = value
            for try await batch in input.batches { add(&value, batch) }
            try finish(&value)
        }
    }
}
