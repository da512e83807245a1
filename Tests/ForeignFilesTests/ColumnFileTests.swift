import Testing

/// CoNLL columns as others write them.
struct ColumnFileTests {
    @Test(arguments: [
        ForeignCase(
            "CRLF and a byte order mark",
            files: ["gold.txt": "\u{FEFF}Anna\tB-PER\r\nlacht\tO\r\n"],
            "nerpipe tokenize --format conll gold.txt | nerpipe shard cat --to conll", output: "Anna\nlacht\n\n")
    ])
    func columns(_ row: ForeignCase) async throws { try await row.check() }
}
