import Corpora
import Diagnostics
import Testing

@Suite struct LabelFilterTests {
    private static func iob2(_ tags: String, _ filter: LabelFilter) -> String {
        filter.iob2(tags.split(separator: " ").map(String.init)[...]).joined(separator: " ")
    }

    @Test(arguments: [
        ("I-PER I-PER I-LOC O I-LOC", "", nil, "B-PER I-PER B-LOC O B-LOC"),
        // Two entities that get one name stay two.
        ("I-LOC I-GPE B-GPE", "GPE=LOC", nil, "B-LOC B-LOC B-LOC"),
        ("B-MISC I-MISC I-LOC", "MISC=O", nil, "O O B-LOC"),
        ("B-DATE I-DATE B-PER I-DATE I-PER", "", "PER", "O O B-PER O B-PER"),
        ("B-A-B I-A-B", "A-B=C", "C", "B-C I-C"),
        // Other schemes.
        ("S-A S-A B-A E-A E-A I-A E-A", "", nil, "B-A B-A B-A I-A B-A B-A I-A"),
        ("U-A B-B M-B L-B L-B O U-B", "B=A", nil, "B-A B-A I-A I-A B-A O B-A"),
    ])
    func tagsAreRepairedThenRenamedThenKept(tags: String, map: String, types: String?, expected: String) throws {
        #expect(Self.iob2(tags, try LabelFilter(map: map, types: types)) == expected)
    }

    @Test(arguments: ["", "PER,", "PER,LOC,PER"])
    func malformedTypesAreRefused(_ text: String) {
        #expect { try LabelFilter(map: "", types: text) } throws: { ($0 as? Failure)?.code == .usage }
    }

    @Test func typesThatNoInputHasAreRefused() throws {
        let filter = try LabelFilter(map: "GPE=LOC", types: "PER,LOC")
        try filter.require(["PER", "GPE", "DATE"], place: "f")
        let failure = #expect(throws: Failure.self) { try filter.require(["PERSON", "LOC"], place: "f") }
        #expect(failure?.message == "f: no entity of 'PER', which --types names; there are LOC PERSON")
        #expect(throws: Failure.self) { try LabelFilter(map: "PER=O", types: nil).require(["PER"], place: "f") }
        #expect(
            filter.notes(["PER", "LOC"], place: "f") == ["f: no entity of GPE, which --map renames; there are LOC PER"])
        #expect(filter.notes(["GPE"], place: "f") == [])
    }

    @Test func labelsMeetUnlessBothSidesHaveMore() throws {
        func check(_ text: [String: Int], _ known: [String], isChosen: Bool = false) throws -> [String] {
            try LabelMeeting(text: text, place: "f", known: known, knower: "the model", fate: "they are missed")
                .check(isChosen: isChosen)
        }
        #expect(try check(["PER": 1, "LOC": 2], ["LOC", "PER"]) == [])
        #expect(
            try check(["PER": 1, "DATE": 2], ["PER"])
                == ["f: entities that the model does not know: 2 of DATE; they are missed"])
        #expect(try check(["PER": 1], ["PER", "LOC"]) == ["f: no entity of LOC, which the model knows"])
        #expect(try check([:], ["PER"]) == ["warning: f: no entity of a type that counts"])
        let failure = #expect(throws: Failure.self) { try check(["PERSON": 1, "LOC": 2], ["LOC", "PER"]) }
        #expect(failure?.message.hasSuffix("with --map PERSON=PER, or what does not count with --map PERSON=O") == true)
        #expect(try check(["PERSON": 1, "LOC": 2], ["LOC", "PER"], isChosen: true).count == 2)
        #expect(throws: Failure.self) { try check(["PERSON": 1], ["PER"], isChosen: true) }
    }
}
