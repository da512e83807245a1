import Glibc
import ProgramTesting
import Testing

/// Definitions with rounds, selection and gold data: the same bytes in one process, as shell pipes, for any number of jobs, and
/// after `kill -9` at any moment.
struct MethodsTests {
    private static let definition = """
        rounds: 2
        inputs: [c.txt]
        stages:
          - tokenize: {lang: tt, block-bytes: 1500}
          - embed: {vectors: v.vectors}
          - score: {teacher: [teacher, teacher2], weight: [3, 1]}
          - select: {smooth: 0.5, weigh-by: [confidence, reliability], model: teacher, keep: 0.8, by: independence, source: source.zst}
          - mix: {gold: ss=train.conll, share: 0.2}
          - update:
              output: out
              epochs: 2
              batch-tokens: 60
              window-tokens: 700
              checkpoint-seconds: 0.02
              width: 24
              convolutions: 2
              feature-buckets: 64
              selector: policy
              selector-dev: ss=dev.conll
              selector-sentences: 20
              average: 0.99

        """
    private static let made = Task { try await make() }

    /// `q.yaml teacher2/ source.zst` besides the workshop.
    private static func make() async throws -> ScratchFolder {
        let folder = try await Workshop.folder()
        try folder.write("q.yaml", definition)
        let outcome = try await folder.shell(
            """
            set -e -o pipefail
            head -300 a.txt > c.txt; head -3000 train.conll > small.conll
            nerpipe train -q train.conll --vectors v.vectors --lang ss --epochs 1 --seed 3 \(Workshop.network) -o teacher2
            nerpipe tokenize -q --lang ss small.conll | nerpipe embed -q --vectors v.vectors -o source.zst
            """)
        try #require(outcome.status == 0, "\(outcome.errors)")
        return folder
    }

    private static func folder() async throws -> ScratchFolder { try ScratchFolder(copying: try await made.value) }

    private static let undisturbed = Task {
        let folder = try await MethodsTests.folder()
        let outcome = try await folder.nerpipe("run q.yaml")
        try #require(outcome.status == 0, "\(outcome.errors)")
        try #require(outcome.errors.contains("round 2 of 2") && outcome.errors.contains("% of the sentences"))
        return try folder.model("out/rounds/1") + folder.model("out")
    }

    private func expectTheSame(_ folder: ScratchFolder, sourceLocation: SourceLocation = #_sourceLocation) async throws
    {
        let expected = try await Self.undisturbed.value
        let found = try folder.model("out/rounds/1") + folder.model("out")
        #expect(found == expected, "a student differs", sourceLocation: sourceLocation)
    }

    @Test func anyNumberOfThreads() async throws {
        let folder = try await Self.folder()
        let outcome = try await folder.nerpipe("run -q q.yaml --jobs 3")
        #expect(outcome.status == 0, "\(outcome.errors)")
        try await expectTheSame(folder)
    }

    @Test func printedShell() async throws {
        let folder = try await Self.folder()
        let outcome = try await folder.shell(
            "set -e; nerpipe run q.yaml --print-shell > run.sh; bash -e run.sh 2> log")
        #expect(outcome.status == 0, "\(outcome.errors)")
        try await expectTheSame(folder)
        #expect(folder.names(in: ".").filter { $0.hasSuffix("scored.zst") } == ["scored.zst"])
    }

    @Test(arguments: 0..<6) func killedAndContinued(_ number: Int) async throws {
        let folder = try await Self.folder()
        // From the survey of the first round to the updates of the second.
        let place = [
            "", "out/rounds/1/spool", "out/rounds/1/checkpoints", "out/rounds/1/run.json", "out/spool",
            "out/checkpoints",
        ][number]
        let outcome = try await Slots.shared.use {
            let program = try Program.startShell("exec nerpipe run -q q.yaml --jobs 2", in: folder)
            if number == 0 {
                try await Task.sleep(for: .milliseconds(120))
            } else {
                let (parent, name) = (
                    String(place[..<(place.lastIndex(of: "/") ?? place.startIndex)]),
                    String(place[place.index(after: place.lastIndex(of: "/") ?? place.startIndex)...])
                )
                try await program.wait { folder.names(in: parent).contains(name) }
            }
            program.send(SIGKILL)
            return try await program.wait()
        }
        #expect(outcome.status == 128 + SIGKILL || outcome.status == 0)
        let last = try await folder.nerpipe("run -q q.yaml")
        #expect(last.status == 0, "\(last.errors)")
        try await expectTheSame(folder)
        // Done is done.
        let again = try await folder.nerpipe("run q.yaml")
        #expect(again.status == 0 && again.errors.contains("out: complete already"), "\(again.errors)")
    }

    /// Every choice is part of what a run is.
    @Test(arguments: [
        "select.smooth=0.6", "select.keep=0.7", "mix.share=0.3", "update.average=0.9", "update.selector-sentences=21",
        "score.weight=1", "update.selector-learning-rate=0.01", "tokenize.block-bytes=1600",
        "tokenize.max-sentence-tokens=3", "tokenize.invalid=replace",
    ])
    func changedChoicesAreRefused(_ change: String) async throws {
        let folder = try await Self.folder()
        let first = try await folder.nerpipe("run -q q.yaml --set rounds=1 --set update.epochs=1")
        #expect(first.status == 0, "\(first.errors)")
        let more = change == "score.weight=1" ? " --set score.teacher=teacher" : ""
        let other = try await folder.nerpipe(
            "run -q q.yaml --set rounds=1 --set update.epochs=1 --set \(change)\(more)")
        #expect(other.status == 78 && other.errors.contains("another run"), "\(other.errors)")
    }

    /// What must be read again cannot come from a pipe, and is refused before anything is read.
    @Test func pipesThatWouldBeReadAgainAreRefused() async throws {
        let folder = try await Self.folder()
        for change in ["--set select.keep=0.7", "--set rounds=2"] {
            let outcome = try await folder.shell(
                "sed 's/c.txt/\"-\"/; s/rounds: 2/rounds: 1/' q.yaml > stdin.yaml; nerpipe run -q stdin.yaml \(change) < c.txt"
            )
            #expect(outcome.status == 64 && outcome.errors.contains("a pipe cannot be"), "\(outcome.errors)")
        }
        #expect(!folder.listing().contains("out"))
    }

    /// AdvPicker's teacher: the same bytes for any number of jobs and after a kill; other text is another run.
    @Test func adversarialTeacher() async throws {
        let folder = try await Self.folder()
        let train =
            "nerpipe train -q small.conll --vectors v.vectors --lang ss --epochs 2 --batch-tokens 40 --checkpoint-seconds 0.01 \(Workshop.network) --adversary"
        let outcome = try await folder.shell(
            """
            set -e -o pipefail
            nerpipe tokenize -q \(Workshop.tokenizeOptions) c.txt | nerpipe embed -q --vectors v.vectors -o target.zst
            \(train) target.zst -o a --jobs 1
            \(train) target.zst -o b --jobs 3 & b=$!
            # Where it is quicker than we are, once more.
            for attempt in 1 2 3 4 5; do
              rm -rf c
              \(train) target.zst -o c & c=$!
              until ls c/checkpoints/*.zst > /dev/null 2>&1 || ! kill -0 $c 2> /dev/null; do sleep 0.005; done
              if kill -9 $c 2> /dev/null; then break; fi
              wait $c
            done
            wait $c || true
            \(train) target.zst -o c
            wait $b
            cmp a/model.safetensors b/model.safetensors
            cmp a/model.safetensors c/model.safetensors
            \(train.replacing(" --adversary", with: "")) -o plain
            ! cmp -s a/model.safetensors plain/model.safetensors
            """)
        #expect(outcome.status == 0, "\(outcome.errors)")
        let other = try await folder.shell("\(train) source.zst -o a")
        #expect(other.status == 78 && other.errors.contains("adversary"), "\(other.errors)")
    }

    /// MTMT through the program, and a student that begins with its teacher's weights.
    @Test func pairsAndInitialWeights() async throws {
        let folder = try await Workshop.folder()
        let outcome = try await folder.shell(
            """
            set -e
            nerpipe train -q train.conll --vectors v.vectors --lang ss --epochs 1 --task similarity \(Workshop.network) -o evaluator
            U='nerpipe update -q scored.zst --epochs 1 \(Workshop.updateOptions)'
            $U --objective pairs --evaluator evaluator -o a --jobs 1
            $U --objective pairs --evaluator evaluator -o b --jobs 3
            $U --objective pairs --evaluator evaluator --similarity-weight 0 -o c
            $U --initial teacher -o d
            cmp a/model.safetensors b/model.safetensors
            nerpipe evaluate --json --bootstrap 0 --model a gold.conll
            """)
        #expect(outcome.status == 0, "\(outcome.errors)")
        let f1 = try #require(outcome.text.firstMatch(of: /"f1":([0-9.]+)/)?.1)
        #expect((Double(f1) ?? 0) > 60, "F1 \(f1)")
        let models = try ["a", "c", "d"].map { try folder.model($0) }
        #expect(Set(models).count == 3)
    }
}
