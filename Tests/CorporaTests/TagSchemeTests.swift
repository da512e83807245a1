import Corpora
import NERPipeTesting
import Testing

/// Tags written in a scheme, and read again.
struct TagSchemeTests {
    @Test(arguments: [
        (TagScheme.iob1, "I-A I-A B-A I-B O I-A"), (.iob2, "B-A I-A B-A B-B O B-A"), (.iobes, "B-A E-A S-A S-B O S-A"),
        (.bilou, "B-A L-A U-A U-B O U-A"),
    ])
    func tagsAreWritten(_ scheme: TagScheme, _ tags: String) {
        #expect(
            scheme.encode("B-A I-A B-A B-B O B-A".split(separator: " ").map(String.init)).joined(separator: " ") == tags
        )
    }

    @Test(arguments: TagScheme.allCases, 0..<20 as Range<UInt64>)
    func whatIsWrittenIsReadAgain(_ scheme: TagScheme, _ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var tags: [String] = []
        while tags.count < 40 {
            let type = ["A", "B", "A-B"].randomElement(using: &random) ?? ""
            guard Bool.random(using: &random) else {
                tags.append("O")
                continue
            }
            tags.append("B-\(type)")
            for _ in 0..<Int.random(in: 0..<3, using: &random) { tags.append("I-\(type)") }
        }
        let written = scheme.encode(tags)
        #expect(LabelFilter().iob2(written[...]) == tags)
        #expect(written.allSatisfy(TagScheme.isTag))
    }

    @Test(arguments: [
        ("O", true), ("B-X", true), ("S-X", true), ("M-X", true), ("B-", false), ("X-Y", false), ("B", false),
        ("", false),
    ])
    func tagsAreKnown(_ tag: String, _ isTag: Bool) { #expect(TagScheme.isTag(tag) == isTag) }
}
