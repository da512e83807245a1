import Corpora
import Diagnostics
import Foundation
import Kernels
import Locks
import NERPipeTesting
import Shards
import Streams
import Teachers
import Testing

@testable import Pipelines

@Suite(.timeLimit(.minutes(5))) struct PipelineRunnerTests {
    typealias Broken = TestPipeline.Broken

    @Test(arguments: [1, 2, 3, 8])
    func batchesComeOutInTheirOrder(_ jobs: Int) async throws {
        let pipeline = TestPipeline(jobs: jobs)
        pipeline.sink(pipeline.stage("b", pipeline.stage("a", pipeline.source(100))))
        try await pipeline.runner.run()
        #expect(pipeline.received.withLock { $0 } == Array(1...100))
    }

    @Test func bytesAreTheSameForAnyNumberOfJobs() async throws {
        let folder = ScratchFolder()
        func bytes(_ jobs: Int) async throws -> [UInt8] {
            let pipeline = TestPipeline(jobs: jobs), path = folder["\(jobs).zst"]
            let stream = pipeline.stage("b", pipeline.stage("a", pipeline.source(60)))
            try pipeline.runner.write(stream, to: .file(path), compressor: FrameCompressor(level: 3))
            try await pipeline.runner.run()
            return try Directory.contents(of: path)
        }
        let one = try await bytes(1)
        for jobs in [2, 3, 8] { #expect(try await bytes(jobs) == one, "\(jobs) jobs") }
        // And they are what went in, with what the stages did.
        let reader = try ShardReader(paths: [folder["8.zst"]])
        var numbers: [Int] = []
        while let block = try reader.next() {
            let batch = try SentenceBatch(block, header: reader.header, place: reader.place)
            #expect(
                (0..<batch.documentCount).map { String(batch.documentIdentifier($0)) }
                    == ["doc \(batch.index)", "a \(batch.index)", "b \(batch.index)"])
            numbers.append(batch.index)
        }
        #expect(numbers == Array(1...60))
    }

    /// Whoever is ahead waits: nobody takes anything, and soon nobody does anything.
    @Test(arguments: [1, 2, 6])
    func whatIsUnderWayIsBounded(_ jobs: Int) async throws {
        let pipeline = TestPipeline(jobs: jobs), gate = Gate()
        let stream = pipeline.stage("a", pipeline.source(200))
        pipeline.runner.add { [received = pipeline.received] in
            await gate.pass()
            for try await batch in stream { received.withLock { $0.append(batch.index) } }
        }
        nonisolated(unsafe) let runner = pipeline.runner
        let running = Task { try await runner.run() }
        var last = -1
        #expect(
            await eventually {
                for _ in 0..<2000 { await Task.yield() }
                let now = pipeline.sent.withLock { $0 }
                defer { last = now }
                return now == last && now >= 2 * PipelineRunner.streamCapacity
            })
        #expect(pipeline.sent.withLock { $0 } <= 2 * PipelineRunner.streamCapacity + max(jobs, 3))
        await gate.open()
        try await running.value
        #expect(pipeline.received.withLock { $0 } == Array(1...200))
    }

    /// The source would go on for ever: that it ends shows that it learnt of the failure.
    @Test(arguments: ["first", "second", "sink"], [1, 3])
    func failureOfOneEndsAll(_ place: String, _ jobs: Int) async throws {
        let pipeline = TestPipeline(jobs: jobs)
        let first = pipeline.stage(
            "a", pipeline.source(nil), TestPipeline.breaking(place, at: 7, when: place == "first"))
        let second = pipeline.stage("b", first, TestPipeline.breaking(place, at: 7, when: place == "second"))
        pipeline.sink(second, TestPipeline.breaking(place, at: 7, when: place == "sink"))
        await #expect(throws: Broken(place: place)) { try await pipeline.runner.run() }
        #expect(pipeline.received.withLock { $0 } == Array(1...6), "what came before a failure comes out")
    }

    /// So that a checkpoint holds all that was read, and the user learns of what was the cause.
    @Test(arguments: [1, 3])
    func interruptionComesBehindWhatWasRead(_ jobs: Int) async throws {
        let pipeline = TestPipeline(jobs: jobs)
        let source = pipeline.source(20, failure: Failure.interrupted("stopped"))
        pipeline.sink(pipeline.stage("a", source))
        await #expect {
            try await pipeline.runner.run()
        } throws: { ($0 as? Failure)?.code == .interrupted && ($0 as? Failure)?.message == "stopped" }
        #expect(pipeline.received.withLock { $0 } == Array(1...20))
    }

    @Test(arguments: [1, 3])
    func streamThatEndsWithoutAnEndIsNoWhole(_ jobs: Int) async throws {
        let pipeline = TestPipeline(jobs: jobs)
        pipeline.sink(pipeline.stage("a", pipeline.abandonedSource()))
        await #expect(throws: BrokenStream.noSender) { try await pipeline.runner.run() }
        #expect(pipeline.received.withLock { $0 } == [1])
    }

    @Test func whoWantsNoMoreIsNoFailure() async throws {
        let pipeline = TestPipeline(jobs: 2)
        let stream = pipeline.stage("a", pipeline.source(nil))
        pipeline.runner.add { [received = pipeline.received] in
            for try await batch in stream {
                received.withLock { $0.append(batch.index) }
                if batch.index == 3 { return }
            }
        }
        try await pipeline.runner.run()
        #expect(pipeline.received.withLock { $0 } == [1, 2, 3])
    }

    @Test func batchesBeforeTheFirstThatCountsPassUntouched() async throws {
        let pipeline = TestPipeline(jobs: 2), worked = Locked<Set<Int>>([])
        pipeline.sink(
            pipeline.stage("a", pipeline.source(9), from: 5) { batch in
                worked.withLock { _ = $0.insert(batch.index) }
            }
        ) { #expect($0.documentCount == ($0.index < 5 ? 1 : 2)) }
        try await pipeline.runner.run()
        #expect(worked.withLock { $0 } == Set(5...9))
        #expect(pipeline.received.withLock { $0 } == Array(1...9))
    }

    // MARK: Those who never answer

    /// Answers nothing from the second batch on, and does not notice that it is cancelled.
    struct SilentTeacher: Teacher {
        let name = "silent", labels = ["O"], digests = ["0"]

        func requireFit(_ header: StreamHeader, stream: String) throws {}

        func score(_ batch: SentenceBatch) async throws -> TeacherScores {
            if batch.index > 1 { await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in } }
            return TeacherScores(labelCount: 1, probabilities: FloatBuffer(count: batch.tokenCount))
        }
    }

    static func askSilentTeacher(_ pipeline: TestPipeline, _ input: BatchStream) -> BatchStream {
        pipeline.stage("score", input) { batch in _ = try await SilentTeacher().score(batch) }
    }

    @Test(arguments: [1, 3])
    func teacherThatNeverAnswersDoesNotOutliveAFailureBehindIt(_ jobs: Int) async throws {
        let pipeline = TestPipeline(jobs: jobs, patience: .milliseconds(20))
        pipeline.sink(
            Self.askSilentTeacher(pipeline, pipeline.source(nil)), TestPipeline.breaking("sink", at: 1, when: true))
        await #expect(throws: Broken(place: "sink")) { try await pipeline.runner.run() }
    }

    @Test(arguments: [1, 3])
    func teacherThatNeverAnswersDoesNotOutliveAFailureBeforeIt(_ jobs: Int) async throws {
        let pipeline = TestPipeline(jobs: jobs, patience: .milliseconds(20))
        let source = pipeline.source(3, failure: Broken(place: "source"))
        pipeline.sink(Self.askSilentTeacher(pipeline, source))
        await #expect(throws: Broken(place: "source")) { try await pipeline.runner.run() }
        // Patience is short here: what could be answered may have been given up, too.
        #expect(pipeline.received.withLock { $0 == [] || $0 == [1] })
    }

    /// In a process of its own, because a signal is remembered for ever.
    @Test func signalEndsAPipelineWhoseTeacherNeverAnswers() async {
        await #expect(processExitsWith: .exitCode(75)) {
            Interruption.install()
            let pipeline = TestPipeline(jobs: 2, patience: .milliseconds(20))
            pipeline.sink(Self.askSilentTeacher(pipeline, pipeline.source(nil))) { _ in kill(getpid(), SIGINT) }
            do { try await pipeline.runner.run() } catch let failure as Failure { exit(failure.code.rawValue) }
        }
    }
}
