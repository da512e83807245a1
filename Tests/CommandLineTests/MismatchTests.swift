import ProgramTesting
import Testing

/// Streams, tables and models that do not belong together.
struct MismatchTests {
    @Test(arguments: [
        (
            "score --teacher teacher -o new.zst", "tokens.zst",
            "'score' needs a stream of kind embedded or scored, this one is of kind tokens; put 'nerpipe embed' before it"
        ),
        (
            "update -o new", "tokens.zst",
            "'update' needs a stream of kind scored, this one is of kind tokens; put 'nerpipe score' before it"
        ),
        (
            "update --epochs 1 -o new", "embedded.zst",
            "'update' needs a stream of kind scored, this one is of kind embedded; put 'nerpipe score' before it"
        ),
        (
            "embed --vectors v.vectors -o new.zst", "embedded.zst",
            "'embed' needs a stream of kind tokens, this one is of kind embedded; make it with 'nerpipe tokenize'"
        ),
        (
            "embed --vectors v.vectors -o new.zst", "text.txt",
            "byte 0: not a nerpipe stream (no NPB1 block here); was it made by 'nerpipe tokenize', 'embed' or 'score'?"
        ),
        (
            "update --epochs 1 -o new", "text.txt",
            "byte 0: not a nerpipe stream (no NPB1 block here); was it made by 'nerpipe tokenize', 'embed' or 'score'?"
        ),
        (
            "update -o new", "text.txt",
            "byte 0: not a nerpipe stream (no NPB1 block here); was it made by 'nerpipe tokenize', 'embed' or 'score'?"
        ),
    ])
    func wrongKindOfStream(command: String, stream: String, message: String) async throws {
        let folder = try await Fixture.folder()
        try await folder.expectFailure("\(command) \(stream)", 65, "\(stream): \(message)")
        try await folder.expectFailure("\(command)", 65, "<stdin>: \(message)", input: stream)
    }

    @Test func labelsOfConcatenatedStreamsMustAgree() async throws {
        let folder = try await Fixture.folder()
        let made = try await folder.shell(
            """
            nerpipe train -q --map PER=ORG train.conll --vectors v.vectors -o organizations --epochs 1 \(Fixture.network.joined(separator: " "))
            nerpipe score -q --teacher organizations embedded.zst -o b.zst
            cp scored.zst a.zst; cat a.zst b.zst > ab.zst
            """)
        #expect(made.status == 0, "\(made.errors)")
        let difference = "labels: O,B-LOC,I-LOC,B-ORG,I-ORG against O,B-LOC,I-LOC,B-PER,I-PER"
        try await folder.expectFailure("update -o new a.zst b.zst", 65, "b.zst: does not fit a.zst: \(difference)")
        for command in ["update --epochs 1 -q -o new", "update -q -o new2"] {
            let outcome = try await folder.nerpipe("\(command) ab.zst")
            #expect(outcome.status == 65)
            #expect(
                Pattern("nerpipe: ab.zst: byte *: this stream does not fit the one before it: \(difference)\n").matches(
                    outcome.errors), "\(outcome.errors)")
            #expect(!folder.exists("new/config.json") && !folder.exists("new2/config.json"))
        }
        try await folder.expectFailure(
            "shard split -o new- a.zst b.zst", 65,
            "b.zst: byte *: this stream does not fit the one before it: \(difference)")
    }

    @Test func anotherVectorTableIsRefused() async throws {
        let folder = try await Fixture.folder()
        let (right, wrong) = try await (folder.digest(of: "v.vectors"), folder.digest(of: "other.vectors"))
        #expect(right != wrong)
        #expect(try await folder.nerpipe("embed -q --vectors other.vectors tokens.zst -o else.zst").status == 0)
        try await folder.expectFailure(
            "score --teacher teacher else.zst -o new.zst", 65,
            "else.zst: vector table differs: model teacher has \(right), the stream has \(wrong); embed with the table the model was trained on (v.vectors)"
        )
        let differs = "vector table differs: other.vectors has digest \(wrong)"
        let hint = "name the right one with --vectors FILE"
        try await folder.expectFailure(
            "score --teacher teacher --vectors other.vectors embedded.zst -o new.zst", 65,
            "\(differs), embedded.zst needs \(right); \(hint)")
        try await folder.expectFailure(
            "update --vectors other.vectors scored.zst -o new", 65, "\(differs), scored.zst needs \(right); \(hint)")
        try await folder.expectFailure(
            "tag --model student --vectors other.vectors text.txt", 65, "\(differs), student needs \(right); \(hint)")
        try await folder.expectFailure(
            "evaluate --model student --vectors other.vectors gold.conll", 65,
            "\(differs), student needs \(right); \(hint)")
        // A copy elsewhere is as good: the content counts, not the place.
        try folder.copy("v.vectors", to: "moved.vectors")
        try folder.remove("v.vectors")
        _ = try await folder.expectSuccess("tag -q --model student --vectors moved.vectors text.txt")
    }

    @Test func otherFeaturesThanTheModelsAreRefused() async throws {
        let folder = try await Fixture.folder()
        #expect(
            try await folder.nerpipe("embed -q --features lower,prefix3 --vectors v.vectors tokens.zst -o else.zst")
                .status == 0)
        try await folder.expectFailure(
            "score --teacher teacher else.zst -o new.zst", 65,
            "else.zst: features differs: model teacher has shape, the stream has lower,prefix3; embed with --features shape"
        )
        try await folder.expectFailure(
            "embed --features nonsense --vectors v.vectors tokens.zst -o new.zst", 64,
            "unknown feature 'nonsense'; known are shape, lower, prefix1 to prefix9, suffix1 to suffix9")
    }

    @Test func incompleteOrDamagedModelsAreRefused() async throws {
        let folder = try await Fixture.folder()
        let weights = try folder.read("student/model.safetensors")
        let configuration = try folder.text("student/config.json")
        for name in ["config.json", "model.safetensors"] {
            try folder.copy("student", to: "half")
            try folder.remove("half/\(name)")
            let message =
                "half: not a complete model (it needs config.json and model.safetensors); is its training still running or interrupted?"
            try await folder.expectFailure("tag --model half text.txt", 66, message)
            try await folder.expectFailure("score --teacher half embedded.zst -o new.zst", 66, message)
            try await folder.expectFailure("evaluate --model half gold.conll", 66, message)
            try folder.remove("half")
        }
        try folder.write("student/model.safetensors", Array(weights[..<100]))
        try await folder.expectFailure(
            "model info student", 65,
            "student/model.safetensors: not a usable safetensors file: the header is longer than the file")
        try folder.write("student/model.safetensors", weights)
        try folder.write(
            "student/config.json", configuration.replacing("\"hiddenWidth\" : 16", with: "\"hiddenWidth\" : 15"))
        try await folder.expectFailure(
            "model info student", 65,
            "student/model.safetensors: tensor input.weight has shape [16, 24], config.json says [15, 24]")
        try folder.write(
            "student/config.json", configuration.replacing("\"hiddenWidth\" : 16", with: "\"hiddenWidth\" : 1000000000")
        )
        try await folder.expectFailure(
            "model info student", 65, "student/config.json: hiddenWidth is 1000000000, must be from 1 to 4096")
        try folder.write("student/config.json", "{")
        try await folder.expectFailure("model info student", 65, "student/config.json: not a tagger configuration: *")
    }
}
