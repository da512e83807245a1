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
        var notes: [String: Int] = [:]
        var coverage = Embedder.Coverage()
    }

    package let name: String
    private let values = Locked(Values())
    private let fillOfOutput: (@Sendable () -> (count: Int, capacity: Int))?

    init(name: String, output: BoundedStream<SentenceBatch>?) {
        self.name = name
        fillOfOutput = output?.fill
    }

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
        values.withLock {
            $0.counts += counts
            $0.batches += 1
            $0.busy += busy
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

    var snapshot: Values { values.withLock { $0 } }
    var fill: (count: Int, capacity: Int)? { fillOfOutput?() }
}

/// Follows the stages of a run; others print what it gives.
package final class ProgressMeter: Sendable {
    private struct State: Sendable {
        var stages: [StageCounters] = []
        var status = ""
        var fraction: Double?
        var figures: [String: Double] = [:]
    }

    private let state = Locked(State())
    let start = ContinuousClock.now

    package init() {}

    package var elapsed: Duration { ContinuousClock.now - start }

    package func addStage(_ name: String, _ output: BoundedStream<SentenceBatch>?) -> StageCounters {
        let counters = StageCounters(name: name, output: output)
        state.withLock { $0.stages.append(counters) }
        return counters
    }

    /// A line about the training, for instance the loss, and the share of the work that is done when it is known.
    package func setStatus(_ status: String, fraction: Double?) {
        state.withLock { ($0.status, $0.fraction) = (status, fraction) }
    }

    /// Numbers that say how the training stands, by name, for ``MetricsRecord``; others stay as they were.
    package func setFigures(_ figures: [String: Double]) {
        state.withLock { $0.figures.merge(figures) { $1 } }
    }

    package var snapshot: ProgressSnapshot {
        let now = state.withLock { $0 }
        return ProgressSnapshot(
            seconds: (ContinuousClock.now - start).seconds,
            stages: now.stages.map { stage in
                .init(name: stage.name, tokens: stage.snapshot.counts.tokens, waiting: stage.fill)
            }, status: now.status, fraction: now.fraction)
    }

    /// What a run of some length came to: time, the tokens of its last stage and their rate, the most memory; nil when nothing
    /// flowed.
    package var summary: String? {
        let now = snapshot
        guard let tokens = now.stages.last(where: { $0.tokens > 0 })?.tokens else { return nil }
        return
            "\(Self.duration(now.seconds)), \(tokens) tokens, \(Self.short(Double(tokens) / max(1e-3, now.seconds))) tokens/s, "
            + "peak memory \(Self.peakResidentBytes >> 20) MiB"
    }

    /// The counters as a JSON object, for `--metrics`.
    package var metrics: MetricsRecord {
        let now = state.withLock { $0 }
        return MetricsRecord(
            seconds: (ContinuousClock.now - start).seconds, status: now.status, fraction: now.fraction,
            figures: now.figures,
            peakResidentBytes: Self.peakResidentBytes,
            stages: now.stages.map { stage in
                let values = stage.snapshot
                return .init(
                    name: stage.name, documents: values.counts.documents, sentences: values.counts.sentences,
                    tokens: values.counts.tokens,
                    busySeconds: values.busy.seconds, streamFill: stage.fill?.count,
                    streamCapacity: stage.fill?.capacity, notes: values.notes)
            })
    }

    /// What happened that a user should know of, as sentences.
    package var notes: [String] {
        state.withLock { $0.stages }.flatMap { stage in
            stage.snapshot.notes.sorted { $0.key < $1.key }.map { "\(stage.name): \($0.value) \($0.key)" }
        }
    }

    /// What makes the result doubtful, as sentences.
    package var warnings: [String] {
        state.withLock { $0.stages }.compactMap { stage in
            stage.snapshot.coverage.warning.map { "\(stage.name): \($0)" }
        }
    }

    /// Largest resident memory of this process so far; 0 where `/proc` does not tell.
    ///
    /// `getrusage` would say what the process was that started this one, when that was larger: the kernel keeps its peak across `exec`.
    package static var peakResidentBytes: Int {
        guard let bytes = try? Directory.contents(of: "/proc/self/status") else { return 0 }
        return String(decoding: bytes, as: UTF8.self).firstMatch(of: /VmHWM:\s*([0-9]+) kB/).flatMap { Int($0.1) }.map {
            $0 << 10
        } ?? 0
    }

    static func short(_ value: Double) -> String {
        value >= 1e6
            ? "\(Int(value / 1e5) / 10).\(Int(value / 1e5) % 10)M"
            : value >= 1e4 ? "\(Int(value / 1e3))k" : "\(Int(value))"
    }

    static func duration(_ seconds: Double) -> String {
        let whole = Int(min(seconds, 1e9))
        return whole >= 3600
            ? "\(whole / 3600)h\(whole / 60 % 60)m" : whole >= 60 ? "\(whole / 60)m\(whole % 60)s" : "\(whole)s"
    }
}

/// One record of `--metrics FILE.jsonl`.
package struct MetricsRecord: Codable, Sendable {
    package struct Stage: Codable, Sendable {
        var name: String
        var documents: Int
        var sentences: Int
        var tokens: Int
        var busySeconds: Double
        var streamFill: Int?
        var streamCapacity: Int?
        var notes: [String: Int]
    }

    var seconds: Double
    var status: String
    var fraction: Double?
    /// `epoch` (from 1), `update`, `loss` (mean of the epoch so far), `developmentF1` (0 to 100), where there are such.
    var figures: [String: Double]
    var peakResidentBytes: Int
    var stages: [Stage]
}
