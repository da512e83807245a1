import Foundation
import ProgramTesting
import Randomness
import Testing

/// A work in units: whatever their number, they make together what one process makes.
struct WorkUnitTests {
    private static let counts = "1 2 3 7"
    private static let options = "-q --lang yy --block-bytes 500"

    /// Makes the text in one process and in units, and holds them against each other: read one after the other, the units have the
    /// blocks of one process, with their numbers, texts, offsets and documents.
    private func expectSameBlocks(
        _ inputs: String, in folder: ScratchFolder, options: String = "",
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let outcome = try await folder.shell(
            """
            set -e
            nerpipe tokenize \(Self.options) \(options) --fixed-blocks \(inputs) --force -o one.zst
            nerpipe sample -q --share 1 one.zst --force -o one-again.zst
            for n in \(Self.counts); do
              for i in $(seq $n); do nerpipe tokenize \(Self.options) \(options) --shard $i/$n \(inputs) --force -o unit-$n-$i.zst; done
              nerpipe sample -q --share 1 unit-$n-?.zst --force -o joined.zst
              cmp one-again.zst joined.zst
              test $(for i in $(seq $n); do nerpipe shard info unit-$n-$i.zst; done | grep -c '  blocks  *[1-9]') -gt $((n / 2))
            done
            """)
        #expect(outcome.status == 0, "\(outcome.text)\(outcome.errors)", sourceLocation: sourceLocation)
    }

    /// Text with what is at borders: a mark, lines longer than a block, empty ones, both ends of lines, a last line without.
    private static func paragraphs(_ seed: UInt64, _ count: Int) -> String {
        var random = SplitMix64(seed: seed)
        var text = "\u{FEFF}"
        for line in 0..<count {
            let words = Int.random(in: 0..<10, using: &random) == 0 ? 300 : Int.random(in: 0..<20, using: &random)
            text += (0..<words).map { "w\(line)x\($0 % 7)é" }.joined(separator: " ")
            text += ["\n", "\r\n", "\n\n\n"][Int.random(in: 0..<3, using: &random)]
        }
        return text + "the last one"
    }

    @Test func unitsOfTextAreOneProcess() async throws {
        let folder = try await Fixture.folder()
        try folder.write("a.txt", Self.paragraphs(1, 80))
        try folder.write("b.txt", Self.paragraphs(2, 60))
        try folder.write("c.txt", Self.paragraphs(3, 60))
        try folder.write("empty.txt", "")
        try folder.zstdFrames(of: "b.txt", every: 700)
        try folder.seekableFrames(of: "c.txt", every: 1100)
        try await expectSameBlocks("a.txt b.txt.zst empty.txt c.txt.zst a.txt", in: folder)
        // Where blocks end is all that fixed ones change.
        let outcome = try await folder.shell(
            """
            nerpipe tokenize \(Self.options) a.txt b.txt.zst empty.txt c.txt.zst a.txt | nerpipe shard cat > other
            nerpipe shard cat one.zst | cmp - other; nerpipe tokenize -q --lang yy --fixed-blocks b.txt.zst | nerpipe shard cat --to conll > packed
            nerpipe tokenize -q --lang yy --fixed-blocks b.txt | nerpipe shard cat --to conll | cmp - packed
            """)
        #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
    }

    @Test func unitsOfJSONLinesAreOneProcess() async throws {
        let folder = try await Fixture.folder()
        var random = SplitMix64(seed: 4)
        func lines(_ count: Int) -> String {
            (0..<count).map { line in
                let words = (0..<Int.random(in: 0..<60, using: &random)).map { "w\(line)x\($0)" }.joined(separator: " ")
                let end = line % 5 == 0 ? "\r\n" : line % 7 == 0 ? "\n\n" : "\n"
                return "{\(line % 3 == 0 ? "\"id\": \"d\(line)\", " : "")\"text\": \"\(words) é\\nnext.\"}" + end
            }.joined()
        }
        try folder.write("a.jsonl", lines(60))
        try folder.write("b.jsonl", lines(60))
        try folder.zstdFrames(of: "b.jsonl", every: 900)
        try await expectSameBlocks("a.jsonl b.jsonl.zst text.txt", in: folder)
        // Records that cannot be read are left out by the unit in which they begin, and by it alone.
        try folder.write("a.jsonl", lines(30) + "{\"text\": 7}\n" + lines(30) + "no JSON\n" + lines(10))
        try await expectSameBlocks("a.jsonl b.jsonl.zst", in: folder, options: "--on-error skip --format jsonl")
        let count = try await folder.shell(
            "for i in 1 2 3; do nerpipe tokenize --lang yy --block-bytes 500 --on-error skip --shard $i/3 a.jsonl --force -o bad-$i.zst 2>&1; done | grep 'left out: '"
        )
        let found = count.text.split(separator: "\n")
        #expect(found.count == 2 && found.allSatisfy { $0.contains("a.jsonl") }, "\(count.text)")
    }

    /// Columns are cut behind sentences where a file is one document, otherwise before documents.
    @Test func unitsOfColumnsAreOneProcess() async throws {
        let folder = try await Fixture.folder()
        var corpus = TinyCorpus(seed: 8)
        let plain = corpus.columns(sentences: 90, isTarget: true)
        try folder.write("plain.conll", plain.replacing("\n\n", with: "\n \r\n"))
        let sentences = plain.components(separatedBy: "\n\n")
        try folder.write(
            "documents.conll",
            sentences.enumerated().map { ($0 % 4 == 0 ? "-DOCSTART- O\n\n" : "") + $1 }.joined(separator: "\n\n") + "\n"
        )
        try folder.write(
            "news.conllu",
            sentences.prefix(60).enumerated().map { number, sentence in
                let tokens = sentence.split(separator: "\n").enumerated().map { index, line in
                    "\(index + 1)\t\(line.split(whereSeparator: { " \t".contains($0) })[0])\t_\t_\t_\t_\t_\t_\t_\t_"
                }
                let start = number % 9 == 0 ? "# newdoc\(number % 2 == 0 ? " id = n\(number)" : "")\n" : ""
                return start + "# text = \(number)\n" + tokens.joined(separator: "\n") + "\n\n"
            }.joined())
        try folder.zstdFrames(of: "documents.conll", every: 800)
        try await expectSameBlocks("plain.conll documents.conll.zst news.conllu", in: folder)
        let documents = try await folder.expectSuccess("shard info one.zst").text
        #expect(documents.contains("documents   31\n"), "\(documents)")
        // A document that begins where none began before has no place that every unit knows.
        try folder.write("late.conll", String(repeating: "w O\n\n", count: 20_000) + "-DOCSTART- O\n\nw O\n")
        try await folder.expectFailure(
            "tokenize -q --lang yy --fixed-blocks late.conll -o late.zst", 65,
            "late.conll:40001: a document begins here, and none does at the beginning of the file, so that nobody who begins in the middle knows its document; begin the file with a -DOCSTART- line, or read it without --shard and --fixed-blocks"
        )
    }

    /// What can be read only from its beginning goes whole to one unit, if there is one for each.
    @Test(.enabled(if: Program.exists("gzip")))
    func filesThatCannotBeDividedAreSharedOutWhole() async throws {
        let folder = try await Fixture.folder()
        try folder.write("b.txt", Self.paragraphs(2, 60))
        let made = try await folder.shell(
            "zstd -q text.txt; gzip -k other.txt; for i in 1 2 3 4 5 6; do cp b.txt b$i.txt; done; cat b.txt | zstd -q > frame.zst; cat frame.zst frame.zst > unknown.zst"
        )
        #expect(made.status == 0, "\(made.errors)")
        try await expectSameBlocks("text.txt.zst b1.txt other.txt.gz b2.txt b3.txt b4.txt unknown.zst", in: folder)
        for file in ["text.txt.zst", "unknown.zst", "other.txt.gz"] {
            try await folder.expectFailure(
                "tokenize -q --lang yy --shard 1/2 \(file) -o x.zst", 64,
                "\(file): can be read only from its beginning, and 1 input cannot be shared out whole among 2 units; cut it into files, for example with zstdcat FILE | split -C 1G --filter='zstd -q > $FILE.zst' - part-, or name fewer units"
            )
        }
        try await folder.expectFailure(
            "tokenize -q --lang yy --shard 1/2 - -o x.zst", 64,
            "<stdin>: --shard is for files, and a pipe can be read by one process alone; write it into files first, for example with split -C 1G - part-",
            input: "text.txt")
    }

    /// Streams are shared out by whole blocks, which keep the numbers that chance is drawn by; the student is the same to the byte.
    @Test func unitsOfStreamsAreOneProcess() async throws {
        let folder = try await Fixture.folder()
        let size = Fixture.network.joined(separator: " ")
        let outcome = try await folder.shell(
            """
            set -e
            nerpipe tokenize -q --lang yy --block-bytes 300 --fixed-blocks text.txt other.txt -o tokens.zst --force
            nerpipe embed -q --vectors v.vectors tokens.zst -o embedded.zst --force
            nerpipe score -q --teacher teacher embedded.zst -o scored.zst --force
            nerpipe select -q --keep 0.5 --by random scored.zst -o chosen.zst
            nerpipe update -q chosen.zst -o one --epochs 2 --batch-tokens 60 \(size)
            for n in 1 2 3 7; do
              for i in $(seq $n); do
                nerpipe tokenize -q --lang yy --block-bytes 300 --shard $i/$n text.txt other.txt -o t-$n-$i.zst
                nerpipe embed -q --vectors v.vectors t-$n-$i.zst -o e-$n-$i.zst
              done
              for i in $(seq $n); do nerpipe score -q --teacher teacher --shard $i/$n "e-$n-?.zst" -o s-$n-$i.zst; done
              for i in $(seq $n); do nerpipe select -q --keep 0.5 --by random --shard $i/$n "s-$n-?.zst" -o c-$n-$i.zst; done
              nerpipe sample -q --share 1 c-$n-?.zst | cmp - <(nerpipe sample -q --share 1 chosen.zst)
              nerpipe update -q c-$n-?.zst -o units-$n --epochs 2 --batch-tokens 60 \(size)
              cmp one/model.safetensors units-$n/model.safetensors
            done
            """)
        #expect(outcome.status == 0, "\(outcome.errors)")
    }

    @Test func whatIsNoFunctionOfABlockIsNotSharedOut() async throws {
        let folder = try await Fixture.folder()
        _ = try await folder.shell("zstdcat tokens.zst > plain; cat tokens.zst tokens.zst > twice.zst")
        for stream in ["plain", "twice.zst"] {
            try await folder.expectFailure(
                "embed --vectors v.vectors --shard 1/2 \(stream) -o x.zst", 64,
                "\(stream): --shard reads blocks where they lie, and this is a pipe, not compressed, or several streams in one file; cut it with 'nerpipe shard split' first"
            )
        }
        try await folder.expectFailure(
            "mix --gold xx=train.conll --share 0.2 --shard 1/2 scored.zst -o x.zst", 64,
            "--shard: what 'mix' makes of a block, with these options, depends on the blocks before it or on all of them; run it in one process over the outputs of all units"
        )
    }

    @Test(arguments: ["0/3", "4/3", "1/0", "3", "1/2/3", "+1/2", "1/1000001", "a/b", "/"])
    func aUnitIsOneOfSeveral(shard: String) async throws {
        let folder = try await Fixture.folder()
        let outcome = try await folder.nerpipe("tokenize --lang yy --shard \(shard) text.txt -o x.zst")
        #expect(outcome.status == 64 && !folder.exists("x.zst"), "\(outcome.errors)")
    }

    /// A seek table that says something else than the frames would cut the text elsewhere.
    @Test func aSeekTableThatLiesIsFoundOut() async throws {
        let folder = try await Fixture.folder()
        try folder.write("c.txt", Self.paragraphs(3, 60))
        try folder.seekableFrames(of: "c.txt", every: 1100, claiming: 1090)
        for unit in ["1/2", "2/2"] {
            try await folder.expectFailure(
                "tokenize -q --lang yy --block-bytes 500 --shard \(unit) c.txt.zst -o x.zst", 65,
                "c.txt.zst: the seek table does not fit the blocks; make the file again")
        }
    }
}

extension ScratchFolder {
    /// Compresses a file into `NAME.zst`, in frames of so many bytes that say how large their content is.
    func zstdFrames(of name: String, every byteCount: Int) throws {
        _ = try frames(of: name, every: byteCount, saysSize: true)
    }

    /// The same in frames that do not say it, with a seek table that does.
    ///
    /// - Parameter claimed: What the table says of each frame but the last, when it lies.
    func seekableFrames(of name: String, every byteCount: Int, claiming claimed: Int? = nil) throws {
        let sizes = try frames(of: name, every: byteCount, saysSize: false)
        var table = Data()
        func append(_ number: Int) { withUnsafeBytes(of: UInt32(number).littleEndian) { table.append(contentsOf: $0) } }
        append(0x184D_2A5E)
        append(sizes.count * 8 + 9)
        for (number, size) in sizes.enumerated() {
            append(size.packed)
            append(number < sizes.count - 1 ? claimed ?? size.plain : size.plain)
        }
        append(sizes.count)
        table.append(0)
        append(0x8F92_EAB1)
        try write("\(name).zst", try read("\(name).zst") + Array(table))
    }

    private func frames(of name: String, every byteCount: Int, saysSize: Bool) throws -> [(packed: Int, plain: Int)] {
        let bytes = try read(name)
        var sizes: [(packed: Int, plain: Int)] = [], all: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: byteCount) {
            let part = Array(bytes[start..<min(bytes.count, start + byteCount)])
            try write("part", part)
            let zstd = Process()
            zstd.executableURL = URL(fileURLWithPath: "/bin/sh")
            zstd.arguments = ["-c", "\(saysSize ? "zstd -q -f part -o" : "cat part | zstd -q >") packed"]
            zstd.currentDirectoryURL = URL(fileURLWithPath: path)
            try zstd.run()
            zstd.waitUntilExit()
            let packed = try read("packed")
            sizes.append((packed.count, part.count))
            all += packed
        }
        try write("\(name).zst", all)
        return sizes
    }
}
