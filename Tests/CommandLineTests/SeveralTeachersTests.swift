import Foundation
import ProgramTesting
import Testing

/// `score` with several teachers, `weigh`, and the two together.
struct SeveralTeachersTests {
    private static let network = Fixture.network.joined(separator: " ")

    /// Two teachers, and embedded text of two sources and a target.
    private static func folder() async throws -> ScratchFolder {
        let folder = try await Fixture.folder()
        let made = try await folder.shell(
            """
            set -e
            nerpipe train -q train.conll --vectors v.vectors --lang xx --epochs 2 --seed 5 -o teacher2 \(network)
            head -20 text.txt > a.txt; tail -20 text.txt > b.txt
            for name in a b; do nerpipe tokenize -q --lang xx $name.txt | nerpipe embed -q --vectors v.vectors -o $name.zst; done
            nerpipe embed -q --vectors v.vectors tokens.zst -o e.zst
            """)
        try #require(made.status == 0, "\(made.errors)")
        return folder
    }

    @Test func severalTeachersAreWeighted() async throws {
        let folder = try await Self.folder()
        let two = "score -q --teacher teacher --teacher teacher2 e.zst"
        _ = try await folder.expectSuccess("\(two) -o mean.zst")
        _ = try await folder.expectSuccess("\(two) --weight 2 --weight 2 -o same.zst")
        #expect(try folder.read("mean.zst") == folder.read("same.zst"))
        _ = try await folder.expectSuccess("\(two) --weight 3 --weight 1 -o other.zst -j 2")
        let info = try await folder.expectSuccess("shard info other.zst").text
        #expect(info.contains("  weights     0.7500 0.2500\n"), "\(info)")
        // A student remembers who taught it.
        let update = "update -q -o new --epochs 1 \(Self.network)"
        _ = try await folder.expectSuccess("\(update) other.zst")
        let card = try folder.text("new/README.md")
        #expect(
            card.contains("- Weights of the teachers: 0.7500, 0.2500 (entropy 0.5623 of at most 0.6931)"), "\(card)")
        let refused = try await folder.nerpipe("\(update) mean.zst")
        #expect(refused.status == 78 && refused.errors.contains("weights of the teachers"), "\(refused.errors)")
        for (options, status) in [("--weight 1", 64), ("--weight 1 --weight x", 64), ("--weight 0 --weight 0", 64)] {
            #expect(try await folder.nerpipe("\(two) \(options) -o new.zst").status == Int32(status))
        }
    }

    @Test(arguments: ["learned", "cosine", "l1", "l2"])
    func weightsOfSimilarityAreFoundAndUsed(_ kind: String) async throws {
        let folder = try await Self.folder()
        let weigh = "weigh -q --source a=a.zst --source b=b.zst e.zst --rank 4 --by \(kind)"
        let first = try await folder.expectSuccess("\(weigh) -o w1"),
            second = try await folder.expectSuccess("\(weigh) -o w2")
        #expect(first.text == second.text && first.text.hasPrefix("a\t0."), "\(first.text)")
        #expect(try folder.read("w1") == folder.read("w2"))
        let score = "score -q --teacher teacher --teacher teacher2 e.zst --weights w1"
        _ = try await folder.expectSuccess("\(score) -o domain.zst")
        _ = try await folder.expectSuccess("\(score) --weight-level sentence -o sentence.zst")
        _ = try await folder.expectSuccess("\(score) --weight-level sentence -j 3 -o again.zst")
        #expect(try folder.read("sentence.zst") == folder.read("again.zst"))
        #expect(try folder.read("sentence.zst") != folder.read("domain.zst"))
        let short = try await folder.nerpipe("score -q --teacher teacher e.zst --weights w1 -o new.zst")
        #expect(short.status == 64 && short.errors.contains("weighs 2 sources (a b), there are 1 teachers"))
    }

    @Test func statesOfATeacherCanBeCompared() async throws {
        let folder = try await Self.folder()
        let weigh = "weigh -q --source a=a.zst --source b=b.zst e.zst --rank 4"
        let states = try await folder.expectSuccess("\(weigh) --model teacher -o w1")
        let vectors = try await folder.expectSuccess("\(weigh) -o w2")
        #expect(states.text.hasPrefix("a\t0.") && states.text != vectors.text)
        let score = "score -q --teacher teacher --teacher teacher2 e.zst --weights w1 --weight-level sentence"
        _ = try await folder.expectSuccess("\(score) -o one.zst")
        _ = try await folder.expectSuccess("\(score) -o two.zst -j 3")
        #expect(try folder.read("one.zst") == folder.read("two.zst"))
        let other = try await folder.nerpipe(
            "score -q --teacher teacher2 --teacher teacher2 e.zst --weights w1 --weight-level sentence -o new.zst")
        #expect(other.status == 64 && other.errors.contains("states of another model"), "\(other.errors)")
    }

    /// One teacher of several languages: each file is looked up in its own.
    @Test func filesOfSeveralLanguagesAreTrainedOnTogether() async throws {
        let folder = try await Fixture.folder()
        // A table in which a language has the vectors of the other: only the right one makes the same model.
        let made = try await folder.nerpipe("vectors import -q xx=v.vec yy=other.vec -o two.vectors")
        try #require(made.status == 0, "\(made.errors)")
        let train = "train -q --vectors two.vectors --epochs 1 \(Self.network)"
        _ = try await folder.expectSuccess("\(train) xx=train.conll yy=gold.conll -o both")
        _ = try await folder.expectSuccess("\(train) train.conll yy=gold.conll --lang xx -o again")
        _ = try await folder.expectSuccess("\(train) xx=train.conll xx=gold.conll -o one")
        #expect(try folder.read("both/model.safetensors") == folder.read("again/model.safetensors"))
        #expect(try folder.read("both/model.safetensors") != folder.read("one/model.safetensors"))
        #expect(try folder.text("both/README.md").contains("xx+yy"))
        let swapped = try await folder.nerpipe("\(train) yy=train.conll xx=gold.conll -o both")
        #expect(swapped.status == 78, "\(swapped.errors)")
        let unknown = try await folder.nerpipe("\(train) train.conll yy=gold.conll -o new")
        #expect(unknown.status == 64 && unknown.errors.contains("name it with --lang"), "\(unknown.errors)")
        // Words are those of --lang, and copies are made of its files alone.
        try folder.write("d.tsv", "the\tder\n")
        let mixed = try await folder.nerpipe(
            "\(train) xx=train.conll yy=gold.conll -o new --lang zz --code-switch xx=d.tsv")
        #expect(mixed.status == 64 && mixed.errors.contains("words of --lang, zz"), "\(mixed.errors)")
        func tokens(_ options: String) async throws -> Int {
            _ = try await folder.expectSuccess("\(train) --fresh \(options) -o counted")
            let record = try #require(
                try JSONSerialization.jsonObject(with: Data(try folder.read("counted/run.json"))) as? [String: Any])
            return try #require(record["tokens"] as? Int)
        }
        let all = try await tokens("xx=train.conll yy=gold.conll"), own = try await tokens("xx=train.conll")
        let switched = try await tokens("xx=train.conll yy=gold.conll --lang xx --code-switch yy=d.tsv")
        #expect(switched == all + own)
        let evaluated = try await folder.nerpipe("evaluate --model both xx=gold.conll yy=gold.conll --bootstrap 0")
        #expect(evaluated.status == 0, "\(evaluated.errors)")
        let shown = try await folder.nerpipe("evaluate --model both xx=train.conll yy=gold.conll --bootstrap 0")
        #expect(shown.errors.contains("both was trained on what it is scored on"), "\(shown.errors)")
    }

    /// Weights found on labels are those of these teachers, and `score` takes them.
    @Test func weightsAreFoundAndUsed() async throws {
        let folder = try await Self.folder()
        let find = "evaluate train.conll --lang xx --bootstrap 0 --model teacher --model teacher2 --find-weights w"
        let found = try await folder.expectSuccess(find)
        #expect(found.errors.contains("log-likelihood of a word"), "\(found.errors)")
        let text = try folder.text("w")
        #expect(text.contains("nerpipe teacher weights 1") && text.contains("train.conll"))
        let score = "score -q embedded.zst --teacher teacher"
        _ = try await folder.expectSuccess("\(score) --teacher teacher2 --weights w -o scored")
        let other = try await folder.nerpipe(
            "score -q embedded.zst --teacher teacher2 --teacher teacher --weights w -o no")
        #expect(other.status == 65 && other.errors.contains("in another order"), "\(other.errors)")
        let fewer = try await folder.nerpipe("\(score) --weights w -o no")
        #expect(fewer.status == 65 && fewer.errors.contains("found for 2 teachers"), "\(fewer.errors)")
        let sentences = try await folder.nerpipe(
            "\(score) --teacher teacher2 --weights w --weight-level sentence -o no")
        #expect(sentences.status == 64 && sentences.errors.contains("one set of weights"), "\(sentences.errors)")
        let alone = try await folder.nerpipe("evaluate train.conll --lang xx --model teacher --find-weights v")
        #expect(alone.status == 64 && alone.errors.contains("for several --model"), "\(alone.errors)")
    }

    /// Several models of one kind are that model; others are their mean.
    @Test func ensemblesAreEvaluated() async throws {
        let folder = try await Self.folder()
        let evaluate = "evaluate gold.conll --lang xx --json --bootstrap 0 --model teacher"
        let one = try await folder.expectSuccess(evaluate).text
        #expect(try await folder.expectSuccess("\(evaluate) --model teacher").text == one)
        #expect(try await folder.expectSuccess("\(evaluate) --model teacher2 --weight 1 --weight 0").text == one)
        let two = try await folder.expectSuccess("\(evaluate) --model teacher2").text
        #expect(two != one)
        #expect(try await folder.nerpipe("\(evaluate) --weight 1").status == 64)
    }

    /// In one process and as a pipe: the same student.
    @Test func aDefinitionNamesSeveralTeachers() async throws {
        let folder = try await Self.folder()
        try folder.write(
            "p.yaml",
            """
            inputs: [text.txt]
            stages:
              - tokenize: {lang: xx}
              - embed: {vectors: v.vectors}
              - score: {teacher: [teacher, teacher2], weight: [0.3, 0.7]}
              - update: {output: new, epochs: 2, width: 16, convolutions: 1, feature-buckets: 64}

            """)
        _ = try await folder.expectSuccess("run p.yaml -q")
        let piped = try await folder.shell(
            "mv new one; set -e; nerpipe run p.yaml --print-shell > s.sh; bash s.sh; cmp one/model.safetensors new/model.safetensors"
        )
        #expect(piped.status == 0, "\(piped.errors)")
    }
}
