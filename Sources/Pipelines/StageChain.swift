import Diagnostics
import Locks
package import Shards

/// Where the batches of a pipeline come from; nothing flows yet.
package struct PipelineSource: Sendable {
    package var header: StreamHeader
    /// For messages.
    package var place: String
    /// Number of the first block; those of a unit of the work have the numbers that they have in all of it.
    package var firstIndex = 1
    /// What is remembered of it when it is a unit; nil for others, and where it is a pipe.
    package var inputs: UnitInputs?
    /// Starts reading.
    package var start: @Sendable (PipelineRunner) throws -> BatchStream

    package init(
        header: StreamHeader, place: String, start: @escaping @Sendable (PipelineRunner) throws -> BatchStream
    ) {
        (self.header, self.place, self.start) = (header, place, start)
    }

    /// Streams of nerpipe, in files or on standard input.
    package init(streams paths: [String]) throws {
        let reader = try ShardReader(paths: paths)
        // A pipe can be opened only once, files again for each time.
        let first = HandOver(reader)
        self.init(header: reader.header, place: reader.name) { runner in
            try runner.read(first.take() ?? ShardReader(paths: paths))
        }
    }

    /// The blocks of a unit of the work, one after the other in the files, and as many as the others have.
    package init(streams paths: [String], unit: WorkUnit) throws {
        guard let library = try ShardLibrary(paths.map(Self.sharedShard)) else { throw Failure.noInputGiven() }
        let blocks = unit.share(of: library.blockCount), digest = Locked<String?>(nil)
        self.init(header: library.header, place: paths[0]) { runner in
            runner.read(library, blocks, name: paths[0]) { read in digest.withLock { $0 = read } }
        }
        firstIndex = blocks.lowerBound + 1
        inputs = try UnitInputs(
            parts: library.parts(of: blocks).map { try UnitInput(path: $0.path, $0.blocks) }, files: paths,
            readAgain: { try library.digest(of: blocks) }, digest: { digest.withLock { $0 } })
    }

    private static func sharedShard(_ path: String) throws -> RandomAccessShard {
        guard !Directory.isReadOnce(path), let shard = try RandomAccessShard(path: path) else {
            throw Failure.streamCannotBeShared(path)
        }
        return shard
    }
}

/// Open stages, one behind the other.
package struct StageChain: Sendable {
    private struct Link: Sendable {
        var name: String
        var stage: OpenStage
        var isSurveyed = Locked(false)
    }

    package let source: PipelineSource
    /// Of what comes out behind the last stage.
    package private(set) var header: StreamHeader
    private let context: PipelineContext
    private var links: [Link] = []

    package init(_ source: PipelineSource, in context: PipelineContext) {
        (self.source, self.context, header) = (source, context, source.header)
    }

    /// Refuses a stage in which a block depends on others, which a unit of the work has not.
    package func requireBlockByBlock() throws {
        for link in links {
            guard case .transform = link.stage.work, link.stage.survey == nil else {
                throw Failure.stageSeesAll(link.name)
            }
        }
    }

    package var memory: [StageMemory] { links.map(\.stage.memory) }
    package var plan: [String] { links.flatMap(\.stage.plan) }

    /// Puts a stage behind the others; refuses one that the stream so far does not fit.
    package mutating func append<S: Stage>(_ stage: S) async throws {
        try header.require(S.kinds, from: source.place, by: S.help.name)
        append(try await stage.open(header, place: source.place, in: context), name: S.help.name)
    }

    /// Puts a stage behind the others that was opened for ``header``.
    package mutating func append(_ stage: OpenStage, name: String) {
        header = stage.header
        links.append(Link(name: name, stage: stage))
    }

    /// Starts all stages on a runner, after those that must see the stream first have seen it.
    ///
    /// - Parameter firstIndex: Blocks before it are only counted and compared by their text, so stages that leave the text
    ///   alone let them pass; `.max`: all of them.
    package func attach(to runner: PipelineRunner, from firstIndex: Int = 1) async throws -> BatchStream {
        if firstIndex < .max || chosen > 0 { try await survey() }
        return try attach(links[...], to: runner, from: firstIndex)
    }

    /// How many stages must work on every block, because one of them chooses sentences by what was computed.
    private var chosen: Int { (links.lastIndex { $0.stage.choosesByContent } ?? -1) + 1 }

    private func attach(_ links: ArraySlice<Link>, to runner: PipelineRunner, from firstIndex: Int) throws
        -> BatchStream
    {
        var stream = try source.start(runner)
        for (place, link) in links.enumerated() {
            switch link.stage.work {
            case .transform(let transform):
                let mayPass = place >= chosen && !link.stage.changesSentences
                stream = runner.map(
                    stream, name: link.name, header: link.stage.header, firstIndex: mayPass ? firstIndex : 0, transform)
            case .tasks(let start):
                stream = try start(stream, link.stage.header, runner)
            }
            if let finish = link.stage.finish { runner.atEnd(finish) }
        }
        return stream
    }

    /// Shows the stream, as it is in front of them, to the stages that must have seen it; each once.
    private func survey() async throws {
        for (place, link) in links.enumerated() {
            guard let survey = link.stage.survey, !link.isSurveyed.withLock({ $0 }) else { continue }
            let runner = context.makeRunner()
            let stream = try attach(links[..<place], to: runner, from: 1)
            runner.forEach(stream, name: "survey") { try survey.observe($0) }
            try await runner.run()
            survey.finish()
            link.isSurveyed.withLock { $0 = true }
        }
    }
}

/// Something non-sendable that is given away once.
///
/// `@unchecked Sendable` holds because whoever takes it gets it alone.
final class HandOver<Value>: @unchecked Sendable {
    private let value: Locked<Value?>
    init(_ value: Value?) { self.value = Locked(value) }
    func take() -> sending Value? {
        nonisolated(unsafe) let taken = value.withLock { $0.take() }
        return taken
    }
}
