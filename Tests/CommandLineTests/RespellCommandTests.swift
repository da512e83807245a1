import ProgramTesting
import Testing

/// `respell`: one twin of a language, in whatever file its words stand.
struct RespellCommandTests {
    @Test func allFilesOfALanguageBecomeOneTwin() async throws {
        let folder = try await Fixture.folder()
        let outcome = try await folder.shell(
            """
            set -e
            nerpipe respell -q gold.conll twin.conll --rate 0.5 --column 1
            cut -f1 gold.conll | nerpipe respell -q - - --rate 0.5 > words
            cut -f1 twin.conll | cmp - words && echo words
            cut -f2 gold.conll > tags; cut -f2 twin.conll | cmp - tags && echo tags
            cut -f1 gold.conll | cmp -s - words || echo different
            paste <(seq $(wc -l < words)) <(cut -f1 gold.conll) | nerpipe respell -q - - --rate 0.5 --column 2 | cut -f2 | cmp - words && echo pairs
            nerpipe respell -q twin.conll - --rate 0.5 --column 1 | cmp - gold.conll && echo back
            nerpipe respell -q text.txt twin.txt.zst --rate 0.5 && zstd -dc twin.txt.zst | nerpipe respell -q - - --rate 0.5 | cmp - text.txt && echo packed
            """)
        #expect(outcome.text == "words\ntags\ndifferent\npairs\nback\npacked\n", "\(outcome.text)\(outcome.errors)")
    }

    @Test func namesCanStay() async throws {
        let folder = try await Fixture.folder()
        let outcome = try await folder.shell(
            """
            set -e
            nerpipe respell -q gold.conll twin.conll --rate 1 --column 1 --names keep --labels gold.conll
            diff <(awk -F'\\t' '$2 != "O"' gold.conll) <(awk -F'\\t' '$2 != "O"' twin.conll) && echo kept
            cmp -s gold.conll twin.conll || echo others
            printf 'Nairobi\\n' > names
            printf 'nairobi kituo\\n' | nerpipe respell -q - - --rate 1 --names keep --name-list names | cut -d' ' -f1
            """)
        #expect(outcome.text == "kept\nothers\nnairobi\n", "\(outcome.text)\(outcome.errors)")
    }

    @Test func aTwinIsFartherTheMoreOfItIsRespelled() async throws {
        let folder = try await Fixture.folder()
        let outcome = try await folder.shell(
            """
            for rate in 0 0.3 0.6; do
              nerpipe respell -q text.txt twin-$rate.txt --rate $rate
              nerpipe divergence -q --exact twin-$rate.txt --lang yy --source xx=text.txt --csv | grep 'type Jaccard' | cut -d, -f4
            done
            """)
        let values = outcome.text.split(separator: "\n").compactMap { Double($0) }
        #expect(values.count == 3 && values[0] == 1, "\(outcome.text)\(outcome.errors)")
        if values.count == 3 { #expect(values[0] > values[1] && values[1] > values[2], "\(values)") }
    }

    @Test func whatMakesNoSenseIsRefused() async throws {
        let folder = try await Fixture.folder()
        for options in ["", "--rate 2", "--rate 0.5 --names keep", "--rate 0.5 --name-list x", "--rate 0.5 --column 0"]
        {
            #expect(try await folder.nerpipe("respell -q text.txt - \(options)").status == 64, "\(options)")
        }
        #expect(try await folder.nerpipe("respell -q none.txt - --rate 0.5").status == 66)
    }
}
