import Corpora
import Diagnostics
import Locks
package import Shards
package import Streams
package import Vectors

/// What the stages of one command share: threads, counters, messages, and the tables that are open already.
package final class PipelineContext: Sendable {
    /// All that compute for the command.
    package let threads: ComputeThreads
    package let progress: ProgressMeter
    /// How long to wait for another process that writes the same output.
    package let wait: Duration
    package let log: @Sendable (String) -> Void
    /// What the command was told, for records.
    package let words: [String]
    /// Which unit of a work it is.
    package let unitName: String
    /// Open tables by their digest: to compare one with its digest costs a read of all of it.
    private let tables = Locked<[String: VectorTable]>([:])
    /// Models by their folder: who asks whether they are there and who uses them read and check them once.
    private let models = Locked<[String: ModelFolder]>([:])

    package init(
        threads: ComputeThreads, progress: ProgressMeter, wait: Duration = .zero, words: [String] = [],
        unitName: String = UnitOutput.name(of: .whole),
        log: @escaping @Sendable (String) -> Void
    ) {
        (self.threads, self.progress, self.wait, self.words, self.log) = (threads, progress, wait, words, log)
        self.unitName = unitName
    }

    package func makeRunner() -> PipelineRunner { PipelineRunner(threads: threads, progress: progress) }

    /// A model, read the first time that it is asked for.
    package func model(at path: String) throws -> ModelFolder {
        if let model = models.withLock({ $0[path] }) { return model }
        let model = try ModelFolder(path: path)
        models.withLock { $0[path] = model }
        return model
    }

    /// Lets other stages have a table that one of them opened and compared with its digest.
    package func share(_ table: VectorTable) {
        tables.withLock { $0[table.description.digest] = table }
    }

    /// The table of a stream that has passed `embed`.
    ///
    /// - Parameter path: Where it is, when it is not where the stream says.
    package func table(of header: StreamHeader, at path: String?, neededBy place: String) throws -> VectorTable {
        if path == nil, let digest = header.table?.digest, let table = tables.withLock({ $0[digest] }) { return table }
        let table = try TableFinder.open(for: header, override: path, neededBy: place)
        share(table)
        return table
    }
}
