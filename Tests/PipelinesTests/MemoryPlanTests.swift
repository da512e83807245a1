import Testing

@testable import Pipelines

@Suite struct MemoryPlanTests {
    static let stage = StageMemory(bytesPerThread: 3 << 20, bytesHeld: 5 << 20)

    static func mebibytes(
        jobs: Int = 2, stages: [StageMemory] = [stage, StageMemory()], labels: Int = 9, block: Int = 1 << 16,
        window: Int = 0
    ) -> Int {
        var plan = MemoryPlan(jobs: jobs, stages: stages, labelCount: labels)
        (plan.blockByteCount, plan.windowTokenCount) = (block, window)
        return plan.mebibytes
    }

    /// By hand: 4 places of (4 + 2) blocks of 16,384 tokens of 100 bytes are 37.5 MiB; two threads with 4 MiB and what the
    /// stage has for each, 14 MiB; 5 MiB held; 16 and 8 MiB for the program.
    @Test func partsAddUp() {
        #expect(Self.mebibytes() == 8 + Int((37.5 + 14 + 5 + 16).rounded(.down)))
    }

    @Test func everyPartCounts() {
        let base = Self.mebibytes()
        // A third job: 4 more blocks (6.25 MiB) and another thread (7 MiB).
        #expect((13...14).contains(Self.mebibytes(jobs: 3) - base))
        // What a stage holds, and what it holds for each of the two threads.
        #expect(
            Self.mebibytes(stages: [StageMemory(bytesPerThread: 3 << 20, bytesHeld: 105 << 20), .init()]) == base + 100)
        #expect(
            Self.mebibytes(stages: [StageMemory(bytesPerThread: 13 << 20, bytesHeld: 5 << 20), .init()]) == base + 20)
        // One stage more: 6 blocks.
        #expect((9...10).contains(Self.mebibytes(stages: [Self.stage, .init(), .init()]) - base))
        // Four times the text in a block.
        #expect((112...113).contains(Self.mebibytes(block: 1 << 18) - base))
        // A window of a million tokens is there twice.
        #expect((190...191).contains(Self.mebibytes(window: 1_000_000) - base))
        // 100 labels: 464 bytes a token.
        #expect((136...137).contains(Self.mebibytes(labels: 100) - base))
    }
}
