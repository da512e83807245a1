import Foundation
import ProgramTesting
import Testing
import Vectors

/// Statistics of words and flags of positions from end to end, and the teachers that see several languages.
struct NumbersTests {
    private static let size = Fixture.network.joined(separator: " ")

    /// The fixture with `n.vectors`: the same words with two statistics, as a language each; `d.tsv`: the translations.
    private static func folder() async throws -> ScratchFolder {
        let folder = try await Fixture.folder()
        let lines = try folder.text("v.vec").split(separator: "\n").dropFirst()
        let words = lines.map { line -> (word: String, vector: [Float]) in
            let fields = line.split(separator: " ")
            return (String(fields[0]), fields.dropFirst().map { Float($0) ?? 0 })
        }
        let writer = try VectorTableWriter(
            path: "\(folder.path)/n.vectors", dimension: words[0].vector.count, normalization: .unit,
            statistics: ["capitalized", "frequent"], unseenStatistics: [-0.5, -1])
        for (index, entry) in words.enumerated() {
            // The source language's words end in `an`, the target language's in `ul`.
            let language = writer.addLanguage(entry.word.hasSuffix("an") ? "xx" : "yy")
            let numbers: [Float] = [entry.vector[0] > 0.6 ? 1 : -1, Float(index % 5) / 5]
            try Array(entry.word.utf8).withUnsafeBufferPointer { word in
                try entry.vector.withUnsafeBufferPointer { vector in
                    try numbers.withUnsafeBufferPointer { numbers in
                        try writer.append(
                            word: word, language: language, vector: #require(vector.baseAddress),
                            statistics: numbers.baseAddress)
                    }
                }
            }
        }
        writer.pivot = "xx"
        _ = try writer.finish()
        try folder.write(
            "d.tsv",
            words.filter { $0.word.hasSuffix("an") }.map { "\($0.word)\t\($0.word.dropLast(2))ul\t0.9\n" }.joined())
        return folder
    }

    @Test func numbersGoFromTheTableToTheTagger() async throws {
        let folder = try await Self.folder()
        let outcome = try await folder.shell(
            """
            set -e -o pipefail
            nerpipe train -q train.conll --vectors n.vectors --lang xx --epochs 12 --batch-tokens 30 -o t \(Self.size)
            nerpipe embed -q --vectors n.vectors tokens.zst -o e.zst
            nerpipe score -q --teacher t e.zst -o s.zst
            nerpipe update -q s.zst -o s1 --epochs 12 --batch-tokens 30 \(Self.size)
            nerpipe tokenize -q --lang yy --block-bytes 1000 text.txt | nerpipe embed -q --vectors n.vectors \\
              | nerpipe score -q --teacher t | nerpipe update -q -o s2 --epochs 12 --batch-tokens 30 \(Self.size) --jobs 3
            cmp s1/model.safetensors s2/model.safetensors
            nerpipe tag -q --model s1 --lang yy text.txt > tagged
            nerpipe evaluate --model s1 --lang yy --bootstrap 0 --json gold.conll > scores
            """)
        #expect(outcome.status == 0, "\(outcome.errors)")
        let names = "capitalized frequent sentence-start headline explained-capital"
        #expect(try await folder.expectSuccess("shard info e.zst").text.contains("  numbers     \(names)\n"))
        #expect(try await folder.expectSuccess("model info s1").text.contains("numbers  \(names)\n"))
        #expect(try await folder.expectSuccess("model card s1").text.contains("- Numbers beside them: \(names)\n"))
        let info = try await folder.expectSuccess("vectors info n.vectors --verify").text
        #expect(info.contains("statistics     capitalized frequent\n") && info.contains("pivot          xx\n"))
        #expect(try folder.text("t/config.json").contains("\"frequent\""))
        let report = try #require(
            try JSONSerialization.jsonObject(with: Data(try folder.read("scores"))) as? [String: Any])
        let overall = try #require(report["overall"] as? [String: Any])
        let f1 = try #require(overall["f1"] as? Double)
        #expect(f1 > 60)
        // The flags of a sentence are there to be read.
        let first = try await folder.shell("nerpipe shard cat e.zst | head -1").text
        #expect(first.contains("\"positions\":["))
    }

    @Test func anotherChoiceOfNumbersIsRefused() async throws {
        let folder = try await Self.folder()
        let made = try await folder.shell(
            """
            set -e
            for choice in none statistics positions all auto; do
              nerpipe embed -q --numbers $choice --vectors n.vectors tokens.zst -o $choice.zst
            done
            cmp all.zst auto.zst
            nerpipe train -q train.conll --numbers positions --vectors n.vectors --lang xx --epochs 1 -o t \(Self.size)
            nerpipe score -q --teacher t positions.zst -o scored-positions.zst
            """)
        #expect(made.status == 0, "\(made.errors)")
        let flags = "sentence-start,headline,explained-capital"
        for (choice, names) in [
            ("none", "none"), ("statistics", "capitalized,frequent"), ("all", "capitalized,frequent,\(flags)"),
        ] {
            try await folder.expectFailure(
                "score --teacher t \(choice).zst -o new.zst", 65,
                "\(choice).zst: numbers differs: model t has \(flags), the stream has \(names); embed with --numbers positions"
            )
        }
        try await folder.expectFailure(
            "embed --numbers statistics --vectors v.vectors tokens.zst -o new.zst", 64,
            "v.vectors: the table has no statistics of words; choose --numbers positions or none, or a table that has them"
        )
    }

    /// A table without statistics: nothing changes for those who do not ask.
    @Test func tablesWithoutStatisticsGiveNoNumbers() async throws {
        let folder = try await Self.folder()
        let made = try await folder.shell(
            "nerpipe embed -q --numbers none --vectors v.vectors tokens.zst -o none.zst && cmp none.zst embedded.zst")
        #expect(made.status == 0, "\(made.errors)")
        #expect(!(try folder.text("teacher/config.json").contains("numbers")))
        #expect(try await folder.expectSuccess("model info teacher").text.contains("numbers  none\n"))
    }

    @Test func hostileModelsDoNotReadBeyondTheTable() async throws {
        let folder = try await Self.folder()
        let made = try await folder.nerpipe(
            "train -q train.conll --vectors n.vectors --lang xx --epochs 1 -o t \(Self.size)")
        #expect(made.status == 0, "\(made.errors)")
        let configuration = try folder.text("t/config.json")
        for (from, to) in [("\"frequent\"", "\"other\""), ("\"dimension\" : 8", "\"dimension\" : 7")] {
            #expect(configuration.contains(from))
            try folder.write("t/config.json", configuration.replacing(from, with: to))
            for command in ["tag --model t text.txt", "evaluate --model t gold.conll"] {
                let outcome = try await folder.nerpipe(command)
                #expect(outcome.status == 65, "\(command): \(outcome.errors)")
            }
        }
    }

    private static let switching =
        "train train.conll --vectors n.vectors --lang xx --epochs 2 --batch-tokens 60 --code-switch yy=d.tsv \(size)"

    @Test func codeSwitchedTeacherKnowsTheOtherLanguage() async throws {
        let folder = try await Self.folder()
        let outcome = try await folder.expectSuccess("\(Self.switching) -o t --jobs 1")
        #expect(outcome.errors.contains("d.tsv: 100 translations; left out 0 repeated ones and 0 of several words"))
        let again = try await folder.expectSuccess("\(Self.switching) -q -o u --jobs 3")
        #expect(again.errors.isEmpty)
        #expect(try folder.read("t/model.safetensors") == folder.read("u/model.safetensors"))
        #expect(
            try await folder.expectSuccess("model card t").text.contains(
                "nerpipe train on 1 file(s), code-switched into yy at 0.7."))
        #expect(try folder.text("t/run.json").contains("\"codeSwitching\" : \"yy 0.7 "))
        // One more copy doubles the updates; so does each further rate.
        func updates(_ name: String) throws -> Int {
            let record = try #require(
                try JSONSerialization.jsonObject(with: Data(try folder.read("\(name)/run.json"))) as? [String: Any])
            return try #require(record["tokens"] as? Int)
        }
        _ = try await folder.expectSuccess(
            "\(Self.switching) -q -o v --code-switch-rate 0.7 --code-switch-rate 0.35")
        let plain = Self.switching.replacing(" --code-switch yy=d.tsv", with: "")
        _ = try await folder.expectSuccess("\(plain) -q -o w")
        #expect(try updates("t") == 2 * updates("w") && updates("v") == 3 * updates("w"))
        #expect(!(try folder.text("w/run.json").contains("codeSwitching")))
    }

    @Test func anotherDictionaryRateOrLanguageIsNotResumed() async throws {
        let folder = try await Self.folder()
        _ = try await folder.expectSuccess("\(Self.switching) -q -o t")
        let words = try folder.text("d.tsv")
        try folder.write("e.tsv", words + "extra\textraul\n")
        for command in [
            Self.switching.replacing("yy=d.tsv", with: "yy=e.tsv"), "\(Self.switching) --code-switch-rate 0.5",
            "\(Self.switching) --code-switch xx=d.tsv", Self.switching.replacing(" --code-switch yy=d.tsv", with: ""),
        ] {
            let outcome = try await folder.nerpipe("\(command) -q -o t")
            #expect(outcome.status == 78 && outcome.errors.contains("code switching"), "\(outcome.errors)")
        }
        try folder.copy("d.tsv", to: "copy.tsv")
        let same = try await folder.nerpipe("\(Self.switching.replacing("d.tsv", with: "copy.tsv")) -o t")
        #expect(same.status == 0 && same.errors.contains("complete already"), "\(same.errors)")
    }

    /// A dictionary from the vector space, and the source translated by it word by word, persons kept.
    @Test func wordsAreTranslatedThroughTheSpace() async throws {
        let folder = try await Self.folder()
        let dictionary = "vectors dictionary n.vectors --from xx --to yy -q -o"
        _ = try await folder.expectSuccess("\(dictionary) i.tsv -j 1")
        _ = try await folder.expectSuccess("\(dictionary) j.tsv -j 3")
        let lines = try folder.text("i.tsv").split(separator: "\n").map { $0.split(separator: "\t") }
        #expect(try folder.text("j.tsv").split(separator: "\n").map { $0.split(separator: "\t") } == lines)
        #expect(lines.count == 100 && lines.allSatisfy { $0.count == 3 && (0...1).contains(Float($0[2]) ?? -1) })
        #expect(lines.count { $0[0].dropLast(2) == $0[1].dropLast(2) && $0[1].hasSuffix("ul") } >= 90)
        let few = try await folder.nerpipe("\(dictionary) k.tsv --words 10")
        #expect(few.status == 0)
        #expect(try folder.text("k.tsv").split(separator: "\n").count == 10)
        try await folder.expectFailure(
            "vectors dictionary n.vectors --from xx --to zz -o new", 64,
            "n.vectors: no rows of language 'zz'; it has rows of xx, yy; name one of them with --to")
        let translate = Self.switching.replacing("d.tsv", with: "i.tsv") + " -q -o t --code-switch-rate 1"
        _ = try await folder.expectSuccess("\(translate) --code-switch-keep PER --code-switch-only")
        let record = try folder.text("t/run.json")
        #expect(record.contains("; without PER; without the original\""), "\(record)")
        let card = try await folder.expectSuccess("model card t").text
        #expect(card.contains("code-switched into yy at 1.0, PER kept, without the original."), "\(card)")
        for changed in ["--code-switch-only", "--code-switch-keep PER", "--code-switch-keep LOC --code-switch-only"] {
            let refused = try await folder.nerpipe("\(translate) \(changed)")
            #expect(refused.status == 78 && refused.errors.contains("code switching"), "\(refused.errors)")
        }
        let same = try await folder.nerpipe("\(translate) --code-switch-keep PER --code-switch-only")
        #expect(same.status == 0, "\(same.errors)")
    }

    @Test func badCodeSwitchingIsRefused() async throws {
        let folder = try await Self.folder()
        let train = "train train.conll --vectors n.vectors --lang xx -o new"
        try folder.write("bad.tsv", "a\tb\nc\n")
        try await folder.expectFailure(
            "\(train) --code-switch yy", 64, "--code-switch 'yy' is not LANGUAGE=DICTIONARY")
        try await folder.expectFailure(
            "\(train) --code-switch zz=d.tsv", 64,
            "n.vectors: no rows of language 'zz'; it has rows of xx, yy; name one of them with --code-switch")
        try await folder.expectFailure(
            "\(train) --code-switch yy=bad.tsv", 65,
            "bad.tsv:2: 1 columns; a line must be SOURCE<TAB>TARGET, or have a probability or two and a count after that"
        )
        try await folder.expectFailure(
            "\(train) --code-switch yy=none.tsv", 66,
            "none.tsv: cannot open: no such file or directory; check the path and its permissions")
        let rate = try await folder.nerpipe("\(train) -q --code-switch yy=d.tsv --code-switch-rate 2")
        #expect(rate.status == 64 && rate.errors == "nerpipe: code-switching rate 2.0 must be above 0 and at most 1\n")
        try await folder.expectFailure(
            "\(train) -q --code-switch yy=d.tsv --code-switch-keep ORG", 64,
            "no entity type 'ORG' to keep from code-switching; there are LOC, PER")
        for option in ["--code-switch-only", "--code-switch-keep PER"] {
            let alone = try await folder.nerpipe("\(train) \(option)")
            #expect(alone.status == 64 && alone.errors.contains("needs --code-switch LANGUAGE=DICTIONARY"))
        }
        let alone = try await folder.nerpipe("\(train) --code-switch-rate 0.5")
        #expect(alone.status == 64 && alone.errors.contains("--code-switch-rate needs --code-switch"))
    }
}
