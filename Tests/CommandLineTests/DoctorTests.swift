import ProgramTesting
import Testing

/// `doctor`: what would go wrong is said before hours are spent.
struct DoctorTests {
    @Test func healthyMaterialsPass() async throws {
        let folder = try await Fixture.folder()
        let outcome = try await folder.expectSuccess(
            "doctor text.txt --lang yy --source xx=train.conll --vectors v.vectors --gold gold.conll")
        #expect(outcome.text.contains("good  labels: --source:") && outcome.text.contains("good  disk:"))
        #expect(outcome.text.contains("the vectors have") && !outcome.text.contains("error"))
    }

    @Test func eachTroubleIsNamedWithWhatToDo() async throws {
        let folder = try await Fixture.folder()
        let outcome = try await folder.shell(
            """
            sed 's/B-[A-Z]*/B-PERSON/; s/I-[A-Z]*/I-PERSON/' gold.conll > renamed.conll
            awk -F'\\t' '{ print $1 }' gold.conll | tr '\\n' ' ' | sed 's/  /\\n/g' > leak.txt
            cat leak.txt leak.txt > text2.txt
            nerpipe doctor -q text2.txt --lang yy --source xx=train.conll --vectors other.vectors --gold renamed.conll; echo status $?
            nerpipe doctor -q --json none.txt --lang yy --source xx=train.conll -o . | python3 -c 'import json, sys; print(json.load(sys.stdin)["errors"])'
            """)
        #expect(outcome.text.contains("error  labels: --source alone has") && outcome.text.contains("--map FROM=TO"))
        #expect(outcome.text.contains("sentences stand in --gold") && outcome.text.contains("are there twice or more"))
        #expect(outcome.text.contains("status 1"), "\(outcome.text)\(outcome.errors)")
    }

    @Test func fewAddressesAreAWarning() async throws {
        let folder = try await Fixture.folder()
        let outcome = try await folder.shell(
            "ulimit -v 1000000; exec nerpipe doctor -q -j 1 text.txt --lang yy --source xx=train.conll --vectors v.vectors"
        )
        #expect(
            outcome.text.contains("warning  machine: addresses are limited to 976 MiB"),
            "\(outcome.text)\(outcome.errors)")
    }

    /// What is learnt from, or chosen by, and what is scored.
    @Test func dataThatMeetItselfAgainAreSaid() async throws {
        let folder = try await Fixture.folder()
        let outcome = try await folder.shell(
            """
            head -n 40 train.conll > half.conll; cat gold.conll >> half.conll
            nerpipe train train.conll --dev half.conll --vectors v.vectors --lang xx --epochs 1 -o m \(Fixture.network.joined(separator: " "))
            for gold in train.conll half.conll gold.conll; do nerpipe evaluate --model m $gold > /dev/null; done
            nerpipe evaluate --model m - < train.conll > /dev/null
            """)
        let lines = outcome.errors.split(separator: "\n")
        #expect(
            lines.contains { $0.contains(" of 80 sentences of train.conll stand in --dev half.conll, too") },
            "\(outcome.errors)")
        #expect(
            lines.filter { $0.contains("scored on") }
                == [
                    "nerpipe evaluate: warning: m was trained on what it is scored on; the score says what it knows by heart",
                    "nerpipe evaluate: the epoch of m was chosen on what it is scored on; the score is somewhat too high",
                ], "\(outcome.errors)")
    }

    @Test func distillRefusesLabelsThatDoNotMeetBeforeItBegins() async throws {
        let folder = try await Fixture.folder()
        let outcome = try await folder.shell(
            """
            sed 's/B-[A-Z]*/B-PERSON/; s/I-[A-Z]*/I-PERSON/' gold.conll > renamed.conll
            nerpipe distill text.txt --lang yy --source xx=train.conll --vectors v.vectors --gold renamed.conll -o made; echo status $?
            ls made
            """)
        #expect(
            outcome.text.contains("status 65") && !outcome.text.contains("work"), "\(outcome.text)\(outcome.errors)")
    }
}
