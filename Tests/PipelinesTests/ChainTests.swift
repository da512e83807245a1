import Diagnostics
import NERPipeTesting
import Shards
import Testing

@testable import Pipelines

struct ChainTests {
    private let folder = ScratchFolder()

    private func chain(_ text: String, settings: [String] = []) throws -> Chain {
        guard
            case .chain(let chain) = try DefinitionFile(
                text: text, path: "\(folder.path)/chain.yaml", settings: settings)
        else {
            throw Failure(.bug, "no chain")
        }
        return chain
    }

    /// Copies `a` to `b` to `c`.
    private var copies: String {
        """
        vars: {place: "\(folder.path)"}
        records: "${place}/records"
        phases:
          - first step: {inputs: ["${place}/a"], output: "${place}/b"}
          - second: {inputs: ["${place}/b"], level: 3, output: "${place}/c"}
        """
    }

    /// Does the phases by copying, and says which were done.
    private func run(_ chain: Chain) async throws -> [String] {
        var done: [String] = []
        try await ChainRun(chain, log: { _ in }).run { phase, _ in
            done.append(phase.name)
            guard case .command(let words) = phase.action, let input = words.last else { return }
            try AtomicFile.write(Directory.contents(of: input), to: phase.outputs[0])
        }
        return done
    }

    @Test func phasesBecomeWords() throws {
        let chain = try chain(copies, settings: ["place=/x", "second.level=5"])
        #expect(chain.records == "/x/records")
        #expect(
            chain.phases.map(\.words) == [
                ["first", "step", "--output", "/x/b", "/x/a"], ["second", "--level", "5", "--output", "/x/c", "/x/b"],
            ])
        #expect(chain.phases.map(\.outputs) == [["/x/b"], ["/x/c"]])
    }

    @Test func onlyWhatChangedIsDone() async throws {
        _ = try folder.write("one", as: "a")
        let chain = try chain(copies)
        #expect(try await run(chain) == ["first step", "second"])
        #expect(try await run(chain) == [])
        // Another date is not another content.
        _ = try folder.write("one", as: "a")
        #expect(try await run(chain) == [])
        _ = try folder.write("two", as: "a")
        #expect(try await run(chain) == ["first step", "second"])
        #expect(try Directory.contents(of: folder["c"]) == Array("two".utf8))
        // What a later phase made anew is the same: the next one is not done.
        try Directory.remove(folder["b"])
        #expect(try await run(chain) == [])
        try Directory.remove(folder["c"])
        #expect(try await run(chain) == ["first step", "second"])
        _ = try folder.write("somebody's", as: "c")
        #expect(try await run(chain) == ["second"])
    }

    /// Killed after it was noted that a phase begins anew, and before the old result was gone: the same command still goes on.
    @Test func aPhaseKilledBeforeItReplacedAnythingReplacesItThen() async throws {
        _ = try folder.write("one", as: "a")
        let chain = try chain(copies)
        _ = try await run(chain)
        _ = try folder.write("two", as: "a")
        await #expect(throws: (any Error).self) {
            try await ChainRun(chain, log: { _ in }).run { _, _ in throw Failure(.interrupted, "killed") }
        }
        var calls: [Bool] = []
        try await ChainRun(chain, log: { _ in }).run { phase, replaces in
            if phase.name == "first step" {
                calls.append(replaces)
                guard replaces else { throw Failure(.mismatch, "holds another run") }
            }
            guard case .command(let words) = phase.action, let input = words.last else { return }
            try AtomicFile.write(Directory.contents(of: input), to: phase.outputs[0])
        }
        #expect(calls == [false, true])
        #expect(try Directory.contents(of: folder["c"]) == Array("two".utf8))
    }

    @Test func unknownKeysAndPhasesThatAreNoneAreRefused() {
        for (text, message) in [
            ("phases:\n  - train\n", "must be one phase"), ("phases: {}\n", "'phases' is missing"),
            ("phases:\n  - train: {inputs: [a]}\nstages: []\n", "unknown key 'stages'"),
            ("phases:\n  - pipeline: {vars: {a: b}, inputs: [x], stages: [tokenize]}\n", "unknown key 'vars'"),
        ] {
            do {
                _ = try chain(text)
                Issue.record("accepted: \(text)")
            } catch { #expect("\(error)".contains(message), "\(error)") }
        }
    }
}
