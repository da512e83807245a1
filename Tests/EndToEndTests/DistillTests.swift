import ProgramTesting
import Testing

/// `distill`: from text to a tagger, whatever happens on the way.
struct DistillTests {
    private static let network = "width: 16, convolutions: 1, feature-buckets: 64"
    private static let command =
        "distill text.txt --lang yy --source xx=train.conll --vectors v.vectors --gold gold.conll"

    @Test func itMakesATaggerAndSaysHowGoodItIs() async throws {
        let folder = try await Fixture.folder()
        let outcome = try await folder.expectSuccess("\(Self.command) -o made")
        #expect(
            outcome.errors.contains("F1 of the teacher, applied directly:")
                && outcome.errors.contains("next: nerpipe tag"))
        let report = try folder.text("made/report.md")
        #expect(report.contains("| student |") && report.contains("three teachers that differ by their seed"))
        _ = try await folder.expectSuccess("tag -q --model made/model.nerpipe text.txt -o tagged.conll")
        // Nothing is done twice.
        let recipe = try folder.text("made/recipe.yaml")
        #expect(
            recipe.contains("initial: \"${work}/teacher"),
            "a student of little text does not begin from nothing\n\(recipe)")
        let again = try await folder.expectSuccess("\(Self.command) -o made")
        #expect(
            again.errors.split(separator: "\n").filter { $0.contains("phase ") }.allSatisfy {
                $0.hasSuffix("done already")
            })
    }

    /// Several sources: three teachers of all of them, and a student that begins as the first.
    @Test func severalSourcesAreLearntTogether() async throws {
        let folder = try await Fixture.folder()
        let outcome = try await folder.shell(
            """
            head -n 200 train.conll > a.conll; tail -n +201 train.conll > b.conll
            nerpipe distill text.txt --lang yy --source xx=a.conll --source zz=b.conll --vectors v.vectors --gold gold.conll -o made 2> log || cat log
            grep -cE '^  - train:' made/recipe.yaml
            grep -E 'initial|learning-rate' made/recipe.yaml
            """)
        #expect(
            outcome.text
                == "3\n            initial: \"${work}/teacher-1\"\n            learning-rate: 0.0005\n",
            "\(outcome.text)\(outcome.errors)")
        #expect(folder.exists("made/model.nerpipe"))
    }

    @Test func killedAnywhereItEndsWithTheSameBytes() async throws {
        let folder = try await Fixture.folder()
        let outcome = try await folder.shell(
            """
            mkdir whole killed
            (cd whole && ln -s ../text.txt ../train.conll ../v.vectors ../gold.conll . && nerpipe \(Self.command) -q -o made) || exit 1
            cd killed && ln -s ../text.txt ../train.conll ../v.vectors ../gold.conll .
            for wait in 0.1 0.2 0.3 0.4 0.5 0.6 0.7 0.8; do
              timeout -s KILL $wait nerpipe \(Self.command) -q -o made
            done
            # The last of the killed may still be leaving.
            nerpipe \(Self.command) -q --wait 20 -o made || exit 1
            cd ..
            for name in model.nerpipe report.md recipe.yaml scores.teacher.json scores.student.json; do
              cmp whole/made/$name killed/made/$name || exit 1
            done
            """)
        #expect(outcome.status == 0, "\(outcome.errors)\(outcome.text)")
    }

    @Test func onlyWhatChangedIsDoneAgain() async throws {
        let folder = try await Fixture.folder()
        _ = try await folder.expectSuccess("\(Self.command) -q -o made")
        let outcome = try await folder.shell("cat other.txt >> text.txt; nerpipe \(Self.command) -o made")
        #expect(outcome.status == 0, "\(outcome.errors)")
        let phases = outcome.errors.split(separator: "\n").filter { $0.contains("phase ") }
        #expect(phases.filter { $0.contains("train") }.allSatisfy { $0.hasSuffix("done already") })
        #expect(phases.contains { $0.contains("pipeline: again, text.txt is another") })
    }

    @Test func afterCleaningNothingIsMissedUntilItIsNeeded() async throws {
        let folder = try await Fixture.folder()
        _ = try await folder.expectSuccess("\(Self.command) -q --clean -o made")
        #expect(!folder.listing().contains { $0.hasPrefix("made/work/") })
        let again = try await folder.expectSuccess("\(Self.command) --clean -o made")
        #expect(
            again.errors.split(separator: "\n").filter { $0.contains("phase ") }.allSatisfy {
                $0.hasSuffix("done already")
            })
        let outcome = try await folder.shell("cat other.txt >> text.txt; nerpipe \(Self.command) -o made")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.errors.contains("train: again, a later phase needs what it made"))
    }

    @Test func anEditedRecipeIsRunAndNotReplaced() async throws {
        let folder = try await Fixture.folder()
        _ = try await folder.expectSuccess("\(Self.command) -q -o made")
        let outcome = try await folder.shell(
            """
            sed -i 's/smooth: 0.5/smooth: 0.3/' made/recipe.yaml
            nerpipe run made/recipe.yaml 2>&1 | grep phase
            nerpipe \(Self.command) -o made; echo status $?
            nerpipe run made/recipe.yaml --dry-run | grep -c 'done already'
            nerpipe run made/recipe.yaml --print-shell | head -3
            nerpipe run made/recipe.yaml --set train.epochs=2; echo status $?
            """)
        #expect(outcome.text.contains("pipeline: again, its options are others"), "\(outcome.text)\(outcome.errors)")
        #expect(outcome.text.contains("status 73") && outcome.errors.contains("was edited"))
        #expect(outcome.text.contains("\n8\n") || outcome.text.contains("\n7\n"))
        #expect(outcome.errors.contains("say which, as train#2.epochs"))
    }

    @Test func whatIsMissingIsSaidBeforeAnythingIsMade() async throws {
        let folder = try await Fixture.folder()
        try await folder.expectFailure("distill text.txt --lang yy -o made", 64, "there is nobody to learn from; *")
        try await folder.expectFailure(
            "distill text.txt --lang yy --source xx=train.conll -o made", 64, "nothing joins xx with yy; *")
        try await folder.expectFailure(
            "distill text.txt --lang yy --source yy=gold.conll --vectors v.vectors -o made", 64,
            "--source yy=gold.conll: these are labels of the target itself; *")
        try await folder.expectFailure(
            "distill none.txt --lang yy --source xx=train.conll --vectors v.vectors -o made", 66, "none.txt: *")
    }
}

/// `init`: questions and answers become a recipe that runs.
struct InitTests {
    @Test func answersBecomeARecipe() async throws {
        let folder = try await Fixture.folder()
        try folder.write(
            "answers", "yy\ntext.txt\n\nxx=train.conll\n\nxx=gold.conll\n\n\n\nv.vectors\n\ngold.conll\n\nmade\n")
        let outcome = try await folder.shell(
            """
            nerpipe init < answers || exit 1
            nerpipe run made/recipe.yaml --dry-run | grep -c 'to be done'
            nerpipe init < answers; echo status $?
            head -3 answers | nerpipe init; echo status $?
            """)
        #expect(
            outcome.text == "8\nstatus 73\nstatus 64\n" || outcome.text == "7\nstatus 73\nstatus 64\n",
            "\(outcome.text)\(outcome.errors)")
        #expect(outcome.errors.contains("next: nerpipe run made/recipe.yaml"))
    }
}
