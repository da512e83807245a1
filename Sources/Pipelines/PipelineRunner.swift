package import Corpora
import Diagnostics
package import Formats
import Locks
package import Shards
package import Streams
import Tokenization

/// Batches on their way from one stage to the next inside the process.
package struct BatchStream: AsyncSequence, Sendable {
    package let header: StreamHeader
    package let batches: BoundedStream<SentenceBatch>
    /// For messages: where the stream comes from.
    package let name: String

    package init(header: StreamHeader, batches: BoundedStream<SentenceBatch>, name: String) {
        self.header = header
        self.batches = batches
        self.name = name
    }

    package func makeAsyncIterator() -> BoundedStream<SentenceBatch>.Iterator { batches.makeAsyncIterator() }
}

/// Builds the tasks of a pipeline and runs them together.
///
/// Bounds: between two stages wait at most ``streamCapacity`` batches; the stage before suspends when they are there.
/// A stage with `w` workers holds up to `w` batches more. So memory is a constant times the size of a block, whatever
/// the length of the corpus. All computing of all stages is done by ``threads``; what blocks, reading and writing, runs on
/// `BlockingThreads` and never occupies one of these.
///
/// Ends: a failure goes down the streams behind what came before it, and up them as the end of demand. What a stage still
/// waits for ``patience`` later is given up (``UnansweredWork``), so that nobody who never answers keeps a pipeline from ending.
package final class PipelineRunner {
    package static let streamCapacity = 4
    /// How long blocks that are being worked on are waited for after a failure or a signal.
    package static let patience = Duration.seconds(5)

    package let threads: ComputeThreads
    package let progress: ProgressMeter
    private let patience: Duration
    private let pass: Int
    private let unanswered = UnansweredWork()
    private var tasks: [PipelineTask] = []
    private var endings: [@Sendable () throws -> Void] = []

    package init(threads: ComputeThreads, progress: ProgressMeter, patience: Duration = patience) {
        (self.threads, self.progress, self.patience) = (threads, progress, patience)
        pass = progress.beginPass()
    }

    /// Counters of a stage of this pipeline.
    ///
    /// - Parameter input: Waits of the stream that it reads.
    func addStage(
        _ name: String, from input: (@Sendable () -> StreamWaits)? = nil, _ output: BoundedStream<SentenceBatch>?
    ) -> StageCounters {
        progress.addStage(name, pass: pass, from: input, output)
    }

    /// Adds a task that computes.
    package func add(_ body: @escaping @Sendable () async throws -> Void) {
        tasks.append(PipelineTask(on: threads, body))
    }

    /// Adds a task that blocks, and computes nothing to speak of.
    package func addBlocking(_ body: @escaping @Sendable () async throws -> Void) {
        tasks.append(PipelineTask(on: BlockingThreads.shared, body))
    }

    /// Adds what is done when all tasks have ended well.
    func atEnd(_ body: @escaping @Sendable () throws -> Void) { endings.append(body) }

    /// Adds a stage whose workers apply `transform` to every element of a stream, in order.
    func addWorkers<Input: Sendable, Output: Sendable>(
        from input: BoundedStream<Input>, to output: BoundedStream<Output>.Sender,
        _ transform: @escaping @Sendable (Input) async throws -> Output
    ) {
        add { [threads] in try await threads.map(input, to: output, transform) }
    }

    /// Runs all tasks until the last one ends; throws the failure that was the cause of the others.
    package func run() async throws {
        let failures = Locked<[any Error]>([])
        await withTaskGroup(of: Void.self) { group in
            for task in tasks {
                group.addTask(executorPreference: task.executor) {
                    do { try await task.run() } catch { failures.withLock { $0.append(error) } }
                }
            }
            let watch = Task(executorPreference: BlockingThreads.shared) { [unanswered, patience] in
                while failures.withLock({ $0.isEmpty }), !Interruption.isRequested {
                    try await Task.sleep(for: .milliseconds(100))
                }
                try await Task.sleep(for: patience)
                unanswered.giveUp()
            }
            await group.waitForAll()
            watch.cancel()
        }
        tasks = []
        let all = failures.withLock { $0 }
        // A broken stream is what the neighbours of a failure see, not the failure; and a receiver that wants no more is
        // none at all.
        guard
            let cause = all.first(where: { !($0 is BrokenStream) && !($0 is CancellationError) })
                ?? all.first(where: { $0 as? BrokenStream != .noReceiver })
        else {
            for ending in endings { try ending() }
            endings = []
            return
        }
        // A signal to a whole pipe ends the processes before this one, too; that their streams end early is then no
        // fault of the data. Of several stages that stopped the last one knows best where the run stands.
        guard Interruption.explainsFailure else { throw cause }
        throw all.last { ($0 as? Failure)?.code == .interrupted }
            ?? Failure.interruptedForNow()
    }

    // MARK: Sources

    /// Text files to batches of tokens.
    ///
    /// - Parameters:
    ///   - bad: Takes the records that cannot be read, in the order of the input.
    ///   - whenRead: Is told the digest of the content, where the source keeps it, when all of it was read.
    package func tokenize(
        _ source: sending TextSource, _ stage: TokenizeStage, name: String, bad: BadRecords = BadRecords(),
        whenRead: @escaping @Sendable (String) -> Void = { _ in }
    ) -> BatchStream {
        let (itemSender, items) = BoundedStream<SourceItem>.make(capacity: Self.streamCapacity)
        let (resultSender, results) = BoundedStream<TokenizeStage.Result>.make(capacity: 1)
        let (sender, batches) = BoundedStream<SentenceBatch>.make(capacity: Self.streamCapacity)
        let counters = addStage("tokenize", from: items.waits, batches)
        let box = Box(source)
        addBlocking {
            try await Self.produce(into: itemSender) {
                try Interruption.check("interrupted while reading \(name)")
                let item = try box.value.next()
                if item == nil {
                    if let digest = box.value.contentDigest { whenRead(digest) }
                    counters.note(
                        "sentences of columns cut at \(CoNLLReader.maximumSentenceTokenCount) tokens",
                        box.value.cutSentenceCount)
                    for kind in ReadingLosses.Kind.allCases {
                        counters.note(kind.rawValue, box.value.losses.count(of: kind))
                    }
                }
                return item
            }
        }
        addWorkers(from: items, to: resultSender) { item in
            let start = ContinuousClock.now
            let result = try stage.process(item)
            counters.add(result.batch?.counts ?? BlockCounts(), busy: ContinuousClock.now - start)
            counters.note("sentences split at the maximum length", result.notes.splitSentences)
            counters.note("ill-formed sequences replaced", result.notes.replacedSequences)
            for (script, count) in result.notes.unsegmentedTokens { counters.note(script.unsegmentedNote, count) }
            return result
        }
        add {
            try await sender.finishing {
                var accepted = 0
                for try await result in results {
                    accepted += result.acceptedCount
                    for record in result.rejected { try bad.reject(record) }
                    bad.accept(result.acceptedCount)
                    if let batch = result.batch { try await sender.send(batch) }
                }
                counters.setRecords(accepted: accepted, bad)
                // Before the stream ends: what comes after it may remember for ever that it was read.
                try bad.finish()
            }
        }
        return BatchStream(header: stage.header, batches: batches, name: name)
    }

    /// A stored stream, or one from standard input.
    package func read(_ reader: sending ShardReader) -> BatchStream {
        let (blockSender, blocks) = BoundedStream<PlacedBlock>.make(capacity: Self.streamCapacity)
        let (sender, batches) = BoundedStream<SentenceBatch>.make(capacity: Self.streamCapacity)
        let header = reader.header
        let name = reader.name
        let counters = addStage("read", from: blocks.waits, batches)
        let box = Box(reader)
        addBlocking {
            try await Self.produce(into: blockSender) {
                try Interruption.check("interrupted while reading \(name)")
                return try box.value.next().map { PlacedBlock(block: $0, place: box.value.place) }
            }
        }
        addWorkers(from: blocks, to: sender) { item in
            try counters.measure { try SentenceBatch(item.block, header: header, place: item.place) }
        }
        return BatchStream(header: header, batches: batches, name: name)
    }

    /// Some blocks of a library, counted from 0 over all shards; as batches they have the numbers from 1 on.
    ///
    /// - Parameter whenRead: Is told the digest of the blocks when all of them were read.
    package func read(
        _ library: ShardLibrary, _ range: Range<Int>, name: String, whenRead: @escaping @Sendable (String) -> Void
    ) -> BatchStream {
        let (sender, batches) = BoundedStream<SentenceBatch>.make(capacity: Self.streamCapacity)
        let counters = addStage("read", batches)
        addBlocking {
            let digest = RunningDigest()
            var rest = range
            try await Self.produce(into: sender) {
                try Interruption.check("interrupted while reading \(name)")
                guard let index = rest.popFirst() else {
                    whenRead(digest.hex)
                    return nil
                }
                return try counters.measure {
                    let (block, path) = try library.block(index)
                    digest.update(block.payloadHash)
                    var batch = try SentenceBatch(block, header: library.header, place: path)
                    batch.index = index + 1
                    return batch
                }
            }
        }
        return BatchStream(header: library.header, batches: batches, name: name)
    }

    // MARK: Stages

    /// A stage that is a pure function of a batch.
    ///
    /// - Parameter firstIndex: Batches before it pass untouched; a resumed run needs only their text.
    package func map(
        _ input: BatchStream, name: String, header: StreamHeader, firstIndex: Int = 0,
        _ transform: @escaping @Sendable (SentenceBatch, StageCounters) async throws -> SentenceBatch
    ) -> BatchStream {
        let (sender, batches) = BoundedStream<SentenceBatch>.make(capacity: Self.streamCapacity)
        let counters = addStage(name, from: input.batches.waits, batches)
        addWorkers(from: input.batches, to: sender) { [threads, unanswered] batch in
            if batch.index < firstIndex { return batch }
            let start = ContinuousClock.now
            let result = try await unanswered.run(on: threads) { try await transform(batch, counters) }
            counters.add(result.counts, busy: ContinuousClock.now - start)
            return result
        }
        return BatchStream(header: header, batches: batches, name: input.name)
    }

    // MARK: Sinks

    /// Writes a stream to a file or standard output.
    ///
    /// - Parameter firstIndex: Number of the first block, which is number 1 of what is written.
    package func write(
        _ input: BatchStream, to destination: StreamDestination, compressor: FrameCompressor?, firstIndex: Int = 1
    ) throws {
        let (sender, encoded) = BoundedStream<EncodedBlock>.make(capacity: Self.streamCapacity)
        let counters = addStage("write", from: input.batches.waits, nil)
        let header = input.header
        addWorkers(from: input.batches, to: sender) { batch in
            try counters.measure(batch.counts) {
                var block = batch.block()
                block.index -= firstIndex - 1
                return try EncodedBlock(block, compressor: compressor)
            }
        }
        let writer = Box(try ShardWriter(to: destination, header: header, compressor: compressor))
        addBlocking {
            for try await block in encoded { try writer.value.append(block) }
            try writer.value.finish()
        }
    }

    /// Hands every batch to `body`, in order and one at a time.
    package func forEach(
        _ input: BatchStream, name: String, _ body: @escaping @Sendable (SentenceBatch) throws -> Void
    ) {
        let counters = addStage(name, from: input.batches.waits, nil)
        add {
            for try await batch in input { try counters.measure(batch.counts) { try body(batch) } }
        }
    }

    /// Sends what `next` gives until it gives nil; ends the stream in every case.
    static func produce<Element: Sendable>(
        into sender: BoundedStream<Element>.Sender, _ next: () throws -> Element?
    ) async throws {
        try await sender.finishing { while let element = try next() { try await sender.send(element) } }
    }
}

/// A task of a pipeline. What it holds, its ends of streams above all, goes when it ends, so that no neighbour waits for
/// it, however it ends.
private final class PipelineTask: Sendable {
    let executor: any TaskExecutor
    private let body: Locked<(@Sendable () async throws -> Void)?>

    init(on executor: any TaskExecutor, _ body: @escaping @Sendable () async throws -> Void) {
        self.executor = executor
        self.body = Locked(body)
    }

    /// Runs it, the first time.
    func run() async throws { try await body.withLock { $0.take() }?() }
}

/// A block and where it was read, for messages.
private struct PlacedBlock: Sendable {
    var block: Block
    var place: String
}

/// Something that one task uses and that was made before the task began.
///
/// `@unchecked Sendable` holds because the maker hands it over and never touches it again.
final class Box<Value>: @unchecked Sendable {
    let value: Value
    init(_ value: Value) { self.value = value }
}
