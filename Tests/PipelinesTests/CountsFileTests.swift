import Diagnostics
import Evaluation
import Pipelines
import Testing

struct CountsFileTests {
    /// Entities of the same letters in other bytes are one to who looks them up, and two to who scores them.
    @Test func whatWasSeenIsAPartOfAll() throws {
        let all = [PhraseCounts(correct: 1, predicted: 2, gold: 3), PhraseCounts(correct: 0, predicted: 1, gold: 2)]
        _ = try CountsFile(goldDigest: "x", sentences: all, seen: [all[0], PhraseCounts()])
        for part in [
            PhraseCounts(correct: 1, predicted: 1, gold: 1), PhraseCounts(gold: 3), PhraseCounts(gold: -1),
        ] {
            let failure = #expect(throws: Failure.self) {
                try CountsFile(goldDigest: "x", sentences: all, seen: [PhraseCounts(), part])
            }
            #expect(failure?.code == .badData && failure?.message.hasPrefix("sentence 2: ") == true)
        }
    }
}
