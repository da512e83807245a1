import ProgramTesting
import Testing

/// Where output cannot go, and where it may end early.
struct OutputTests {
    private static let writers = [
        "tokenize text.txt", "embed -q --vectors v.vectors tokens.zst", "score --teacher teacher embedded.zst",
        "tag -q --model student text.txt",
        "vectors import v.vec",
    ]

    @Test(arguments: writers)
    func filesThatCannotBeMadeAreSaidBeforeTheWork(command: String) async throws {
        let folder = try await Fixture.folder()
        let hint = "check that the folder exists and is writable"
        try await folder.expectFailure(
            "\(command) -o text.txt/new", 73,
            "text.txt/new: cannot create: a part of the path is not a directory; \(hint)")
        try await folder.expectFailure(
            "\(command) -o nowhere/new", 73, "nowhere/new: cannot create: no such file or directory; \(hint)")
        try await folder.expectFailure(
            "\(command) -o /proc/new", 73, "/proc/new: cannot create: no such file or directory; \(hint)")
        try await folder.expectFailure(
            "\(command) -o teacher", 73, "teacher: is a directory; name a file in it, for example teacher/NAME.zst")
    }

    @Test(arguments: ["update scored.zst", "train train.conll --vectors v.vectors", "shard split scored.zst"])
    func foldersThatCannotBeMadeAreSaid(command: String) async throws {
        let folder = try await Fixture.folder()
        try await folder.expectFailure(
            "\(command) -o text.txt/new", 73,
            "text.txt: cannot create the folder: a part of the path is not a directory")
    }

    /// What is mapped cannot be compressed, all text can.
    @Test func namesThatEndInZstCompressOrAreRefused() async throws {
        let folder = try await Fixture.folder()
        for command in ["vectors import v.vec", "weigh --source xx=embedded.zst embedded.zst", "model package student"]
        {
            try await folder.expectFailure(
                "\(command) -o new.zst", 64,
                "new.zst: this file is mapped where it is used and cannot be compressed; name new")
        }
        let outcome = try await folder.shell(
            """
            for form in "evaluate --model student gold.conll" "report student" "tag --model student text.txt"; do
              nerpipe $form -o new.txt 2> /dev/null; nerpipe $form -o new.txt.zst 2> /dev/null
              [ ! -f new.txt ] || { zstd -dcq new.txt.zst | cmp - new.txt && echo same; }; rm -f new.txt new.txt.zst
            done
            """)
        #expect(outcome.text == "same\nsame\nsame\n", "\(outcome.text)\(outcome.errors)")
    }

    @Test func metricsFileThatCannotBeMadeIsSaidBeforeTheWork() async throws {
        let folder = try await Fixture.folder()
        try await folder.expectFailure(
            "tokenize text.txt -o new.zst --metrics nowhere/m.jsonl", 73,
            "nowhere/m.jsonl: cannot append to: no such file or directory; name another file with --metrics")
    }

    private static let printers = [
        "tokenize text.txt", "embed -q --vectors v.vectors tokens.zst", "score --teacher teacher embedded.zst",
        "tag -q --model student text.txt",
        "shard cat scored.zst", "shard info scored.zst", "evaluate --model student gold.conll",
        "vectors info v.vectors", "model info student",
        "model card student", "checkpoint show student",
    ]

    @Test(.enabled(if: Program.exists("bash")), arguments: printers)
    func fullDiskAtStandardOutputIsAnError(command: String) async throws {
        let folder = try await Fixture.folder()
        let outcome = try await folder.shell("nerpipe \(command) > /dev/full")
        #expect(outcome.status == 74)
        #expect(
            outcome.errors
                == "nerpipe: <stdout>: cannot write: no space left on device; free some space and run the same command again\n"
        )
    }

    @Test(arguments: printers)
    func readerThatLeavesIsAQuietEnd(command: String) async throws {
        let folder = try await Fixture.folder()
        let command = command.replacing("-q ", with: "")
        // Much text, so that more comes after the reader is gone.
        let outcome = try await folder.shell(
            """
            for i in $(seq 300); do cat text.txt; done > big.txt
            cp big.txt kept.txt; mv big.txt text.txt
            nerpipe \(command) | head -c 1 > /dev/null
            echo ${PIPESTATUS[0]}
            """)
        #expect(outcome.text == "0\n")
        #expect(
            outcome.errors == "" || !command.contains("text.txt") && !outcome.errors.contains("nerpipe:"),
            "\(outcome.errors)")
    }

    @Test func headOfAWholePipeEndsEveryStageQuietly() async throws {
        let folder = try await Fixture.folder()
        // Text without end, so that every stage has its reader taken away.
        let outcome = try await folder.shell(
            """
            yes "$(cat text.txt)" | nerpipe tokenize | nerpipe embed --vectors v.vectors | nerpipe score --teacher teacher | nerpipe shard cat | head -1 | wc -l
            echo ${PIPESTATUS[@]}
            """)
        #expect(outcome.text == "1\n141 0 0 0 0 0 0\n")
        #expect(outcome.errors == "")
    }

    @Test(
        .enabled(if: Program.exists("script")),
        arguments: [
            "tokenize text.txt", "embed --vectors v.vectors tokens.zst", "score --teacher teacher embedded.zst",
        ])
    func binaryIsNotWrittenToATerminal(command: String) async throws {
        let folder = try await Fixture.folder()
        let outcome = try await folder.shell("script -qec 'nerpipe \(command)' /dev/null")
        #expect(outcome.status == 64)
        #expect(
            outcome.text
                == "nerpipe: refusing to write binary data to the terminal; use '-o FILE', or pipe into another stage or 'nerpipe shard cat -'\r\n"
        )
    }

    @Test func devicesAndNamedPipesAreWrittenIntoAndNotReplaced() async throws {
        let folder = try await Fixture.folder()
        let outcome = try await folder.shell(
            """
            mkfifo pipe; ln -s /dev/null null
            cat pipe > copy.zst & nerpipe tokenize --lang yy --block-bytes 1000 text.txt -o pipe && wait && test -p pipe && cmp copy.zst tokens.zst || exit 1
            nerpipe tokenize text.txt -o null && test -L null && test ! -e null.tmp || exit 2
            nerpipe tag -q --model student text.txt -o /dev/stdout | cmp - <(nerpipe tag -q --model student text.txt) || exit 3
            """)
        #expect(outcome.status == 0, "\(outcome.errors)")
    }

    @Test func finishedFilesReplaceOldOnesWhenForcedAndFailedOnesDoNot() async throws {
        let folder = try await Fixture.folder()
        let old = try folder.read("tokens.zst")
        try folder.write("bad.txt", Array("a\n".utf8) + [0xFF, 0x0A])
        #expect(try await folder.nerpipe("tokenize bad.txt --force -o tokens.zst").status == 65)
        #expect(try folder.read("tokens.zst") == old)
        _ = try await folder.expectSuccess("tokenize other.txt --force -o tokens.zst")
        #expect(try folder.read("tokens.zst") != old)
        #expect(!folder.listing().contains { $0.hasSuffix(".tmp") })
    }
}
