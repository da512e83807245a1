package import Corpora
import Locks
package import Shards
package import Streams
package import Vectors

/// What one stage has done so far.
package final class StageCounters: Sendable {
    struct Values: Sendable {
        var counts = BlockCounts()
        var batches = 0
        var busy = Duration.zero
        /// From the beginning to the newest batch.
        var elapsed = Duration.zero
        var notes: [String: Int] = [:]
        /// Sentences put in, or left out when negative, by reason.
        var changes: [String: Int] = [:]
        /// Entities by type.
        var entities: [String: Int] = [:]
        var coverage = Embedder.Coverage()
        /// Records that were read, those among them that could not be understood, and what is wrong with the first of these.
        var records: (read: Int?, rejected: Int, messages: [String])?
        /// Of the streams that it reads.
        var inputs: [@Sendable () -> StreamWaits] = []
    }

    package let name: String
    /// Number of the pipeline; several may run one after the other.
    let pass: Int
    private let start = ContinuousClock.now
    private let values: Locked<Values>
    private let output: (fill: @Sendable () -> (count: Int, capacity: Int), waits: @Sendable () -> StreamWaits)?

    init(
        name: String, pass: Int, input: (@Sendable () -> StreamWaits)?, output: BoundedStream<SentenceBatch>?
    ) {
        (self.name, self.pass) = (name, pass)
        self.output = output.map { ($0.fill, $0.waits) }
        values = Locked(Values(inputs: input.map { [$0] } ?? []))
    }

    /// Counts the waiting for one more stream that the stage reads.
    package func follow(_ input: @escaping @Sendable () -> StreamWaits) { values.withLock { $0.inputs.append(input) } }

    /// Runs one batch's work and counts its result and its time.
    package func measure(_ work: () throws -> SentenceBatch) rethrows -> SentenceBatch {
        let start = ContinuousClock.now
        let batch = try work()
        add(batch.counts, busy: ContinuousClock.now - start)
        return batch
    }

    /// The same for work whose result is not a batch.
    package func measure<Result>(_ counts: BlockCounts, _ work: () throws -> Result) rethrows -> Result {
        let start = ContinuousClock.now
        let result = try work()
        add(counts, busy: ContinuousClock.now - start)
        return result
    }

    package func add(_ counts: BlockCounts, busy: Duration) {
        let elapsed = ContinuousClock.now - start
        values.withLock {
            $0.counts += counts
            $0.batches += 1
            $0.busy += busy
            $0.elapsed = elapsed
        }
    }

    /// Counts something worth telling the user, when it happened.
    package func note(_ what: String, _ count: Int) {
        if count > 0 { values.withLock { $0.notes[what, default: 0] += count } }
    }

    /// Counts how the words of some text were found in a vector table.
    package func note(_ coverage: Embedder.Coverage) {
        values.withLock { $0.coverage += coverage }
        note("tokens found in the table", coverage.found)
        note("tokens composed from sub-words", coverage.composed)
        note("tokens without a vector", coverage.absent)
    }

    /// Counts entities by where they begin.
    ///
    /// - Parameters:
    ///   - labels: Label numbers of a tag set, where 2t+1 begins an entity of type t.
    ///   - types: Of the tag set.
    package func countEntities(_ labels: [UInt8], types: [String]) {
        var counts = [Int](repeating: 0, count: types.count)
        for label in labels where label % 2 == 1 { counts[Int(label) / 2] += 1 }
        values.withLock { values in
            for (type, count) in zip(types, counts) where count > 0 { values.entities[type, default: 0] += count }
        }
    }

    /// Counts sentences that come in and do not come out.
    ///
    /// - Parameter isSaid: Whether a note says so already.
    package func leaveOut(_ reason: String, sentences: Int, isSaid: Bool = false) {
        change(by: -sentences, reason)
        if !isSaid { note(reason, sentences) }
    }

    /// Counts sentences that come out and did not come in.
    package func putIn(_ reason: String, sentences: Int) { change(by: sentences, reason) }

    private func change(by sentences: Int, _ reason: String) {
        if sentences != 0 { values.withLock { $0.changes[reason, default: 0] += sentences } }
    }

    /// Says how many records were understood, where that is known, and which were not.
    package func setRecords(accepted: Int?, _ bad: BadRecords) {
        values.withLock { $0.records = (accepted.map { $0 + bad.count }, bad.count, bad.firstMessages) }
    }

    var snapshot: Values { values.withLock { $0 } }
    var fill: (count: Int, capacity: Int)? { output?.fill() }
    /// Time without anything to work on; nil where it is not known.
    var waiting: Duration? {
        let inputs = values.withLock { $0.inputs }
        return inputs.isEmpty ? nil : inputs.reduce(.zero) { $0 + $1().receiving }
    }
    /// Time in which nobody took the result; nil where it is not known.
    var blocked: Duration? { output?.waits().sending }
}
