import ProgramTesting
import Shards
import Testing

/// Folders that hold a run already.
struct OutputFolderTests {
    private static let options = "--epochs 2 --batch-tokens 60 \(Fixture.network.joined(separator: " "))"
    private static let hint = "choose another --output, or replace it with --fresh"

    @Test func anotherRunsFolderIsRefusedUnlessFresh() async throws {
        let folder = try await Fixture.folder()
        let model = try folder.read("student/model.safetensors")
        let again = try await folder.expectSuccess("update scored.zst -o student \(Self.options)")
        #expect(again.errors == "nerpipe update: student: complete already, nothing to do\n")
        for (change, difference) in [
            ("--seed 2", "settings.seed: the checkpoint has 1, this run has 2"),
            ("--epochs 3", "settings.epochs: the checkpoint has 2, this run has 3"),
            ("--objective kl", "settings.objective: the checkpoint has mse, this run has kl"),
            ("--learning-rate 0.1", "settings.learning rate: the checkpoint has 0.002, this run has 0.1"),
            ("--width 17", "network.width: the checkpoint has 16, this run has 17"),
        ] {
            try await folder.expectFailure(
                "update scored.zst -o student \(Self.options) \(change)", 78,
                "student: holds the model of another run: \(difference); \(Self.hint)")
        }
        try await folder.expectFailure(
            "update scored.zst -o teacher \(Self.options)", 78,
            "teacher: holds the model of another run: inputs.development: *; \(Self.hint)")
        #expect(try folder.read("student/model.safetensors") == model)
        _ = try await folder.expectSuccess("update -q scored.zst -o student \(Self.options) --seed 2 --fresh")
        #expect(try folder.read("student/model.safetensors") != model)
        _ = try await folder.expectSuccess("update -q scored.zst -o student \(Self.options) --fresh")
        #expect(try folder.read("student/model.safetensors") == model)
    }

    @Test func otherInputIsRefused() async throws {
        let folder = try await Fixture.folder()
        #expect(
            try await folder.shell(
                """
                set -o pipefail
                nerpipe tokenize --lang yy other.txt | nerpipe embed -q --vectors v.vectors | nerpipe score --teacher teacher -o else.zst
                """
            ).status == 0)
        try await folder.expectFailure(
            "update else.zst -o student \(Self.options)", 78,
            "student: holds the model of another run: inputs.stream: the checkpoint has *, this run has *; \(Self.hint)"
        )
        let size = Fixture.network.joined(separator: " ")
        try await folder.expectFailure(
            "train gold.conll --vectors v.vectors --lang xx --epochs 4 --batch-tokens 60 -o teacher \(size)", 78,
            "teacher: holds the model of another run: inputs.files: the checkpoint has *, this run has *; \(Self.hint)")
    }

    @Test func modelFromElsewhereIsNotOverwritten() async throws {
        let folder = try await Fixture.folder()
        try folder.remove("student/checkpoints")
        try await folder.expectFailure(
            "update scored.zst -o student \(Self.options)", 78,
            "student: holds a model that this run did not make; \(Self.hint)")
        _ = try await folder.expectSuccess("update -q scored.zst -o student \(Self.options) --fresh")
    }

    /// Checkpoints had a dictionary of strings once.
    @Test func aRunOfTheFormBeforeIsRefused() async throws {
        let folder = try await Fixture.folder()
        let path = try #require(folder.names(in: "student/checkpoints").last.map { "student/checkpoints/\($0)" })
        var columns = Columns.Writer()
        columns.add("description", Array(#"{"identity":{"kernels":"plain","seed":"1"},"updateNumber":20}"#.utf8))
        columns.add("state", Array(#"{"updateNumber":20}"#.utf8))
        columns.add("parameters", [Float](repeating: 0, count: 9))
        let header = StreamHeader(kind: .checkpoint, producer: "nerpipe", language: "", tokenizer: "")
        let compressor = FrameCompressor(level: 1)
        let writer = try ShardWriter(to: .file("\(folder.path)/\(path)"), header: header, compressor: compressor)
        let block = Block(kind: .data, index: 1, payload: columns.payload())
        try writer.append(EncodedBlock(block, compressor: compressor))
        try writer.finish()
        let message =
            "\(path): another version of nerpipe wrote it, which this one cannot continue; start over with --fresh, "
            + "or continue with that version"
        try await folder.expectFailure("update scored.zst -o student \(Self.options)", 78, message)
        for command in ["show", "verify"] {
            try await folder.expectFailure("checkpoint \(command) student", 78, message)
        }
        _ = try await folder.expectSuccess("shard verify \(path)")
        try folder.remove("student/model.safetensors")
        try await folder.expectFailure("update scored.zst -o student \(Self.options)", 78, message)
        _ = try await folder.expectSuccess("update -q scored.zst -o student \(Self.options) --fresh")
    }

    @Test func checkpointsCanBeListedShownAndVerified() async throws {
        let folder = try await Fixture.folder()
        let path = try #require(folder.names(in: "student/checkpoints").last.map { "student/checkpoints/\($0)" })
        #expect(try await folder.expectSuccess("checkpoint list student").text == "\(path)\n")
        let shown = try await folder.expectSuccess("checkpoint show student").text.split(separator: "\n")
        #expect(
            shown.first?.hasPrefix("update  ") == true && shown.contains("settings.seed: 1")
                && shown.contains("settings.objective: mse")
                && shown.contains("kind: student"))
        #expect(
            Pattern("\(path): ok, update *\n").matches(try await folder.expectSuccess("checkpoint verify student").text)
        )
        let bytes = try folder.read(path)
        try folder.write(path, Array(bytes[..<(bytes.count / 2)]))
        let damaged = try await folder.nerpipe("checkpoint verify student")
        #expect(
            damaged.status == 65 && damaged.errors == "nerpipe: 1 damaged checkpoint(s)\n"
                && damaged.text.hasPrefix("\(path): "))
        try await folder.expectFailure(
            "checkpoint show student", 65,
            "damaged checkpoint, taking the one before: \(path): *\nnerpipe: student/checkpoints: all 1 checkpoints are damaged; start over with --fresh"
        )
    }
}
