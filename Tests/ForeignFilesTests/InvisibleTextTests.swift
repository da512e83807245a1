import Testing

/// What docs/input.md says of characters that nobody sees.
struct InvisibleTextTests {
    private static let offsets = "nerpipe tokenize a.txt | nerpipe shard cat --to jsonl"

    private static func row(_ name: String, _ text: String, _ sentences: (offsets: [Int], tokens: [String])...)
        -> ForeignCase
    {
        let lines = sentences.map { sentence in
            let tokens = sentence.tokens.map { "\"\($0)\"" }.joined(separator: ",")
            let offsets = sentence.offsets.map { "\($0)" }.joined(separator: ",")
            return "{\"doc\":\"a.txt\",\"offsets\":[\(offsets)],\"tokens\":[\(tokens)]}\n"
        }
        return ForeignCase(name, files: ["a.txt": text], offsets, output: lines.joined())
    }

    @Test(arguments: [
        row(
            "marks of direction at a word's edge are left out, inside it they stay",
            "\u{200F}ab\u{200F} c\u{200E}d \u{202A}ef\u{202C} (\u{2067}gh\u{2069}) \u{200E}\n",
            ([3, 9, 18, 24, 28, 33], ["ab", "c\u{200E}d", "ef", "(", "gh", ")"])),
        row(
            "so are byte order marks and soft hyphens", "\u{FEFF}ab\u{FEFF}c \u{FEFF}d\u{FEFF} e\u{AD}f g\u{AD}\n",
            ([3, 13, 18, 23], ["ab\u{FEFF}c", "d", "e\u{AD}f", "g"])),
        row(
            "joiners stay at a word's end", "\u{200C}x\u{200D} y\u{200C} \u{200D}\n",
            ([3, 8], ["x\u{200D}", "y\u{200C}"])),
        row(
            "controls end a word, noncharacters are tokens", "a\u{0}b\u{1}c\u{FFFF}d\n",
            ([0, 2, 4, 5, 8], ["a", "b", "c", "\u{FFFF}", "d"])),
        row(
            "line ends inside a paragraph", "a\u{2028}b\u{85}c\rd\u{B}e\u{2028}\u{2028}f\u{2029}g\n",
            ([0, 4, 7, 9, 11], ["a", "b", "c", "d", "e"]), ([18], ["f"]), ([22], ["g"])),
        ForeignCase(
            "offsets of JSON lines count the text's own bytes", files: ["a.jsonl": "{\"text\": \"\\u00e9 b\\nc\"}\n\n"],
            "nerpipe tokenize a.jsonl | nerpipe shard cat --to jsonl",
            output:
                "{\"doc\":\"a.jsonl#1\",\"offsets\":[0,3],\"tokens\":[\"é\",\"b\"]}\n{\"doc\":\"a.jsonl#1\",\"offsets\":[5],\"tokens\":[\"c\"]}\n"
        ),
    ])
    func becomesWhatIsDocumented(_ row: ForeignCase) async throws { try await row.check() }
}
