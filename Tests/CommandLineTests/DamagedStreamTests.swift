import ProgramTesting
import Testing

struct DamagedStreamTests {
    @Test(arguments: [
        ("embed -q --vectors v.vectors -o new.zst", "tokens.zst"),
        ("score --teacher teacher -o new.zst", "embedded.zst"),
        ("shard split -o new-", "scored.zst"), ("update -q --epochs 1 -o new", "scored.zst"),
        ("update -q --epochs 2 -o new", "scored.zst"),
    ])
    func truncatedShardIsRefused(command: String, stream: String) async throws {
        let folder = try await Fixture.folder()
        let bytes = try folder.read(stream)
        try folder.write("cut.zst", Array(bytes[..<(bytes.count / 2)]))
        // An output folder of training may be there, but no model.
        let outcome = try await folder.nerpipe("\(command) cut.zst")
        #expect(outcome.status == 65)
        #expect(
            Pattern(
                "nerpipe: cut.zst: compressed data ends in the middle of a zstd frame, after byte * of the text; "
                    + "the file was cut or the program that wrote it died: make it again\n"
            ).matches(outcome.errors), "\(outcome.errors)")
        #expect(
            !folder.listing().contains {
                $0.hasPrefix("new") && !["new/", "new/spool/"].contains($0) && $0 != "new-00000.zst"
            }, "\(folder.listing())")
        #expect(!folder.exists("new-00000.zst") && !folder.exists("new.zst"))
    }

    @Test func truncationAtABlockEndIsNoticedByTheMissingEnd() async throws {
        let folder = try await Fixture.folder()
        // One frame per block: a copy without the last frames is a valid .zst file, which `zstd -t` accepts.
        _ = try await folder.shell("zstd -dc tokens.zst > tokens.plain")
        let plain = try folder.read("tokens.plain")
        // Blocks begin with NPB1; the third one is the second data block.
        let magic = Array("NPB1".utf8)
        let starts = plain.indices.filter { plain[$0...].starts(with: magic) }
        try folder.write("cut.plain", Array(plain[..<starts[2]]))
        try await folder.expectFailure(
            "embed --vectors v.vectors cut.plain -o new.zst -q", 65,
            "cut.plain: stream ends without END after 1 data blocks (byte \(starts[2])); the stage before it died or the file was cut: see its message and run it again"
        )
        try folder.write("half.plain", Array(plain[..<(starts[2] + 100)]))
        try await folder.expectFailure(
            "embed --vectors v.vectors half.plain -o new.zst -q", 65,
            "half.plain: byte \(starts[2]): the stream ends inside block 2; the stage before it died or the file was cut: see its message and run it again"
        )
        try folder.write("swapped.plain", Array(plain[..<starts[1]] + plain[starts[2]...]))
        try await folder.expectFailure(
            "embed --vectors v.vectors swapped.plain -o new.zst -q", 65,
            "swapped.plain: byte *: block 2 stands where block 1 is due; blocks were lost or swapped: make the file again"
        )
        try folder.write("beheaded.plain", Array(plain[starts[1]...]))
        try await folder.expectFailure(
            "embed --vectors v.vectors beheaded.plain -o new.zst -q", 65,
            "beheaded.plain: the stream does not begin with a header (block 1); was its beginning cut off?")
        try folder.write("joined.plain", Array(plain[..<starts[2]] + plain))
        try await folder.expectFailure(
            "embed --vectors v.vectors joined.plain -o new.zst -q", 65,
            "joined.plain: byte *: block 0 stands where block 2 is due; blocks were lost or swapped: make the file again"
        )
    }

    @Test func flippedBitsAreNoticed() async throws {
        let folder = try await Fixture.folder()
        var bytes = try folder.read("tokens.zst")
        bytes[bytes.count / 2] ^= 1
        try folder.write("flipped.zst", bytes)
        let outcome = try await folder.nerpipe("embed --vectors v.vectors flipped.zst -o new.zst -q")
        #expect(
            outcome.status == 65 && outcome.errors.hasPrefix("nerpipe: flipped.zst: ") && outcome.errorLines.count == 1,
            "\(outcome.errors)")
        #expect(!folder.exists("new.zst") && !folder.exists("new.zst.tmp"))

        _ = try await folder.shell("zstd -dc tokens.zst > tokens.plain")
        var plain = try folder.read("tokens.plain")
        plain[plain.count / 2] ^= 0x10
        try folder.write("flipped.plain", plain)
        try await folder.expectFailure(
            "embed --vectors v.vectors flipped.plain -o new.zst -q", 65,
            "flipped.plain: byte *: checksum mismatch in block *; the data was damaged on the way: make the file again")
    }

    @Test(arguments: [
        "score --teacher teacher -o new.zst", "update --epochs 1 -q -o new", "update --epochs 3 -q -o new",
    ])
    func stageBeforeThatWasKilledIsNoticedWithoutPipefail(command: String) async throws {
        let folder = try await Fixture.folder()
        let isScore = command.hasPrefix("score")
        // The stage before gets a part of its input, is seen to have written something, and dies.
        let outcome = try await folder.shell(
            """
            zstd -dc \(isScore ? "tokens" : "embedded").zst > plain
            mkfifo feed
            (nerpipe \(isScore ? "embed --vectors v.vectors" : "score --teacher teacher") -q feed & echo $! > victim; wait) 2> /dev/null \\
              | tee passed | (nerpipe \(command) 2> errors; echo $? > status) &
            exec 3> feed
            head -c 4000 plain >&3
            for i in $(seq 12000); do [ -s passed ] && break; sleep 0.01; done
            kill -9 $(cat victim)
            exec 3>&-
            wait
            """)
        #expect(!outcome.timedOut)
        #expect(try folder.text("status") == "65\n")
        let errors = try folder.text("errors")
        // A stage may die between two blocks or while it writes one.
        let isNoticed = [
            "nerpipe: <stdin>: stream ends without END after * data blocks (byte *)",
            "nerpipe: <stdin>: byte *: the stream ends inside block *",
        ].contains { ending in
            Pattern("\(ending); the stage before it died or the file was cut: see its message and run it again\n")
                .matches(errors)
        }
        #expect(isNoticed, "\(errors)")
        #expect(
            !folder.exists("new.zst") && !folder.exists("new/model.safetensors") && !folder.exists("new/config.json"))
    }

    @Test func emptyInputOfAStageIsABadStream() async throws {
        let folder = try await Fixture.folder()
        try folder.write("empty", "")
        for command in [
            "embed --vectors v.vectors -o new.zst", "score --teacher teacher -o new.zst", "update -o new",
            "update --epochs 1 -o new",
            "shard info", "shard cat", "shard split -o new",
        ] {
            try await folder.expectFailure(
                "\(command) empty", 65, "empty: empty input; the stage before it wrote nothing (did it fail?)")
            try await folder.expectFailure(
                "\(command) -", 65, "<stdin>: empty input; the stage before it wrote nothing (did it fail?)",
                input: "empty")
        }
    }

    @Test(arguments: [
        "tokenize -o new.zst", "embed --vectors v.vectors -o new.zst", "score --teacher teacher -o new.zst",
        "update -o new", "update --epochs 1 -o new",
        "train --vectors v.vectors -o new", "tag --model student -o new.conll", "evaluate --model student", "evaluate",
        "vectors import -o new.vectors",
        "shard info", "shard cat", "shard split -o new", "run",
    ])
    func missingFilesAndFoldersAreNoInput(command: String) async throws {
        let folder = try await Fixture.folder()
        try await folder.expectFailure(
            "\(command) nowhere.zst", 66,
            "nowhere.zst: cannot open: no such file or directory; check the path and its permissions")
        try await folder.expectFailure(
            "\(command) teacher", 66, "teacher: is a directory; name the files in it, for example teacher/*.zst")
    }

    @Test func missingVectorsAndModelsSayHowToMakeThem() async throws {
        let folder = try await Fixture.folder()
        let table =
            "nowhere: cannot open the vector table: no such file or directory; make one with 'nerpipe vectors import'"
        try await folder.expectFailure("embed --vectors nowhere tokens.zst -o new.zst", 66, table)
        try await folder.expectFailure("train train.conll --vectors nowhere -o new", 66, table)
        try await folder.expectFailure("vectors info nowhere", 66, table)
        let digest = try await folder.digest(of: "v.vectors")
        try folder.remove("v.vectors")
        try await folder.expectFailure(
            "score --teacher teacher embedded.zst -o new.zst", 66,
            "v.vectors: no such vector table (embedded.zst needs the one with digest \(digest)); name it with --vectors FILE"
        )
        try await folder.expectFailure(
            "tag --model student text.txt", 66,
            "v.vectors: no such vector table (student needs the one with digest \(digest)); name it with --vectors FILE"
        )
        let model = "nowhere: no such model directory; make one with 'nerpipe train' or 'nerpipe update'"
        try await folder.expectFailure("score --teacher nowhere embedded.zst -o new.zst", 66, model)
        try await folder.expectFailure("tag --model nowhere text.txt", 66, model)
        try await folder.expectFailure("evaluate --model nowhere gold.conll", 66, model)
        try await folder.expectFailure("model info nowhere", 66, model)
        try await folder.expectFailure(
            "checkpoint list nowhere", 66, "nowhere: no checkpoints there; is it the --output of a run?")
    }
}

extension ScratchFolder {
    /// Digest of a vector table, as `vectors info` prints it.
    func digest(of table: String) async throws -> String {
        let lines = try await nerpipe("vectors info \(table)").text.split(separator: "\n")
        return lines.first { $0.hasPrefix("digest") }?.split(separator: " ").last.map(String.init) ?? "?"
    }
}
