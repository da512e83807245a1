import ProgramTesting
import Testing

struct ArgumentTests {
    @Test(arguments: [
        ("tokenize --lagn sw text.txt", "Error: Unknown option '--lagn'. Did you mean '--lang'?"),
        ("update --epohcs 3 -o new scored.zst", "Error: Unknown option '--epohcs'. Did you mean '--epochs'?"),
        ("run --sett a=b p.yaml", "Error: Unknown option '--sett'. Did you mean '--set'?"),
        ("train --vectors v.vectors", "Error: Missing expected argument '<inputs> ...'"),
        ("embed tokens.zst", "Error: Missing expected argument '--vectors <vectors>'"),
        ("tokenize --jobs 0", "Error: --jobs must be from 1 to 256"),
        ("tokenize --level 30", "Error: --level must be from 1 to 19"),
        ("tokenize --block-bytes 0", "Error: --block-bytes must be from 1 to 67108864"),
        (
            "tokenize --format pdf",
            "Error: The value 'pdf' is invalid for '--format <auto|conllu|conll|label-studio|prodigy|doccano|hf-tokens|hf-spans|brat|documents|jsonl|text>'. Please provide one of the following:"
        ),
        ("update -o new --epochs many", "Error: The value 'many' is invalid for '--epochs <epochs>'"),
        ("update -o new --checkpoint-seconds nan", "Error: --checkpoint-seconds must be from 0 to 1000000000"),
        ("update -o new --checkpoint-seconds 1e30", "Error: --checkpoint-seconds must be from 0 to 1000000000"),
        ("evaluate --bootstrap -1 gold.conll", "Error: Missing value for '--bootstrap <bootstrap>'"),
        ("shard split --blocks 0 -o new scored.zst", "Error: --blocks must be at least 1"),
    ])
    func wrongOptionsAreUsageErrorsWithTheNearestName(command: String, firstLine: String) async throws {
        let folder = try await Fixture.folder()
        let outcome = try await folder.nerpipe(command)
        #expect(outcome.status == 64)
        #expect(outcome.errorLines.first == firstLine)
        #expect(outcome.output.isEmpty && !folder.exists("new"))
    }

    @Test(arguments: [
        ("tokenze text.txt", "unknown command 'tokenze'; did you mean 'tokenize'?"),
        ("vectors improt x", "unknown command 'improt'; did you mean 'import'?"),
        ("shard ls", "unknown command 'ls'; there are: info, cat, verify, split"),
        ("train train.conll --vectors v.vectors -o new --map X", "tag mapping 'X' is not FROM=TO, for instance MISC=O"),
        ("update scored.zst -o new --epochs 0", "epochs must be at least 1"),
        ("update scored.zst -o new --learning-rate nan", "learning rate must be greater than 0"),
        ("update scored.zst -o new --dropout 1", "dropout must be from 0 to below 1"),
        ("update scored.zst -o new --window-tokens 1", "window tokens must be at least the batch tokens"),
        ("update scored.zst -o new --width 0", "network: hiddenWidth is 0, must be from 1 to 4096"),
        ("update scored.zst -o new --feature-buckets 0", "network: buckets of shape is 0, must be from 1 to 16777216"),
    ])
    func valuesThatCannotWorkAreUsageErrors(command: String, message: String) async throws {
        let folder = try await Fixture.folder()
        try await folder.expectFailure(command, 64, message)
    }

    /// A value may be joined to its short option.
    @Test func shortOptionsTakeJoinedValues() async throws {
        let folder = try await Fixture.folder()
        _ = try await folder.expectSuccess("tokenize -q -j1 -ojoined.zst text.txt")
        _ = try await folder.expectSuccess("tokenize -j2 -q text.txt -o apart.zst")
        #expect(try folder.read("joined.zst") == folder.read("apart.zst"))
        try folder.write("n.vec", "3 2\na 1 0\nb 1 0.5\nc 0 1\n")
        _ = try await folder.expectSuccess("vectors import -q n.vec -on.vectors")
        let nearest = try await folder.expectSuccess("vectors nearest --count 1 n.vectors a")
        #expect(nearest.text.contains("b") && !nearest.text.contains("c"), "\(nearest.text)")
    }

    @Test(arguments: ["bash", "zsh", "fish"])
    func completionScripts(shell: String) async throws {
        let outcome = try await ScratchFolder().nerpipe("--generate-completion-script \(shell)")
        #expect(outcome.status == 0 && outcome.errors.isEmpty)
        #expect(outcome.text.contains("tokenize") && outcome.text.contains("checkpoint-seconds"))
        guard shell == "bash" else { return }
        let check = try await ScratchFolder().shell(
            "nerpipe --generate-completion-script bash > c.sh && bash -n c.sh && nerpipe --generate-completion-script=bash | cmp - c.sh"
        )
        #expect(check.status == 0, "\(check.errors)")
    }

    @Test func version() async throws {
        let outcome = try await ScratchFolder().nerpipe("--version")
        #expect(outcome.status == 0 && outcome.errors.isEmpty)
        let lines = outcome.text.split(separator: "\n").map { $0.split(separator: " ") }
        #expect(lines.map { $0.first } == ["nerpipe", "libzstd", "xxHash", "kernels"], "\(outcome.text)")
        for line in lines.prefix(3) {
            let parts = line.last?.split(separator: ".", omittingEmptySubsequences: false) ?? []
            #expect(parts.count == 3 && parts.allSatisfy { Int($0) != nil }, "\(outcome.text)")
        }
    }
}
