import Corpora
import Diagnostics
import Formats
import NERPipeTesting
import Shards
import Testing

@testable import Pipelines

/// What tools for annotation export, in our words, read with its labels.
struct LabelledDocumentsTests {
    struct Example: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var file: String
        var text: String
        /// "token/TAG ..." of each sentence.
        var sentences: [String]
        /// Kinds of losses, each counted once.
        var losses: [ReadingLosses.Kind] = []
        var options = LabelOptions()
        var form: String
    }

    private static let twoPeople = "Anna/B-PER met/O Bob/B-PER ./O"

    static let examples = [
        Example(
            testDescription: "doccano", file: "a.jsonl",
            text: """
                {"id": 7, "text": "😀 Anna lives in Dar es Salaam.\\nFor Acme-Bank.", "label": [[3, 7, "PER"], [17, 30, "LOC"], [36, 40, "X"], [36, 45, "ORG"]]}
                {"id": 8, "text": "Nobody.", "label": []}

                """,
            sentences: [
                "😀/O Anna/B-PER lives/O in/O Dar/B-LOC es/I-LOC Salaam/I-LOC ./O",
                "For/O Acme/B-ORG -/I-ORG Bank/I-ORG ./O", "Nobody/O ./O",
            ], losses: [.overlapping, .utf16], form: "doccano"),
        Example(
            testDescription: "doccano, offsets of another program", file: "a.jsonl",
            text: "{\"text\": \"😀 Anna met Bob.\", \"labels\": [[2, 6, \"PER\"], [11, 14, \"PER\"]]}\n",
            sentences: ["😀/O " + twoPeople], options: LabelOptions(offsets: .codePoints), form: "doccano"),
        Example(
            testDescription: "doccano with relations", file: "a.jsonl",
            text: """
                {"id": 1, "text": "Anna met Bob.", "entities": [{"id": 1, "label": "PER", "start_offset": 0, "end_offset": 4}, {"id": 2, "label": "PER", "start_offset": 9, "end_offset": 12}], "relations": [{"id": 3, "from_id": 1, "to_id": 2, "type": "met"}]}
                """, sentences: [twoPeople], losses: [.noSpan], form: "doccano"),
        Example(
            testDescription: "Label Studio", file: "a.json",
            text: """
                [
                  {
                    "id": 1,
                    "annotations": [
                      {"was_cancelled": true, "result": [{"value": {"start": 0, "end": 3, "text": "no", "labels": ["X"]}}]},
                      {"was_cancelled": false, "result": []},
                      {"was_cancelled": false, "result": [
                        {"value": {"start": 2, "end": 6, "text": "Anna", "labels": ["PER"]}, "from_name": "label", "to_name": "text", "type": "labels"},
                        {"value": {"start": 11, "end": 14, "text": "Bob", "labels": ["PER", "NAME"]}, "type": "labels"},
                        {"value": {"start": 0, "end": 1, "text": "Z", "labels": ["X"]}, "type": "labels"},
                        {"value": {"choices": ["news"]}, "type": "choices"}
                      ]}
                    ],
                    "predictions": [], "data": {"text": "😀 Anna met Bob."}
                  },
                  {"id": 2, "annotations": [], "data": {"text": "To do."}},
                  {"id": 3, "annotations": [{"result": [{"value": {"start": 3, "end": 6, "text": "Bob", "labels": ["PER"]}}]}], "data": {"body": "😀 Bob"}}
                ]
                """, sentences: ["😀/O " + twoPeople, "😀/O Bob/B-PER"],
            losses: [.severalAnnotations, .severalLabels, .strangeText, .noSpan, .unannotated], form: "label-studio"),
        Example(
            testDescription: "JSON-MIN of Label Studio", file: "a.json",
            text: """
                [{"id": 1, "text": "Anna met Bob.", "label": [{"start": 0, "end": 4, "text": "Anna", "labels": ["PER"]}, {"start": 9, "end": 12, "text": "Bob", "labels": ["PER"]}], "annotator": 1, "annotation_id": 1, "lead_time": 3.1},
                 {"id": 2, "text": "Nobody.", "annotator": 1, "annotation_id": 2, "lead_time": 1.1}]
                """, sentences: [twoPeople, "Nobody/O ./O"], form: "label-studio"),
        Example(
            testDescription: "Prodigy", file: "a.jsonl",
            text: """
                {"text": "It's  Anna.", "_input_hash": 1, "_task_hash": 2, "tokens": [{"text": "It", "start": 0, "end": 2, "id": 0, "ws": false}, {"text": "'s", "start": 2, "end": 4, "id": 1, "ws": true}, {"text": " ", "start": 5, "end": 6, "id": 2, "ws": false}, {"text": "Anna", "start": 6, "end": 10, "id": 3, "ws": false}, {"text": ".", "start": 10, "end": 11, "id": 4, "ws": false}], "spans": [{"start": 6, "end": 10, "token_start": 3, "token_end": 3, "label": "PER"}], "answer": "accept"}
                {"text": "No.", "_input_hash": 3, "_task_hash": 4, "spans": [], "answer": "reject"}

                """, sentences: ["It/O 's/O Anna/B-PER ./O"], losses: [.rejected], form: "prodigy"),
        Example(
            testDescription: "datasets, tags by number", file: "a.jsonl",
            text: "{\"id\":\"0\",\"tokens\":[\"Anna\",\"met\",\"\",\"\\u00e9\"],\"ner_tags\":[1,0,0,2]}\n",
            sentences: ["Anna/B-PER met/O é/I-PER"], losses: [.emptyTokens],
            options: LabelOptions(names: ["O", "B-PER", "I-PER"]), form: "hf-tokens"),
        Example(
            testDescription: "datasets, a list, tags by name", file: "a.json",
            text: "[{\"words\":[\"Anna\",\"New York\"],\"tags\":[\"S-PER\",\"U-LOC\"]}]",
            sentences: ["Anna/S-PER New York/U-LOC"],
            form: "hf-tokens"),
        Example(
            testDescription: "datasets, spans", file: "a.jsonl",
            text:
                "{\"text\":\"\\ud83d\\ude00 Anna met Bob.\",\"entities\":[{\"start\":2,\"end\":6,\"label\":\"PER\"},{\"start\":11,\"end\":14,\"label\":\"PER\"}]}\n",
            sentences: ["😀/O " + twoPeople], form: "hf-spans"),
        Example(
            testDescription: "datasets, an object of lists", file: "a.jsonl",
            text: "{\"text\":\"Anna met Bob.\",\"entities\":{\"start\":[0,9],\"end\":[4,12],\"label\":[0,0]}}\n",
            sentences: [twoPeople], options: LabelOptions(names: ["PER"]), form: "hf-spans"),
        Example(
            testDescription: "a span over a sentence end", file: "a.jsonl",
            text: "{\"text\":\"Anna met Bob.\\nCo. is here.\",\"spans\":[[9,17,\"ORG\"]]}\n",
            sentences: ["Anna/O met/O Bob/B-ORG ./I-ORG Co/I-ORG ./I-ORG is/O here/O ./O"], losses: [.joinedSentences],
            form: "hf-spans"),
        Example(
            testDescription: "brat", file: "a.ann",
            text:
                "T1\tPER 2 6\tAnna\nT2\tPER 11 14\tBob\nT3\tX 2 6;11 14\tAnna Bob\nT4\tX 0 1\tZ\nR1\tmet Arg1:T1 Arg2:T2\n#1\tNote T1\tx\n",
            sentences: ["😀/O " + twoPeople], losses: [.discontinuous, .strangeText, .noSpan], form: "brat"),
        Example(
            testDescription: "brat, parts at a line end", file: "a.ann", text: "T1\tX 7 10;11 14\tmet Bob\n",
            sentences: ["😀/O Anna/O met/B-X Bob/I-X ./O"], form: "brat"),
    ]

    private static func read(
        _ example: Example, isTolerant: Bool = false
    ) throws -> (sentences: [String], losses: ReadingLosses, form: String, rejected: [RejectedRecord]) {
        let folder = ScratchFolder()
        _ = try folder.write(Array("😀 Anna met Bob.".utf8), as: "a.txt")
        let path = try folder.write(Array(example.text.utf8), as: example.file)
        let inputs = try TextInputs([path], ReadingRequest(tags: .gold, labels: example.options))
        var reader = LabelledDocuments(
            inputs, language: "und", problem: { TagScheme.isTag($0) ? nil : "tag '\($0)' is none" },
            isTolerant: isTolerant, longSentences: .cut, keepsText: true)
        var sentences: [String] = []
        var rejected: [RejectedRecord] = []
        while let batch = try reader.nextBatch(textByteCount: 1) {
            #expect(reader.tags[0].count == batch.tokenCount)
            sentences += (0..<batch.sentenceCount).map { sentence in
                batch.tokens(ofSentence: sentence).map { "\(batch.tokenText($0))/\(reader.tags[0][$0])" }
                    .joined(separator: " ")
            }
            rejected += reader.takeRejected()
        }
        return (sentences, reader.losses, inputs.formats[0], rejected)
    }

    @Test(arguments: examples)
    func labelsAreRead(_ example: Example) throws {
        let found = try Self.read(example)
        #expect(found.sentences == example.sentences)
        #expect(found.form == example.form)
        for kind in ReadingLosses.Kind.allCases {
            #expect(found.losses.count(of: kind) == (example.losses.contains(kind) ? 1 : 0), "\(kind.rawValue)")
        }
    }

    @Test(arguments: [
        (
            "a.jsonl", "{\"text\":\"ab\",\"entities\":[]}\n{\"text\":\"ab\",\"entities\":[[1,3,\"X\"]]}\n",
            "a.jsonl:2: the text has no span from 1 to 3, counted in code-points; say what offsets count with --offsets, or mend the record"
        ),
        (
            "a.jsonl", "{\"text\":\"ab\",\"entities\":[[1,0,\"X\"]]}\n",
            "a.jsonl:1: a span ends at 0, before its start at 1"
        ),
        (
            "a.jsonl", "{\"text\":\"ab\",\"spans\":[{\"start\":0,\"end\":1}]}\n",
            "a.jsonl:1: item 1 of \"spans\" is no span; it must be [START, END, LABEL] or an object with start, end and label"
        ),
        (
            "a.jsonl", "{\"tokens\":[\"a\"],\"ner_tags\":[3]}\n",
            "a.jsonl:1: tag 3 has no name; say all of them with --tag-names O,B-PER,... or --tag-names dataset_info.json"
        ),
        (
            "a.jsonl", "{\"tokens\":[\"a\",\"b\"],\"ner_tags\":[\"O\"]}\n",
            "a.jsonl:1: 2 tokens and 1 tags in \"ner_tags\""
        ),
        ("a.jsonl", "{\"tokens\":[\"a\"],\"ner_tags\":[\"PER\"]}\n", "a.jsonl:1: tag 'PER' is none"),
        (
            "a.json",
            "[\n {\"data\": {\"text\": \"a\"}, \"annotations\": []},\n {\"data\": {\"a\": \"a\", \"b\": \"b\"}}]",
            "a.json:3: the task has several texts: a, b; call the one that is meant 'text'"
        ),
        ("a.ann", "T1\tX 0 1\t😀\nT2\tX 3\n", "a.ann:2: no entity of brat; it must be 'T1<TAB>TYPE START END<TAB>TEXT'"),
        (
            "a.ann", "T1\tX 0 1\t😀\nT2\tX 3 99\tx\n",
            "a.ann:2: the text has no span from 3 to 99, counted in code-points; say what offsets count with --offsets, or mend the record"
        ),
        (
            "a.jsonl",
            "{\"text\": \"ab\", \"answer\": \"accept\", \"spans\": [], \"tokens\": [{\"start\": 1, \"end\": 2}, {\"start\": 0, \"end\": 1}]}\n",
            "a.jsonl:1: token 2 stands at 0 to 1, which is not behind the one before it, or not in the text"
        ),
    ])
    func badRecordsAreNamedAndCanBeLeftOut(_ file: String, _ text: String, _ message: String) throws {
        let example = Example(testDescription: "", file: file, text: text, sentences: [], form: "")
        let failure = #expect(throws: Failure.self) { try Self.read(example) }
        #expect(failure?.message.hasSuffix("/\(message)") == true, "\(failure?.message ?? "")")
        let tolerant = try Self.read(example, isTolerant: true)
        #expect(tolerant.rejected.count == 1)
        #expect(tolerant.rejected.first?.failure?.message.hasSuffix("/\(message)") == true)
    }

    @Test func namesOfTagsAreReadFromFeatures() throws {
        let folder = ScratchFolder()
        let path = try folder.write(
            Array(
                """
                {"features": {"id": {"dtype": "string", "_type": "Value"}, "ner_tags": {"feature": {"names": ["O", "B-X", "I-X"], "_type": "ClassLabel"}, "_type": "List"}, "pos": {"feature": {"names": ["N"], "_type": "ClassLabel"}, "_type": "Sequence"}}}
                """.utf8), as: "dataset_info.json")
        #expect(try TagNames.read(path) == ["O", "B-X", "I-X"])
        let bad = try folder.write(Array("{\"features\": {}}".utf8), as: "bad.json")
        #expect(throws: Failure.self) { try TagNames.read(bad) }
    }
}
