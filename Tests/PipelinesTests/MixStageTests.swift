import ArgumentParser
import Corpora
import Diagnostics
import NERPipeTesting
import Shards
import Testing

@testable import Pipelines

@Suite(.timeLimit(.minutes(5))) struct MixStageTests {
    /// 6 sentences of 4 tokens, each with a person of two tokens.
    static let gold = (0..<6).map { "a\($0) O\nAda B-PER\nLove\($0) I-PER\nsat O\n\n" }.joined()

    static func stage(_ gold: [String], share: String, _ more: [String] = []) throws -> MixStage {
        try MixStage.parse(gold.flatMap { ["--gold", $0] } + ["--share", share] + more)
    }

    static func text(blocks: Int = 8, voters: Int? = nil) throws -> ScoredText {
        let text = try ScoredText(voters: voters, lengths: (0..<blocks).map { [5 + $0 % 3, 6, 4] })
        try text.folder.write(gold, as: "g.conll")
        return text
    }

    /// Behind every block there is the share, but for less than one sentence.
    @Test(arguments: [0.1, 0.25, 0.5, 0.8, 0.95])
    func shareIsKeptAllAlong(_ share: Double) async throws {
        let text = try Self.text()
        let result = try await text.run(Self.stage([text.folder["g.conll"]], share: "\(share)"))
        #expect(result.batches.count == text.batches.count)
        var given = 0, mixed = 0
        for (before, after) in zip(text.batches, result.batches) {
            given += before.tokenCount
            mixed += after.tokenCount - before.tokenCount
            let wanted = share / (1 - share) * Double(given)
            #expect(Double(mixed) > wanted - 1 && Double(mixed) < wanted + 4, "\(mixed) gold tokens, not \(wanted)")
            // The target's sentences come first and are what they were.
            #expect(Array(after.text.prefix(before.text.count)) == before.text)
            #expect(
                Array(after.scores?.probabilities.prefix(before.tokenCount * 5) ?? []) == before.scores?.probabilities)
            #expect(after.index == before.index)
        }
        #expect(result.notes.contains("mix: \(mixed) gold tokens put in"), "\(result.notes)")
    }

    /// Gold labels are the targets of a teacher that is sure, on whom all agree.
    @Test func goldLabelsAreSureTargets() async throws {
        let text = try Self.text(blocks: 1, voters: 3)
        let result = try await text.run(Self.stage([text.folder["g.conll"]], share: "0.5"))
        let batch = result.batches[0], before = text.batches[0].tokenCount
        let scores = try #require(batch.scores)
        let labels = (before..<batch.tokenCount).map { ScoredText.labels[scores.label(ofToken: $0)] }
        #expect(labels.count >= 12 && Array(labels.prefix(4)) == ["O", "B-PER", "I-PER", "O"])
        for token in before..<batch.tokenCount {
            let row = scores.probabilities[token * 5..<token * 5 + 5].map { Float16(bitPattern: $0) }
            #expect(row.sorted() == [0, 0, 0, 0, 1])
            #expect(scores.votes[token] == 3 && scores.weights[token] == 1)
        }
        #expect(batch.documentIdentifier(batch.documentCount - 1) == "gold")
        #expect(scores.weights.count == batch.tokenCount && scores.votes.count == batch.tokenCount)
    }

    /// Nothing is drawn: the gold text comes in its order, again and again, wherever the blocks are cut and whoever works.
    @Test func orderIsThatOfTheFiles() async throws {
        let text = try Self.text()
        try text.folder.write("x O\ny B-LOC\nz O\n\n", as: "h.conll")
        let files = ["g.conll", "h.conll"].map { text.folder[$0] }
        func gold(_ files: [String], jobs: Int) async throws -> [String] {
            let result = try await text.run(Self.stage(files, share: "0.5"), jobs: jobs)
            return zip(text.batches, result.batches).flatMap { before, after in
                (before.tokenCount..<after.tokenCount).map { after.tokenText($0) }
            }
        }
        let one = try await gold(files, jobs: 1)
        #expect(try await gold(files, jobs: 3) == one)
        let cycle = (0..<6).flatMap { ["a\($0)", "Ada", "Love\($0)", "sat"] } + ["x", "y", "z"]
        #expect(one.count > 2 * cycle.count)
        #expect(one == (0..<one.count).map { cycle[$0 % cycle.count] })
        #expect(try await gold(Array(files.reversed()), jobs: 2) != one)
    }

    @Test func headerSaysWhatWasMixedIn() async throws {
        let text = try Self.text(blocks: 1), file = text.folder["g.conll"]
        func selection(_ gold: String, _ share: String, _ more: [String] = []) async throws -> String {
            try #require(try await text.run(Self.stage([gold], share: share, more)).header.selection?.last)
        }
        let digest = try InputIdentity.ofContent([file])
        let first = try await selection(file, "0.25")
        #expect(first == "mixed 0.25 gold of \(digest) (und)")
        #expect(try await selection("xx=\(file)", "0.25") == "mixed 0.25 gold of \(digest) (xx)")
        #expect(
            try await selection(file, "0.5", ["--map", "PER=LOC"]) == "mixed 0.5 gold of \(digest) (und, PER=LOC)")
        try text.folder.write(Self.gold + "b O\n\n", as: "g.conll")
        #expect(try await selection(file, "0.25") != first)
        let open = try await Self.stage([file], share: "0.25").open(text.header, place: "test", in: text.context)
        #expect(open.changesSentences && !open.choosesByContent && open.survey == nil)
    }

    @Test func whatCannotBeMixedIsRefused() async throws {
        let text = try Self.text(blocks: 1)
        for share in ["0", "-0.1", "0.951", "1", "nan"] {
            #expect(throws: (any Error).self, "\(share)") { try Self.stage(["g"], share: share) }
        }
        try text.folder.write("a B-ZZZ\nb O\n\n", as: "other.conll")
        try text.folder.write("\n", as: "empty.conll")
        for (name, code) in [
            ("absent.conll", Failure.Code.noInput), ("other.conll", .badData), ("empty.conll", .badData),
        ] {
            let stage = try Self.stage([text.folder[name]], share: "0.25")
            await #expect {
                try stage.requireInputs(in: text.context)
                _ = try await text.run(stage)
            } throws: { ($0 as? Failure)?.code == code }
        }
    }
}
