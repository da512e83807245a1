import Foundation
import ProgramTesting
import Testing

/// Documents tagged one a line, what of them a person should look at, and scores.
@Suite struct TagDocumentsTests {
    private struct Line: Decodable {
        struct Entity: Decodable {
            var start, end, byte_start, byte_end: Int
            var label, text: String
            var score: Double
        }
        var text: String
        var entities: [Entity]
    }

    /// Texts of the fixture's words behind what is wide in some unit.
    private static func documents(_ folder: ScratchFolder) throws -> [String] {
        let lines = String(decoding: try folder.read("text.txt"), as: UTF8.self).split(separator: "\n")
        return stride(from: 0, to: 40, by: 2).map { "😀 e\u{301} 👩‍👧 \(lines[$0])\\n  \(lines[$0 + 1])" }
    }

    @Test func otherKeysStayAsTheyAre() async throws {
        let folder = try await Fixture.folder()
        let texts = try Self.documents(folder)
        var input = "", kept = ""
        for (number, text) in texts.enumerated() {
            let head = "{\"url\" :\"http:\\/\\/x\",  \"n\": 1.50, \"text\": \"\(text)\""
            let tail = number.isMultiple(of: 2) ? "" : ", \"z\":{\"entities\": [1,  2e5]}"
            input += "\(head)\(tail) }\n" + (number == 3 ? "\n" : "")
            kept += "\(head)\(tail), \"entities\": [" + "\n" + (number == 3 ? "\n" : "")
        }
        try folder.write("a.jsonl", input)
        _ = try await folder.expectSuccess(
            "tag --model teacher a.jsonl --to documents --line-for-line -o out.jsonl -j3")
        let output = String(decoding: try folder.read("out.jsonl"), as: UTF8.self)
        let lines = output.split(separator: "\n", omittingEmptySubsequences: false)
        let heads = kept.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == heads.count)
        var entityCount = 0
        for (line, head) in zip(lines, heads) where !head.isEmpty {
            #expect(line.hasPrefix(head), "\(line)")
            let document = try JSONDecoder().decode(Line.self, from: Data(line.utf8))
            let scalars = Array(document.text.unicodeScalars), bytes = Array(document.text.utf8)
            for entity in document.entities {
                entityCount += 1
                var slice = String.UnicodeScalarView()
                slice.append(contentsOf: scalars[entity.start..<entity.end])
                #expect(Array(String(slice).utf8) == Array(entity.text.utf8))
                #expect(Array(bytes[entity.byte_start..<entity.byte_end]) == Array(entity.text.utf8))
                #expect((0...1).contains(entity.score))
            }
        }
        #expect(entityCount > 10)
        // What it had of ours is replaced, and only then are other keys laid out anew.
        let again = try await folder.shell(
            """
            set -e
            nerpipe tag -q --model teacher out.jsonl --to documents --line-for-line -o two.jsonl
            nerpipe tag -q --model teacher two.jsonl --to documents --line-for-line | cmp - two.jsonl
            """)
        #expect(again.status == 0, "\(again.text)\(again.errors)")
    }

    @Test func linesOfTextStayLines() async throws {
        let folder = try await Fixture.folder()
        try folder.write("a.txt", "One line.\n\n  \nAnd \"another\" one.")
        let outcome = try await folder.shell(
            """
            nerpipe tag -q --model teacher a.txt --to documents --line-for-line | sed 's/"entities": .*/"entities": []}/'
            """)
        #expect(
            outcome.text == """
                {"id": "a.txt#1", "text": "One line.", "entities": []}
                {"id": "a.txt#2", "text": "", "entities": []}
                {"id": "a.txt#3", "text": "  ", "entities": []}
                {"id": "a.txt#4", "text": "And \\"another\\" one.", "entities": []}

                """)
        try await folder.expectFailure(
            "tag -q --model teacher gold.conll --to documents --line-for-line", 64,
            "gold.conll: --line-for-line is for lines of text or JSON, and this is CoNLL columns: token 1 of 2")
    }

    @Test func typesAreKept() async throws {
        let folder = try await Fixture.folder()
        let outcome = try await folder.shell(
            """
            nerpipe tag -q --model teacher text.txt | cut -f 2 | sort | uniq -c | awk '{ print $2, $1 }' > all
            type=$(grep -o 'B-[^ ]*' all | head -1 | cut -c 3-)
            nerpipe tag -q --model teacher text.txt --types $type | cut -f 2 | sort | uniq -c | awk '{ print $2, $1 }' > some
            grep -- "-$type " all | diff - <(grep -- '-' some)
            nerpipe tag -q --model teacher text.txt --types NONE
            """)
        #expect(outcome.status == 64 && outcome.output.isEmpty, "\(outcome.text)\(outcome.errors)")
        #expect(outcome.errors.contains("no entity of 'NONE', which --types names"))
    }

    @Test func theSameIsToBeLookedAtForAnyNumberOfJobs() async throws {
        let folder = try await Fixture.folder()
        let outcome = try await folder.shell(
            """
            set -e
            nerpipe tag --model teacher text.txt --uncertain 5 --to label-studio -o tasks.json -j1
            nerpipe tag -q --model teacher text.txt --uncertain 5 --to label-studio -j3 --block-bytes 100 | cmp tasks.json -
            nerpipe tag -q --model teacher text.txt --uncertain 5 --to documents -o few.jsonl
            test $(wc -l < few.jsonl) = 5
            for form in conll conllu prodigy doccano hf-spans; do nerpipe tag -q --model teacher text.txt --uncertain 5 --to $form -o x.$form; test -s x.$form; done
            nerpipe tag -q --model teacher text.txt --uncertain 5 --to brat -o brat; test $(ls brat | wc -l) = 10
            # Proposals are no labels.
            nerpipe train -q tasks.json --vectors v.vectors --lang xx --epochs 1 -o none
            """)
        #expect(outcome.status == 65, "\(outcome.errors)")
        #expect(outcome.errors.contains("no entity in the training data"), "\(outcome.errors)")
    }

    @Test func scoresAreCalibratedByTheModelTheyAreOf() async throws {
        let folder = try await Fixture.folder()
        let outcome = try await folder.shell(
            """
            set -e
            nerpipe tag --model teacher text.txt --to documents -o a 2> said
            grep -c 'was not calibrated' said
            nerpipe evaluate --model teacher gold.conll --calibrate --bootstrap 0 2>&1 > report | grep -c 'calibrated with [0-9]* entities: temperature '
            nerpipe evaluate -q --model teacher gold.conll --bootstrap 0 --reliability r | cmp - report
            # The diagram has the same entities, and the same errors.
            python3 - <<'END'
            import json
            found = json.load(open("teacher/calibration.json"))
            rows = [line.split() for line in open("r")][1:]
            for name, error in ("own", found["errorBefore"]), ("fitted", found["errorAfter"]):
                bins = [(int(n), float(score), float(right)) for kind, n, score, right in rows if kind == name]
                count = sum(n for n, _, _ in bins)
                assert count == found["entityCount"] > 0
                assert abs(sum(n * abs(score - right) for n, score, right in bins) / count - error) < 1e-12
            END
            nerpipe tag --model teacher text.txt --to documents -o b 2> said
            grep -c 'was not calibrated' said || true
            # The same entities with other scores.
            cut -d: -f 1-3 a | cmp - <(cut -d: -f 1-3 b)
            cp teacher/calibration.json student
            nerpipe tag --model student text.txt --to documents -o c 2> said
            grep -c 'was not calibrated' said
            echo '{}' > teacher/calibration.json
            nerpipe tag --model teacher text.txt --to documents
            """)
        #expect(outcome.status == 65 && outcome.text == "1\n1\n0\n1\n", "\(outcome.text)\(outcome.errors)")
        #expect(outcome.errors.contains("teacher/calibration.json: no calibration of nerpipe"), "\(outcome.errors)")
    }
}
