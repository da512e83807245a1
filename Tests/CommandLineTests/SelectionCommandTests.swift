import Foundation
import ProgramTesting
import Testing

/// `select`, `mix`, and the options of `update` that belong to methods: what they write, and what they refuse.
struct SelectionCommandTests {
    private static let network = Fixture.network.joined(separator: " ")

    @Test func selectedStreamsSayWhatWasDone() async throws {
        let folder = try await Fixture.folder()
        _ = try await folder.expectSuccess("select -q --smooth 0.5 --weigh-by confidence scored.zst -o a.zst")
        _ = try await folder.expectSuccess("select -q --smooth 0.5 --weigh-by confidence scored.zst -o b.zst -j 3")
        #expect(try folder.read("a.zst") == folder.read("b.zst"))
        let info = try await folder.expectSuccess("shard info a.zst").text
        #expect(info.contains("  selection   smooth 0.5; weight confidence\n"), "\(info)")
        // One rule after the other is another thing than both at once only in its name.
        let kept = try await folder.shell(
            "nerpipe select -q --keep 0.5 --by confidence < scored.zst | nerpipe shard info")
        #expect(kept.status == 0 && kept.text.contains("selection   keep 0.5 by confidence"), "\(kept.text)")
        let count = { (text: String) in text.firstMatch(of: /sentences +([0-9]+)/).flatMap { Int($0.1) } ?? 0 }
        let all = try await folder.expectSuccess("shard info scored.zst").text
        #expect(abs(2 * count(kept.text) - count(all)) <= 6, "\(count(kept.text)) of \(count(all))")
        let student = "update -q --epochs 1 \(Self.network) -o new a.zst"
        _ = try await folder.expectSuccess(student)
        let record = try folder.text("new/run.json")
        #expect(record.contains(/"smooth 0.5",\s+"weight confidence"\n/), "\(record)")
    }

    @Test func goldIsMixedInAtItsShare() async throws {
        let folder = try await Fixture.folder()
        _ = try await folder.expectSuccess("mix -q --gold xx=train.conll --share 0.25 scored.zst -o a.zst")
        _ = try await folder.expectSuccess("mix -q --gold xx=train.conll --share 0.25 scored.zst -o b.zst -j 3")
        #expect(try folder.read("a.zst") == folder.read("b.zst"))
        func tokens(_ name: String) async throws -> Double {
            let text = try await folder.expectSuccess("shard info \(name)").text
            return Double(text.firstMatch(of: /tokens +([0-9]+)/)?.1 ?? "") ?? 0
        }
        let share = try await 1 - tokens("scored.zst") / tokens("a.zst")
        #expect(abs(share - 0.25) < 0.02, "\(share)")
        // So little that most blocks get nothing: they have the same columns.
        _ = try await folder.expectSuccess("mix -q --gold xx=train.conll --share 0.002 scored.zst -o few.zst")
        _ = try await folder.expectSuccess("shard verify few.zst")
        _ = try await folder.expectSuccess("update -q --epochs 1 \(Self.network) -o few few.zst")
        // Vectors for other programs are left out.
        _ = try await folder.expectSuccess("embed -q --dense --vectors v.vectors tokens.zst -o dense.e")
        _ = try await folder.expectSuccess("score -q --teacher teacher dense.e -o dense.zst")
        _ = try await folder.expectSuccess("mix -q --gold xx=train.conll --share 0.2 dense.zst -o mixed.zst")
        _ = try await folder.expectSuccess("update -q --epochs 1 \(Self.network) -o dense mixed.zst")
        // More than there is: the labelled text is read again and again.
        _ = try await folder.expectSuccess("mix -q --gold xx=train.conll --share 0.9 scored.zst -o c.zst")
        let large = try await 1 - tokens("scored.zst") / tokens("c.zst")
        #expect(abs(large - 0.9) < 0.01, "\(large)")
        let learnt = try await folder.nerpipe("update -q --epochs 2 \(Self.network) -o new c.zst")
        #expect(learnt.status == 0, "\(learnt.errors)")
    }

    /// What decides a result is part of what a run is.
    @Test func changedFilesAndLanguagesAreNoticed() async throws {
        let folder = try await Fixture.folder()
        let update = "update -q --epochs 1 \(Self.network) -o new scored.zst --selector policy --selector-sentences 5"
        _ = try await folder.expectSuccess("\(update) --selector-dev xx=gold.conll")
        let language = try await folder.nerpipe("\(update) --selector-dev yy=gold.conll")
        #expect(language.status == 78 && language.errors.contains("selector"), "\(language.errors)")
        let mix = "mix -q --share 0.2 scored.zst --gold xx=train.conll"
        _ = try await folder.expectSuccess("\(mix) -o a.zst")
        _ = try await folder.expectSuccess("\(mix) --map PER=O -o b.zst")
        let info = try await (folder.nerpipe("shard info a.zst").text, folder.nerpipe("shard info b.zst").text)
        #expect(info.1.contains("PER=O") && !info.0.contains("PER=O"))
        // Another label far behind the beginning, of the same size.
        let text = try folder.text("train.conll")
        let last = try #require(text.range(of: "B-PER", options: .backwards))
        try folder.write("train.conll", text.replacingCharacters(in: last, with: "B-LOC"))
        _ = try await folder.expectSuccess("\(mix) -o c.zst")
        #expect(try await folder.nerpipe("shard info c.zst").text.contains("mixed"))
        let selection = { (text: String) in text.firstMatch(of: /selection.*/).map { String($0.0) } }
        #expect(try await selection(folder.nerpipe("shard info c.zst").text) != selection(info.0))
    }

    /// A label far behind the beginning of a file of the same size.
    @Test func changedLabelsAreAnotherTraining() async throws {
        let folder = try await Fixture.folder()
        let size = try folder.text("train.conll").utf8.count
        let many = String(repeating: "a\tO\n\n", count: (70_000 - size) / 5)
        try folder.write("long.conll", try folder.text("train.conll") + many + "Ada\tB-PER\n\n")
        let train = "train -q long.conll --dev long.conll --vectors v.vectors --epochs 1 \(Self.network) -o long"
        _ = try await folder.expectSuccess(train)
        try folder.write("long.conll", try folder.text("train.conll") + many + "Ada\tB-LOC\n\n")
        let relabelled = try await folder.nerpipe(train)
        #expect(relabelled.status == 78 && relabelled.errors.contains("another run"), "\(relabelled.errors)")
    }

    /// Whoever waits for gold sentences hears that there are none.
    @Test func badGoldEndsTheMixing() async throws {
        let folder = try await Fixture.folder()
        try folder.write("bad.conll", "foo\tX-PER\nfoo\tO\nfoo\tO\n")
        try folder.write("late.conll", "foo\tO\n\nfoo\tX-PER\n")
        try folder.write("none.conll", "\n")
        for (name, said) in [("bad", "bad.conll:1: tag"), ("late", "late.conll:3: tag"), ("none", "no labelled")] {
            let outcome = try await folder.shell(
                "timeout 60 nerpipe mix -q --gold xx=\(name).conll --share 0.9 scored.zst -o new.zst")
            #expect(outcome.status == 65 && outcome.errors.contains(said), "\(outcome.status) \(outcome.errors)")
        }
        #expect(!folder.listing().contains("new.zst"))
    }

    /// Text of spaces alone makes blocks without tokens: they have the columns of the others, empty.
    @Test func blocksWithoutTokensAreRead() async throws {
        let folder = try await Fixture.folder()
        let outcome = try await folder.shell(
            """
            set -e -o pipefail
            (cat text.txt; for i in $(seq 400); do echo '  '; done; cat text.txt) > gap.txt
            nerpipe tokenize -q --lang yy --block-bytes 400 gap.txt -o t.zst
            nerpipe embed -q --numbers positions --vectors v.vectors t.zst | nerpipe shard verify
            nerpipe embed -q --vectors v.vectors t.zst -o e.zst
            nerpipe score -q --teacher teacher --teacher teacher e.zst -o s.zst
            nerpipe select -q --smooth 0.5 --weigh-by agreement --keep 0.9 s.zst | nerpipe mix -q --gold xx=train.conll --share 0.1 -o m.zst
            nerpipe update -q --epochs 2 \(Self.network) -o out m.zst
            nerpipe shard split t.zst --blocks 1 -o part-
            nerpipe shard info part-* | grep -c '^  tokens      0$'
            """)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(Int(outcome.text.split(separator: "\n").last ?? "") ?? 0 > 0, "\(outcome.text)")
    }

    /// What a teacher said before is forgotten: the stream is that of the embedded text.
    @Test func aScoredStreamIsScoredAnew() async throws {
        let folder = try await Fixture.folder()
        _ = try await folder.expectSuccess("score --teacher teacher scored.zst -o again.zst -q")
        #expect(try folder.read("again.zst") == folder.read("scored.zst"))
        // A cheap teacher chooses what a dear one is asked; what is left is a stream to learn from.
        let chosen = try await folder.shell(
            "nerpipe select --budget 60 --by coverage scored.zst -o few.zst -q && nerpipe score --teacher teacher few.zst -o dear.zst -q "
                + "&& nerpipe update --epochs 1 dear.zst -o pupil -q && nerpipe shard info dear.zst")
        #expect(chosen.status == 0, "\(chosen.errors)")
        let words = chosen.text.split(whereSeparator: \.isWhitespace).map(String.init)
        let tokens = words.lastIndex(of: "tokens").map { words[$0 + 1] }
        #expect(tokens.flatMap { Int($0) }.map { $0 > 0 && $0 <= 60 } == true, "\(chosen.text)")
    }

    @Test func whatDoesNotFitIsRefused() async throws {
        let folder = try await Fixture.folder()
        try await folder.expectFailure(
            "select --weigh-by agreement scored.zst -o new.zst", 64,
            "scored.zst: --weigh-by agreement needs the votes of several teachers; score with several --teacher")
        try await folder.expectFailure(
            "select --smooth 0.5 - -o new.zst", 64,
            "-: smooth, budget, reliability and independence read the stream several times, which a pipe cannot be; write it into a file first",
            input: "scored.zst")
        try await folder.expectFailure(
            "select --keep 0.5 embedded.zst -o new.zst", 65,
            "embedded.zst: 'select' needs a stream of kind scored, this one is of kind embedded; put 'nerpipe score' before it"
        )
        let much = try await folder.nerpipe("mix --gold xx=train.conll --share 1 scored.zst -o new.zst")
        #expect(much.status == 64 && much.errors.hasPrefix("Error: --share must be above 0 and at most 0.95\n"))
        try await folder.expectFailure(
            "update scored.zst -o new --objective hard-soft --epochs 1", 64,
            "--objective hard-soft learns from what several teachers agree on; score with several --teacher")
        try await folder.expectFailure(
            "update scored.zst -o new --objective pairs --epochs 1", 64,
            "--objective pairs and --evaluator MODEL need each other")
        try await folder.expectFailure(
            "update scored.zst -o new --initial teacher --epochs 1", 78,
            "the model of --initial or --continue has another form: width 16, 1 convolutions, features shape, labels O B-LOC I-LOC B-PER I-PER; give the same options"
        )
        for (options, said) in [
            ("select scored.zst", "nothing is selected"), ("select --keep 0 scored.zst", "--keep must be above 0"),
            ("select --keep 0.5 --by independence scored.zst", "--model is for"),
            ("select --weigh-by reliability scored.zst", "--model is for"),
            ("update scored.zst -o new --selector policy", "need each other"),
            ("update scored.zst -o new --objective similarity", "train --task similarity"),
            ("update scored.zst -o new --similarity-weight 0.4", "is of the objective pairs, not of mse"),
            ("update scored.zst -o new --average 1", "average must be from 0 to below 1"),
            ("train train.conll --vectors v.vectors -o new --task similarity --dev gold.conll", "chooses by F1"),
        ] {
            let outcome = try await folder.nerpipe(options)
            #expect(outcome.status == 64 && outcome.errors.contains(said), "\(options): \(outcome.errors)")
        }
    }

    /// A student may look at more than its teacher: features behind those of the teacher are its own.
    @Test func studentHasFeaturesOfItsOwn() async throws {
        let folder = try await Fixture.folder()
        _ = try await folder.expectSuccess("embed -q --vectors v.vectors --features shape,lower tokens.zst -o e.zst")
        _ = try await folder.expectSuccess("score -q --teacher teacher e.zst -o s.zst")
        let probabilities = { (name: String) async throws -> String in
            try await folder.shell("nerpipe shard cat \(name) | grep -o '\"probabilities\".*'").text
        }
        #expect(try await probabilities("s.zst") == probabilities("scored.zst"))
        _ = try await folder.expectSuccess("update -q --epochs 1 \(Self.network) -o new s.zst")
        #expect(try folder.text("new/config.json").contains("lower"))
        _ = try await folder.expectSuccess("evaluate --model new --lang yy gold.conll --bootstrap 0")
        _ = try await folder.expectSuccess("embed -q --vectors v.vectors --features lower,shape tokens.zst -o f.zst")
        let refused = try await folder.nerpipe("score --teacher teacher f.zst -o new.zst")
        #expect(refused.status == 65 && refused.errors.contains("features differs"), "\(refused.errors)")
    }
}
