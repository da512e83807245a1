import Corpora
import Diagnostics
import Testing

@Suite struct TagSetTests {
    @Test func tagsStandInOrder() throws {
        let tags = TagSet(types: ["PER", "LOC"])
        #expect(tags.names == ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"])
        #expect(tags.types == ["PER", "LOC"])
        #expect(tags.number(of: "I-LOC") == 4 && tags.number(of: "I-ORG") == nil)
        #expect(try TagSet(names: tags.names, place: "p") == tags)
        #expect(try TagSet(names: ["O"], place: "p").types.isEmpty)
    }

    @Test(
        arguments: [
            [], ["B-PER", "I-PER"], ["O", "B-PER"], ["O", "I-PER", "B-PER"], ["O", "B-PER", "I-LOC"],
            ["O", "B-PER", "I-PER", "B-PER", "I-PER"], ["O", "O"], ["O", "B-PER", "I-PER", "X"],
        ] as [[String]])
    func otherListsAreRefused(_ names: [String]) {
        #expect { try TagSet(names: names, place: "p") } throws: { ($0 as? Failure)?.code == .badData }
    }

    @Test func moreTagsThanAByteCountsAreRefused() {
        let names = TagSet(types: (0..<130).map { "T\($0)" }).names
        #expect { try TagSet(names: names, place: "p") } throws: { ($0 as? Failure)?.code == .badData }
    }

    @Test func insideFollowsOnlyItsOwnType() {
        let tags = TagSet(types: ["PER", "LOC"])
        for next in 0..<5 {
            for previous in [nil, 0, 1, 2, 3, 4] as [Int?] {
                let isInside = tags.names[next].hasPrefix("I-")
                let expected =
                    !isInside
                    || previous.map { $0 > 0 && tags.names[$0].dropFirst(2) == tags.names[next].dropFirst(2) } ?? false
                #expect(tags.allows(next, after: previous) == expected)
            }
        }
    }

    @Test func mappingRenamesAndDropsTypes() throws {
        let mapping = try TagMapping("MISC=O,GPE=LOC")
        #expect(["MISC", "GPE", "PER", "O"].map(mapping.name(of:)) == [nil, "LOC", "PER", "O"])
        #expect(try TagMapping("A-B=C").name(of: "A-B") == "C")
    }

    @Test(arguments: ["MISC", "=O", "MISC=", "A=B=C", "A=B,C", "A=B,A=C"])
    func malformedMappingIsRefused(_ text: String) {
        #expect { try TagMapping(text) } throws: { ($0 as? Failure)?.code == .usage }
    }
}
