import Testing

/// Scripts without spaces or without case.
struct UnspacedScriptTests {
    @Test(arguments: [
        ForeignCase(
            "Thai and Chinese are cut into words", files: ["a.txt": "กรุงเทพมหานคร 北京大学\n"],
            "nerpipe tokenize --lang th a.txt | nerpipe shard cat --to conll", output: "กรุงเทพมหานคร\n北京\n大学\n\n"),
        ForeignCase(
            "a script without spaces and without a dictionary is said", files: ["a.txt": "ᦀᦁᦂ\n"],
            "nerpipe tokenize a.txt | nerpipe shard cat --to conll", output: "ᦀ\nᦁ\nᦂ\n\n",
            says: [
                "nerpipe tokenize: tokenize: 3 tokens of New Tai Lue script without spaces are single characters: no dictionary finds its words"
            ]),
        ForeignCase(
            "Georgian sentences end without capitals", files: ["a.txt": "ის წავიდა. ის დაბრუნდა.\n"],
            "nerpipe tokenize --lang ka a.txt | nerpipe shard cat --to conll",
            output: "ის\nწავიდა\n.\n\nის\nდაბრუნდა\n.\n\n"),
        ForeignCase(
            "titles of the language", files: ["a.txt": "Mhe. Juma alisema.\n"],
            "nerpipe tokenize --lang sw a.txt | nerpipe shard cat --to conll", output: "Mhe\n.\nJuma\nalisema\n.\n\n"),
    ])
    func words(_ row: ForeignCase) async throws { try await row.check() }
}
