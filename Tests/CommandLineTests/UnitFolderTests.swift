import Foundation
import Glibc
import ProgramTesting
import Randomness
import Testing

/// Units whose outputs lie in a folder with their records: done once, known again, exact whatever happens to their processes.
struct UnitFolderTests {
    private static func lines(_ count: Int, from first: Int = 0) -> String {
        (first..<first + count).map { "Line \($0) of a text, with w\($0 % 97) and x\($0 % 31).\n" }.joined()
    }

    private static func unit(_ number: Int, of count: Int = 3, _ more: String = "") -> String {
        "tokenize --lang yy --block-bytes 500 --shard \(number)/\(count) big.txt -o tokens/ \(more)"
    }

    /// Names, sizes, times and content of all files in a folder.
    private static func state(_ folder: ScratchFolder, _ name: String) throws -> [String] {
        try folder.names(in: name).map { file in
            var status = stat()
            #expect(stat("\(folder.path)/\(name)/\(file)", &status) == 0)
            return
                "\(file) \(status.st_ino) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec) \(try folder.read("\(name)/\(file)").hashValue)"
        }
    }

    @Test func aUnitIsDoneOnce() async throws {
        let folder = try await Fixture.folder()
        try folder.write("big.txt", Self.lines(100))
        for number in 1...3 { _ = try await folder.expectSuccess(Self.unit(number)) }
        let names = (1...3).flatMap { ["0000\($0)-of-00003.json", "0000\($0)-of-00003.zst"] }
        #expect(folder.names(in: "tokens") == names)
        let whole = try await folder.shell(
            "nerpipe tokenize -q --lang yy --block-bytes 500 --fixed-blocks big.txt | nerpipe sample -q --share 1 | cmp - <(nerpipe sample -q --share 1 tokens/*.zst)"
        )
        #expect(whole.status == 0, "\(whole.errors)")
        let before = try Self.state(folder, "tokens")
        let again = "nerpipe tokenize: tokens/00002-of-00003.zst: complete already, nothing to do\n"
        #expect(try await folder.expectSuccess(Self.unit(2)).errors == again)
        // Inputs are known by their content.
        _ = try await folder.shell("cp big.txt copy; mv copy big.txt")
        #expect(try await folder.expectSuccess(Self.unit(2)).errors == again)
        #expect(try Self.state(folder, "tokens") == before)
        try await folder.expectFailure(
            Self.unit(2, "--max-sentence-tokens 5"), 78,
            "tokens/00002-of-00003.json: this unit was made otherwise: options: tokenize * against tokenize *; use the same inputs and options, name another folder, or do it again with --force"
        )
        // What is in another unit's part is nothing to this one.
        try folder.write("big.txt", Self.lines(100).replacing("Line 95 ", with: "Line 59 "))
        #expect(try await folder.expectSuccess(Self.unit(2)).errors == again)
        try await folder.expectFailure(
            Self.unit(3), 78,
            "tokens/00003-of-00003.json: this unit was made otherwise: content of the inputs; use the same inputs and options, name another folder, or do it again with --force"
        )
        try folder.write("big.txt", Self.lines(101))
        try await folder.expectFailure(
            Self.unit(2), 78,
            "tokens/00002-of-00003.json: this unit was made otherwise: sizes of the inputs; use the same inputs and options, name another folder, or do it again with --force"
        )
        #expect(try Self.state(folder, "tokens") == before)
        _ = try await folder.expectSuccess(Self.unit(2, "--force"))
        #expect(folder.names(in: "tokens") == names)
        // Units of other inputs are no units of one work.
        let status = try await folder.nerpipe("status tokens")
        #expect(
            status.status == 1
                && status.text.contains("  00002-of-00003  made otherwise than the first: sizes of the inputs\n"))
    }

    @Test func aStreamThatIsNotTheUnitsIsNotReplaced() async throws {
        let folder = try await Fixture.folder()
        try folder.write("big.txt", Self.lines(100))
        _ = try await folder.expectSuccess(Self.unit(1))
        let made = try folder.read("tokens/00001-of-00003.zst")
        // Killed between the stream and its record.
        try folder.remove("tokens/00001-of-00003.json")
        try folder.write(
            "tokens/00001-of-00003.attempt.json",
            #"{"state":"running","host":"n","process":1,"began":1,"time":1,"tokens":0,"hasBegun":true}"#)
        _ = try await folder.expectSuccess(Self.unit(1))
        #expect(folder.names(in: "tokens") == ["00001-of-00003.json", "00001-of-00003.zst"])
        #expect(try folder.read("tokens/00001-of-00003.zst") == made)
        try folder.write("tokens/00001-of-00003.zst", "something else")
        try await folder.expectFailure(
            Self.unit(1), 73,
            "tokens/00001-of-00003.zst: is not the stream of tokens/00001-of-00003.json; remove both, or do the unit again with --force"
        )
        try folder.remove("tokens/00001-of-00003.zst")
        _ = try await folder.expectSuccess(Self.unit(1))
        #expect(try folder.read("tokens/00001-of-00003.zst") == made)
        try folder.write("tokens/00002-of-00003.zst", "something else")
        try await folder.expectFailure(
            Self.unit(2), 73,
            "tokens/00002-of-00003.zst: is there already, and is not the finished output of this same run; name another output, or replace it with --force",
            leaving: ["tokens/00002-of-00003.attempt.json"])
        try folder.write("tokens/00001-of-00003.json", "{")
        try await folder.expectFailure(
            Self.unit(1), 65, "tokens/00001-of-00003.json: no record of a unit; remove it, and the unit is done again")
    }

    /// A stage that follows takes the name of the unit.
    @Test func stagesFollowInFoldersOfTheirOwn() async throws {
        let folder = try await Fixture.folder()
        try folder.write("big.txt", Self.lines(60))
        let outcome = try await folder.shell(
            """
            set -e
            nerpipe tokenize -q --lang yy --block-bytes 500 --fixed-blocks big.txt | nerpipe embed -q --vectors v.vectors \\
              | nerpipe score -q --teacher teacher -o one.zst
            for i in 2 1 3; do
              nerpipe tokenize -q --lang yy --block-bytes 500 --shard $i/3 big.txt -o tokens/
              nerpipe embed -q --vectors v.vectors tokens/0000$i-of-00003.zst -o embedded/
            done
            for i in 3 2 1; do nerpipe score -q --teacher teacher --shard $i/3 'embedded/*.zst' -o scored/; done
            nerpipe status tokens embedded scored
            nerpipe sample -q --share 1 one.zst | cmp - <(nerpipe sample -q --share 1 scored/*.zst)
            nerpipe update -q one.zst -o one --epochs 2 --batch-tokens 60 \(Fixture.network.joined(separator: " "))
            nerpipe update -q scored/*.zst -o units --epochs 2 --batch-tokens 60 \(Fixture.network.joined(separator: " "))
            cmp one/model.safetensors units/model.safetensors
            nerpipe embed --vectors v.vectors tokens/00002-of-00003.zst -o embedded/
            """)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.errors == "nerpipe embed: embedded/00002-of-00003.zst: complete already, nothing to do\n")
        #expect(
            Pattern(
                """
                tokens: 3 units: 3 done
                  1 documents, 60 sentences, * tokens, * tokens/s a process
                embedded: 3 units: 3 done
                  1 documents, 60 sentences, * tokens, * tokens/s a process
                scored: 3 units: 3 done
                  1 documents, 60 sentences, * tokens, * tokens/s a process

                """
            ).matches(outcome.text), "\(outcome.text)")
        // The teacher is a part of what was made, by its content.
        let other = try await folder.shell(
            "nerpipe train train.conll --vectors v.vectors --lang xx --epochs 1 --batch-tokens 60 -q -o teacher --fresh \(Fixture.network.joined(separator: " "))"
        )
        #expect(other.status == 0, "\(other.errors)")
        let refused = try await folder.nerpipe("score -q --teacher teacher --shard 1/3 embedded/*.zst -o scored/")
        #expect(refused.status == 78 && refused.errors.contains(": teachers: "), "\(refused.errors)")
        try await folder.expectFailure(
            "embed --vectors v.vectors -o embedded/", 64,
            "<stdin>: -o FOLDER/ is for units of files, whose content is remembered; write a pipe to a file, -o FILE",
            input: "tokens.zst")
    }

    /// Killed at any moment, a unit is done by the next who does it, with the same bytes; the record comes last.
    @Test func killedAtAnyMomentTheUnitHasTheSameBytes() async throws {
        let folder = try await Fixture.folder()
        try folder.write("big.txt", Self.lines(4_000))
        _ = try await folder.expectSuccess(Self.unit(2, of: 2))
        let expected = try folder.read("tokens/00002-of-00002.zst")
        var random = SplitMix64(seed: 12), kills = 0
        for _ in 0..<12 {
            try folder.remove("tokens")
            let delay = Duration.milliseconds(Int.random(in: 20...400, using: &random))
            let outcome = try await Slots.shared.use {
                let program = try Program.start(
                    Self.unit(2, of: 2).split(separator: " ").map(String.init), in: folder)
                try await Task.sleep(for: delay)
                program.send(SIGKILL)
                return try await program.wait()
            }
            if outcome.status != 0 { kills += 1 }
            // A record is never there without its stream.
            if folder.exists("tokens/00002-of-00002.json") {
                #expect(try folder.read("tokens/00002-of-00002.zst") == expected)
            }
            _ = try await folder.expectSuccess(Self.unit(2, of: 2))
            #expect(try folder.read("tokens/00002-of-00002.zst") == expected)
            #expect(folder.names(in: "tokens") == ["00002-of-00002.json", "00002-of-00002.zst"])
        }
        #expect(kills > 3)
    }

    /// A process that was lost, with its lock, and comes back after another did its work changes nothing.
    @Test func aStaleTwinChangesNothing() async throws {
        let folder = try await Fixture.folder()
        try folder.write("big.txt", Self.lines(60_000))
        try await Slots.shared.use {
            func start(_ command: String) throws -> RunningProgram {
                try Program.start(command.split(separator: " ").map(String.init), in: folder)
            }
            let stale = try start(Self.unit(1, of: 1))
            try await stale.wait {
                ((try? folder.read("tokens/00001-of-00001.zst.tmp"))?.count ?? 0) > 0
                    && folder.exists("tokens/00001-of-00001.attempt.json")
            }
            stale.send(SIGSTOP)
            let running = try await start("status tokens").wait()
            #expect(
                running.status == 1 && running.text.contains("tokens: 1 units: 0 done, 1 running\n"), "\(running.text)")
            let second = try await start(Self.unit(1, of: 1)).wait()
            #expect(
                second.status == 73
                    && second.errors.contains("tokens/00001-of-00001.zst: another process of nerpipe writes it now"))
            #expect(try await start("status tokens").wait().text.contains("1 running"))
            // Its lock is gone, as that of a machine that was cut off.
            try folder.remove("tokens/00001-of-00001.zst.tmp")
            #expect(try await start(Self.unit(1, of: 1)).wait().status == 0)
            let before = try Self.state(folder, "tokens")
            stale.send(SIGCONT)
            let outcome = try await stale.wait()
            #expect(outcome.status == 73, "\(outcome.errors)")
            #expect(try Self.state(folder, "tokens") == before)
        }
        #expect(folder.names(in: "tokens") == ["00001-of-00001.json", "00001-of-00001.zst"])
    }

    /// One that was told to stop is to be started again, and is nobody's failure.
    @Test func anInterruptedUnitIsNotAFailedOne() async throws {
        let folder = try await Fixture.folder()
        try folder.write("big.txt", Self.lines(200_000))
        try await Slots.shared.use {
            let program = try Program.start(
                Self.unit(1, of: 1).split(separator: " ").map(String.init), in: folder)
            try await program.wait { folder.exists("tokens/00001-of-00001.attempt.json") }
            program.send(SIGTERM)
            #expect(try await program.wait().status == 75)
        }
        let status = try await folder.nerpipe("status tokens")
        #expect(status.status == 1)
        #expect(
            Pattern(
                """
                tokens: 1 units: 0 done, 1 interrupted
                  0 documents, 0 sentences, 0 tokens
                  00001-of-00001  interrupted on *: interrupted*; run the same command again

                """
            ).matches(status.text), "\(status.text)")
        _ = try await folder.expectSuccess(Self.unit(1, of: 1))
        #expect(folder.names(in: "tokens") == ["00001-of-00001.json", "00001-of-00001.zst"])
    }

    /// What units leave out lies beside their records, and together it is what one process leaves out.
    @Test func aQuarantineInTheFolderHasAFileForEachUnit() async throws {
        let folder = try await Fixture.folder()
        var bytes = Array(Self.lines(120).utf8)
        for (place, byte) in zip([100, 3000], [UInt8(0xFF), 0xC0]) { bytes[place] = byte }
        try folder.write("big.txt", bytes)
        let outcome = try await folder.shell(
            """
            set -e
            nerpipe tokenize -q --lang yy --block-bytes 500 --fixed-blocks big.txt --on-error quarantine:one.bad -o one.zst
            for i in 1 2 3; do \
              nerpipe tokenize -q --lang yy --block-bytes 500 --shard $i/3 big.txt --on-error quarantine:tokens/ -o tokens/; done
            cat tokens/*.bad | cmp - one.bad
            wc -l < one.bad
            sed 's/big.txt, from byte [0-9]* on:[0-9]*/X/; s/big.txt:[0-9]*/X/' one.bad.reasons > reasons
            cat tokens/*.bad.reasons | sed 's/big.txt, from byte [0-9]* on:[0-9]*/X/; s/big.txt:[0-9]*/X/' | cmp - reasons
            nerpipe tokenize -q --lang yy --block-bytes 500 --shard 1/3 big.txt --on-error quarantine:kept/ -o 1.zst
            """)
        #expect(outcome.status == 0 && outcome.text == "2\n", "\(outcome.text)\(outcome.errors)")
        let records = (1...3).flatMap { ["0000\($0)-of-00003.json", "0000\($0)-of-00003.zst"] }
        let kept = folder.names(in: "tokens").filter { !records.contains($0) }
        #expect(kept.count == 4 && kept.allSatisfy { $0.contains(".bad") } && kept[0] == "00001-of-00003.bad")
        #expect(folder.names(in: "kept") == Array(kept[..<2]))
        #expect(try await folder.nerpipe("status tokens").status == 0)
        // Done again without a bad record, it has none.
        try folder.write("big.txt", Self.lines(120))
        let again = try await folder.nerpipe(
            Self.unit(1, of: 3, "-q --on-error quarantine:tokens/ --force"))
        #expect(again.status == 0 && folder.names(in: "tokens").filter { $0.contains(".bad") } == Array(kept[2...]))
    }

    /// Texts of units, one behind the other, are the text of one process.
    @Test(arguments: ["conll", "documents", "hf-tokens", "hf-spans", "doccano", "prodigy"])
    func taggedUnitsAreOneText(form: String) async throws {
        let folder = try await Fixture.folder()
        let outcome = try await folder.shell(
            """
            set -e
            options="-q --model teacher --block-bytes 300 --to \(form)"
            head -40 text.txt | sed 's/"/ /g; s/.*/{"text": "&"}/' > a.jsonl
            for text in 'text.txt other.txt' a.jsonl; do
              nerpipe tag $options --fixed-blocks $text --force -o one
              for i in 3 1 2; do nerpipe tag $options --shard $i/3 $text --force -o tagged/; done
              zstdcat tagged/*.zst | cmp - one
              nerpipe tag $options --shard 2/3 $text --force -o two
              zstdcat tagged/00002-of-00003.zst | cmp - two
            done
            nerpipe status tagged | head -1
            nerpipe tag ${options#-q} --shard 2/3 a.jsonl -o tagged/
            """)
        #expect(outcome.status == 0, "\(outcome.text)\(outcome.errors)")
        #expect(outcome.text == "tagged: 3 units: 3 done\n")
        #expect(
            outcome.errors.hasSuffix("nerpipe tag: tagged/00002-of-00003.zst: complete already, nothing to do\n"),
            "\(outcome.errors)")
        try await folder.expectFailure(
            "tag -q --model teacher --block-bytes 300 --to \(form) --types PER --shard 2/3 a.jsonl -o tagged/", 78,
            "tagged/00002-of-00003.json: this unit was made otherwise: options: tag * against tag *; use the same inputs and options, name another folder, or do it again with --force"
        )
    }

    @Test func textsThatCannotBeJoinedAreNotMadeInUnits() async throws {
        let folder = try await Fixture.folder()
        for form in ["jsonl", "conllu", "label-studio", "brat"] {
            let outcome = try await folder.nerpipe("tag --model teacher --to \(form) --shard 1/2 text.txt -o tagged/")
            #expect(
                outcome.status == 64
                    && outcome.errors.contains(
                        "texts of --to \(form) cannot be put one behind the other, as those of units (--shard, -o FOLDER/) must be; take --to documents or conll"
                    ), "\(outcome.errors)")
        }
        for part in ["--shard 1/2 text.txt -o tagged", "text.txt -o tagged/"] {
            let chosen = try await folder.nerpipe("tag --model teacher --uncertain 3 \(part)")
            #expect(
                chosen.status == 64
                    && chosen.errors.contains(
                        "--uncertain chooses among all records, a unit (--shard, -o FOLDER/) has a part of them"),
                "\(chosen.errors)")
        }
        #expect(!folder.exists("tagged"))
    }

    @Test func statusMergesAllRecords() async throws {
        let folder = try await Fixture.folder()
        try folder.write("big.txt", Self.lines(120))
        var bytes = try folder.read("big.txt")
        for (place, byte) in zip([100, 3000], [UInt8(0xFF), 0xC0]) { bytes[place] = byte }
        try folder.write("big.txt", bytes)
        for number in [1, 3] { _ = try await folder.expectSuccess(Self.unit(number, of: 5, "--on-error skip")) }
        let failed = try await folder.nerpipe(Self.unit(4, of: 5))
        #expect(failed.status == 65, "\(failed.errors)")
        // In one turn: a test beside it may hold the next turn for longer than silence takes.
        let (status, json) = try await Slots.shared.use {
            let now = Date().timeIntervalSince1970
            for (number, time) in [(2, now - 3600), (5, now)] {
                try folder.write(
                    "tokens/0000\(number)-of-00005.attempt.json",
                    #"{"state":"running","host":"n\#(number)","process":1,"began":\#(time - 10),"time":\#(time),"tokens":500,"hasBegun":true}"#
                )
            }
            return (
                try await Program.start(["status", "tokens"], in: folder).wait(),
                try await Program.start(["status", "--json", "tokens"], in: folder).wait()
            )
        }
        #expect(
            status.status == 1
                && status.errors == "nerpipe: 1 folder has units that are not done; start them again, or wait\n")
        #expect(
            Pattern(
                """
                tokens: 5 units: 2 done, 1 running, 1 failed, 1 silent
                  1 documents, * sentences, * tokens, * tokens/s a process
                  1 of * records left out:
                    00001-of-00005  big.txt:3: not UTF-8*
                  00002-of-00005  silent on n2: 500 tokens, heard of 36* s ago
                  00004-of-00005  failed on *: big.txt, from byte * on:*: not UTF-8*
                  00005-of-00005  running on n5: 500 tokens, 50 tokens/s, heard of * s ago

                """
            ).matches(status.text), "\(status.text)")
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(json.output)) as? [String: Any], "\(json.text)")
        #expect(object["units"] as? Int == 5 && object["done"] as? Int == 2 && object["rejectedRecords"] as? Int == 1)
        #expect(
            (object["open"] as? [[String: Any]])?.compactMap { $0["state"] as? String } == [
                "silent", "failed", "running",
            ])
        try await folder.expectFailure(
            "status teacher", 66, "teacher: no units here; name a folder that -o FOLDER/ made")
    }
}
