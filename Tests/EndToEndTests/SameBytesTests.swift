import ProgramTesting
import Testing

/// One process, a shell pipe, files, shards, any number of threads: the student is the same to the byte.
struct SameBytesTests {
    private func make(_ script: String, epochs: Int, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let folder = try await Workshop.folder()
        let outcome = try await folder.shell(
            "set -e -o pipefail; E=\(epochs)\nO='\(Workshop.updateOptions)'\nT='\(Workshop.tokenizeOptions)'\n\(script)"
        )
        #expect(outcome.status == 0, "\(outcome.errors)", sourceLocation: sourceLocation)
        let expected = try await Workshop.student(epochs: epochs)
        #expect(try folder.model("out") == expected, "the student differs", sourceLocation: sourceLocation)
        folder.expectTidy("out", sourceLocation: sourceLocation)
    }

    @Test(arguments: [1, 3]) func shellPipe(epochs: Int) async throws {
        try await make(
            """
            nerpipe tokenize $T a.txt b.txt | nerpipe embed -q --vectors v.vectors | nerpipe score --teacher teacher | nerpipe update -q -o out --epochs $E $O
            """, epochs: epochs)
    }

    @Test(arguments: [1, 3]) func compressedShellPipe(epochs: Int) async throws {
        try await make(
            """
            zstd -q a.txt b.txt; C='--compress always'
            zstdcat a.txt.zst b.txt.zst | nerpipe tokenize $T $C --jobs 3 | nerpipe embed $C -q --vectors v.vectors | zstdcat \\
              | nerpipe score --teacher teacher $C | nerpipe update -q -o out --epochs $E $O -
            """, epochs: epochs)
    }

    @Test(arguments: [1, 3]) func stageByStageThroughFiles(epochs: Int) async throws {
        try await make(
            """
            nerpipe tokenize $T a.txt b.txt -o t.zst; nerpipe embed -q --vectors v.vectors t.zst -o e.zst; nerpipe score --teacher teacher e.zst -o s.zst
            cmp s.zst scored.zst; nerpipe update -q s.zst -o out --epochs $E $O
            """, epochs: epochs)
    }

    @Test(arguments: [1, 3]) func shardsInSeveralFiles(epochs: Int) async throws {
        try await make(
            """
            BLOCKS=$(nerpipe shard info scored.zst | awk '$1 == "blocks" { print $2 }')
            nerpipe shard split scored.zst --blocks $((BLOCKS * 2 / 3)) -o part-; test $(ls part-* | wc -l) = 2
            nerpipe update -q 'part-*.zst' -o out --epochs $E $O
            """, epochs: epochs)
    }

    @Test(arguments: [1, 3], [1, 2, 5]) func anyNumberOfThreads(epochs: Int, jobs: Int) async throws {
        try await make("nerpipe run -q p.yaml --jobs \(jobs) --set update.epochs=$E", epochs: epochs)
    }

    @Test(arguments: [1, 3]) func printedShell(epochs: Int) async throws {
        try await make(
            "nerpipe run p.yaml --print-shell --set update.epochs=$E > run.sh; bash run.sh 2> log", epochs: epochs)
    }

    /// The checks above would also pass if nothing were learnt, or the seed meant nothing.
    @Test func studentHasLearntAndDependsOnTheSeed() async throws {
        let folder = try await Workshop.folder()
        let outcome = try await folder.shell(
            "nerpipe run -q p.yaml && nerpipe evaluate --json --bootstrap 0 --model out gold.conll && nerpipe evaluate --bootstrap 0 --model out gold.conll"
        )
        #expect(outcome.status == 0, "\(outcome.errors)")
        let f1 = try #require(outcome.text.firstMatch(of: /FB1:\s+([0-9.]+)/)?.1)
        print("F1 of the student on the target language, which had no labels: \(f1)")
        #expect((Double(f1) ?? 0) > 80)
        let one = try await Workshop.student(epochs: 1), three = try await Workshop.student(epochs: 3)
        #expect(one != three)
        #expect(try await folder.nerpipe("run -q p.yaml --set update.seed=2 --set update.output=other").status == 0)
        #expect(try folder.model("other") != three)
    }
}
