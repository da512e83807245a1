package import Corpora
import Glibc
import Locks
import Shards
package import Streams
import Vectors

/// Follows the stages of a run; others print what it gives.
package final class ProgressMeter: Sendable {
    private struct State: Sendable {
        var stages: [StageCounters] = []
        var status = ""
        var fraction: Double?
        var figures: [String: Double] = [:]
        var output: String?
        var passCount = 0
    }

    private let state = Locked(State())
    private let command: String
    private let sink: @Sendable (MetricsRecord) -> Void
    let start = ContinuousClock.now
    /// The same moment, in seconds since 1970.
    private let started: Double

    /// - Parameters:
    ///   - command: Whose work it is, for the records.
    ///   - sink: Takes the records that ``record()`` makes.
    package init(command: String = "", sink: @escaping @Sendable (MetricsRecord) -> Void = { _ in }) {
        (self.command, self.sink) = (command, sink)
        started = WallClock.now
    }

    package var elapsed: Duration { ContinuousClock.now - start }

    /// A number for a pipeline, whose stages belong together.
    func beginPass() -> Int {
        state.withLock {
            $0.passCount += 1
            return $0.passCount
        }
    }

    /// - Parameters:
    ///   - pass: The pipeline; 0 for what lasts longer than one.
    ///   - input: Waits of the stream that it reads.
    package func addStage(
        _ name: String, pass: Int = 0, from input: (@Sendable () -> StreamWaits)? = nil,
        _ output: BoundedStream<SentenceBatch>?
    ) -> StageCounters {
        let counters = StageCounters(name: name, pass: pass, input: input, output: output)
        state.withLock { $0.stages.append(counters) }
        return counters
    }

    var stages: [StageCounters] { state.withLock { $0.stages } }

    /// Says which model the figures are of.
    package func setOutput(_ path: String) { state.withLock { $0.output = path } }

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
                .init(
                    name: stage.name, tokens: stage.snapshot.counts.tokens, waiting: stage.fill,
                    waitedSeconds: stage.waiting?.seconds, blockedSeconds: stage.blocked?.seconds)
            }, status: now.status, fraction: now.fraction)
    }

    /// What a run of some length came to: time, the tokens of its last stage and their rate, the most memory, what was found;
    /// nil when nothing flowed.
    package var summary: String? {
        let now = snapshot
        guard let tokens = now.stages.last(where: { $0.tokens > 0 })?.tokens else { return nil }
        return
            "\(Self.duration(now.seconds)), \(tokens) tokens, \(Self.short(Double(tokens) / max(1e-3, now.seconds))) tokens/s, "
            + "peak memory \(Self.peakResidentBytes >> 20) MiB\(entities)"
    }

    /// The entities that the last stage which finds any found, most frequent type first.
    private var entities: String {
        guard let found = stages.last(where: { !$0.snapshot.entities.isEmpty })?.snapshot.entities else { return "" }
        let sorted = found.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        return "; entities: " + sorted.map { "\($0) \($1)" }.joined(separator: ", ")
    }

    /// Hands on how everything stands, for `--metrics`: now and then, and when something is over.
    package func record() { sink(metrics) }

    private var metrics: MetricsRecord {
        let now = state.withLock { $0 }, seconds = elapsed.seconds
        return MetricsRecord(
            command: command, started: started, time: started + seconds, seconds: seconds, output: now.output,
            status: now.status, fraction: now.fraction, figures: now.figures,
            peakResidentBytes: Self.peakResidentBytes,
            stages: now.stages.map { stage in
                let values = stage.snapshot
                return .init(
                    name: stage.name, documents: values.counts.documents, sentences: values.counts.sentences,
                    tokens: values.counts.tokens,
                    busySeconds: values.busy.seconds, waitingSeconds: stage.waiting?.seconds,
                    blockedSeconds: stage.blocked?.seconds, streamFill: stage.fill?.count,
                    streamCapacity: stage.fill?.capacity, notes: values.notes,
                    entities: values.entities.isEmpty ? nil : values.entities)
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
