import Glibc
import ProgramTesting
import Randomness
import Testing

/// Sentence pairs of an invented language pair: the translation of `wN` is `yN`, names stay as they are.
private enum PairedCorpus {
    static func folder() throws -> ScratchFolder {
        let folder = try ScratchFolder()
        var random = SplitMix64(seed: 11)
        var pairs = "", text = ""
        for _ in 0..<500 {
            let words = (0..<Int.random(in: 4...9, using: &random)).map { _ in Int.random(in: 0..<40, using: &random) }
            func render(_ letter: String) -> String {
                words.enumerated().map {
                    $1 < 4 ? "Name\($1)" : $0 == 0 ? "\(letter.uppercased())\($1)" : "\(letter)\($1)"
                }
                .joined(separator: " ") + " ."
            }
            pairs += render("w") + "\t" + render("y") + "\n"
            text += render("y") + "\n"
        }
        try folder.write("pairs.tsv", pairs)
        try folder.write("more.txt", text)
        try folder.write("words.tsv", (30..<40).map { "w\($0)\ty\($0)\n" }.joined())
        return folder
    }

    static let command =
        "vectors train --parallel aa-bb=pairs.tsv --dictionary aa-bb=words.tsv --text bb=more.txt -o t.vectors --dictionaries dict "
        + "--dimension 16 --epochs 3 --buckets 500 --pivot aa"
}

extension ScratchFolder {
    fileprivate func run(_ arguments: String) async throws -> Outcome {
        try await Program.run(arguments.split(separator: " ").map(String.init), in: self)
    }
}

struct VectorTrainingTests {
    @Test func aTableOfTwoLanguagesWithTheRightDictionaryIsMade() async throws {
        let folder = try PairedCorpus.folder()
        let outcome = try await folder.run(PairedCorpus.command)
        try #require(outcome.status == 0, "\(outcome.errors)")
        let pairs = try folder.text("dict/aa-bb.tsv").split(separator: "\n").map { $0.split(separator: "\t") }
        #expect(pairs.allSatisfy { $0.count == 5 })
        let wrong = pairs.filter { $0[0].drop { !$0.isNumber } != $0[1].drop { !$0.isNumber } }
        #expect(pairs.count >= 38 && wrong.count <= 2, "\(wrong)")
        let info = try await folder.run("vectors info t.vectors --verify")
        #expect(info.status == 0 && info.text.contains("aa bb"), "\(info.text) \(info.errors)")
        #expect(!folder.exists("t.vectors.work"))
    }

    @Test func jobsDoNotShow() async throws {
        let folder = try PairedCorpus.folder()
        #expect(try await folder.run(PairedCorpus.command + " --jobs 1").status == 0)
        let (table, dictionary) = (try folder.read("t.vectors"), try folder.read("dict/aa-bb.tsv"))
        #expect(try await folder.run(PairedCorpus.command + " --force --jobs 3").status == 0)
        #expect(try folder.read("t.vectors") == table && folder.read("dict/aa-bb.tsv") == dictionary)
        #expect(try await folder.run(PairedCorpus.command + " --force --seed 2").status == 0)
        #expect(try folder.read("t.vectors") != table)
    }

    @Test func killedAtAnyMomentItEndsWithTheSameBytes() async throws {
        let folder = try PairedCorpus.folder()
        let command = PairedCorpus.command + " --checkpoint-seconds 0"
        #expect(try await folder.run(command).status == 0)
        let expected = try folder.read("t.vectors")
        try folder.remove("t.vectors")
        var random = SplitMix64(seed: 5)
        var kills = 0
        for attempt in 0..<12 {
            let delay = Duration.milliseconds(Int.random(in: 5...(attempt < 6 ? 80 : 400), using: &random))
            let outcome = try await Slots.shared.use {
                let program = try Program.start(command.split(separator: " ").map(String.init), in: folder)
                try await Task.sleep(for: delay)
                program.send(SIGKILL)
                return try await program.wait()
            }
            if outcome.status != 0 { kills += 1 }
        }
        #expect(kills > 0)
        let last = try await folder.run(command)
        #expect(last.status == 0, "\(last.errors)")
        #expect(try folder.read("t.vectors") == expected, "the table differs after \(kills) kills")
    }

    @Test func whatIsLeftOfAnotherRunIsRefused() async throws {
        let folder = try PairedCorpus.folder()
        #expect(try await folder.run(PairedCorpus.command + " --keep-work").status == 0)
        let table = try folder.read("t.vectors")
        // Another refinement continues with what is there.
        let raw = try await folder.run(PairedCorpus.command + " --keep-work --no-refine --force")
        #expect(raw.status == 0 && !raw.errors.contains("epoch 3 of 3"), "\(raw.errors)")
        #expect(try folder.read("t.vectors") != table)
        let other = try await folder.run(PairedCorpus.command + " --window 3 --force")
        #expect(
            other.status == 78 && other.errors.contains("skip gram.window: the folder has 5, this run has 3"),
            "\(other.errors)")
        #expect(try await folder.run(PairedCorpus.command + " --fresh").status == 0)
        #expect(try folder.read("t.vectors") == table)
    }

    /// Work folders had a dictionary of strings once.
    @Test func aWorkFolderOfTheFormBeforeIsRefused() async throws {
        let folder = try PairedCorpus.folder()
        #expect(try await folder.run(PairedCorpus.command + " --keep-work").status == 0)
        try folder.write(
            "t.vectors.work/run.json", #"{"inputs" : "parallel aa-bb 1 files ab", "kernels" : "avx512"}"#)
        let outcome = try await folder.run(PairedCorpus.command + " --force")
        #expect(
            outcome.status == 78
                && outcome.errors.contains("t.vectors.work/run.json: another version of nerpipe wrote it")
                && outcome.errors.contains("--fresh"), "\(outcome.errors)")
        #expect(try await folder.run(PairedCorpus.command + " --fresh").status == 0)
    }

    @Test func filesThatBelongToNoRunAreNotContinued() async throws {
        let folder = try PairedCorpus.folder()
        #expect(try await folder.run(PairedCorpus.command + " --window 3").status == 0)
        let table = try folder.read("t.vectors")
        #expect(try await folder.run(PairedCorpus.command + " --keep-work").status == 73)
        #expect(try await folder.run(PairedCorpus.command + " --keep-work --force").status == 0)
        // As a removal leaves it that was killed.
        try folder.remove("t.vectors.work/run.json")
        let outcome = try await folder.run(PairedCorpus.command + " --window 3 --force")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(try folder.read("t.vectors") == table)
        try folder.makeFolder("t.vectors.work")
        try folder.write("t.vectors.work/thesis.txt", "mine")
        #expect(try await folder.run(PairedCorpus.command + " --force").status == 73)
        #expect(try await folder.run(PairedCorpus.command + " --fresh").status == 73)
        #expect(folder.exists("t.vectors.work/thesis.txt"))
    }

    @Test(arguments: ["encoded-text.zst", "linked-aa-bb.zst", "aa-bb.dictionary", "vocabulary.zst"])
    func aFileThatWasRemovedIsMadeAgain(name: String) async throws {
        let folder = try PairedCorpus.folder()
        #expect(try await folder.run(PairedCorpus.command + " --keep-work").status == 0)
        let table = try folder.read("t.vectors")
        try folder.remove("t.vectors")
        try folder.remove("t.vectors.work/\(name)")
        let outcome = try await folder.run(PairedCorpus.command)
        try #require(outcome.status == 0, "\(outcome.errors)")
        #expect(try folder.read("t.vectors") == table)
    }

    @Test func aContinuedRunWritesTheDictionariesToo() async throws {
        let folder = try PairedCorpus.folder()
        #expect(try await folder.run(PairedCorpus.command + " --keep-work").status == 0)
        let dictionary = try folder.read("dict/aa-bb.tsv")
        try folder.remove("dict/aa-bb.tsv")
        #expect(try await folder.run(PairedCorpus.command).status == 0)
        #expect(try folder.read("dict/aa-bb.tsv") == dictionary)
    }

    @Test func aDictionaryAloneTrains() async throws {
        let folder = try ScratchFolder()
        try folder.write("words.tsv", (0..<2000).map { "w\($0)\ty\($0)\n" }.joined())
        let outcome = try await folder.run(
            "vectors train --dictionary aa-bb=words.tsv -o t.vectors --dimension 16 --epochs 1 --buckets 500")
        #expect(outcome.status == 0 && !outcome.errors.contains("loss 0.0\n"), "\(outcome.errors)")
    }

    @Test func languagesWithoutPairsAreNamed() async throws {
        let folder = try PairedCorpus.folder()
        let outcome = try await folder.run(PairedCorpus.command + " --text cc=more.txt")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.errors.contains("cc: no pairs of words connect it with aa"))
        #expect(!outcome.errors.contains("bb: no pairs"))
    }

    @Test func excludedSentencesAreLeftOutOfTextButNotOfDictionaries() async throws {
        let folder = try PairedCorpus.folder()
        try folder.write("short.txt", "w35\n")
        let first = try folder.text("pairs.tsv").split(separator: "\n")[0].split(separator: "\t")[1]
        try folder.write("long.txt", "\(first)\n")
        let outcome = try await folder.run(PairedCorpus.command + " --exclude short.txt --exclude long.txt")
        // The pair, and the same sentence in the text.
        #expect(outcome.status == 0 && outcome.errors.contains("2 lines left out by --exclude"), "\(outcome.errors)")
        #expect(try folder.text("dict/aa-bb.tsv").contains("w35\ty35\t"))
    }

    @Test func moreMemoryThanThereIsIsRefused() async throws {
        let folder = try PairedCorpus.folder()
        let outcome = try await folder.run(
            "vectors train --text bb=more.txt -o t.vectors --dimension 1024 --buckets 100000000")
        #expect(outcome.status == 64 && outcome.errors.contains("lower --dimension or --buckets"), "\(outcome.errors)")
    }

    @Test func whatCannotBeReadTwiceIsRefused() async throws {
        let folder = try PairedCorpus.folder()
        let outcome = try await Program.run(
            ["vectors", "train", "--text", "bb=-", "-o", "t.vectors", "--buckets", "10"], in: folder,
            input: .file("\(folder.path)/more.txt"))
        #expect(outcome.status == 64 && outcome.errors.contains("inputs are read several times"), "\(outcome.errors)")
        #expect(!folder.exists("t.vectors"))
    }

    @Test func trainingThatDivergesIsStopped() async throws {
        let folder = try PairedCorpus.folder()
        let outcome = try await folder.run(PairedCorpus.command + " --learning-rate 10")
        #expect(outcome.status == 65 && outcome.errors.contains("smaller --learning-rate"), "\(outcome.errors)")
        #expect(!folder.exists("t.vectors"))
    }

    @Test func anOutputThatIsAFolderIsRefusedAtOnce() async throws {
        let folder = try PairedCorpus.folder()
        try folder.makeFolder("t.vectors")
        let outcome = try await folder.run(PairedCorpus.command)
        #expect(outcome.status == 73 && outcome.errors.contains("is a directory"), "\(outcome.errors)")
        #expect(!folder.exists("t.vectors.work"))
    }

    @Test func heldOutWordsAreInNoDictionary() async throws {
        let folder = try PairedCorpus.folder()
        let outcome = try await folder.run(PairedCorpus.command + " --holdout 0.5")
        try #require(outcome.status == 0, "\(outcome.errors)")
        let sources = Set(try folder.text("dict/aa-bb.tsv").split(separator: "\n").map { $0.split(separator: "\t")[0] })
        #expect((8...32).contains(sources.count), "\(sources)")
    }

    @Test(arguments: [
        ("Ein Satz ohne Tab\n", "bad.tsv:1: no tab; every line must be SOURCE<TAB>TARGET (more columns are ignored)"),
        ("a\tb\nc\t\u{FFFF}", nil),
    ])
    func badLinesAreNamed(content: String, message: String?) async throws {
        let folder = try ScratchFolder()
        try folder.write("bad.tsv", content)
        let outcome = try await folder.run("vectors train --parallel aa-bb=bad.tsv -o t.vectors --buckets 10")
        #expect(
            outcome.status == 65 && outcome.errors.contains(message ?? "no word occurs 2 times"), "\(outcome.errors)")
        #expect(!folder.exists("t.vectors"))
    }
}
