import Diagnostics
package import Shards

/// A stream to learn from, that has not begun to flow.
package struct TrainingSource: Sendable {
    package var header: StreamHeader
    /// Where it comes from, for messages.
    package var place: String
    /// Starts the stages; batches before `firstIndex` need only their text, because they are skipped.
    package var attach: @Sendable (PipelineRunner, _ firstIndex: Int) async throws -> BatchStream
    /// Files that hold exactly this stream, readable in any order, when there are such.
    package var library: ShardLibrary?

    package init(
        header: StreamHeader, place: String, library: ShardLibrary? = nil,
        attach: @escaping @Sendable (PipelineRunner, _ firstIndex: Int) async throws -> BatchStream
    ) {
        self.header = header
        self.place = place
        self.library = library
        self.attach = attach
    }

    /// Files that hold the stream.
    package init(_ library: ShardLibrary, place: String) {
        self.init(header: library.header, place: place, library: library) { _, _ in
            throw Failure.askedForAsIfItFlowed(place)
        }
    }
}
