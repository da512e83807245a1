import Testing

/// Text that ends, and how much of it there should have been.
struct ExpectedInputTests {
    private static let texts = [
        "a.txt": "One line.\n\nAnother one.\n", "b.txt": "More.\n",
        "d.jsonl": "{\"text\":\"One.\"}\n{\"text\":7}\n\n{\"id\":\"x\",\"text\":\"Two.\"}\n",
        "c.conll": "-DOCSTART- O\n\na O\n\n-DOCSTART- O\n\nb O\n",
    ]

    @Test(arguments: [
        ForeignCase(
            "the right number of files and bytes", files: texts,
            "nerpipe tokenize --expect-documents 2 --expect-bytes 30 a.txt b.txt -o new.zst && ls new.zst",
            output: "new.zst\n"),
        ForeignCase(
            "bytes are those of the decompressed text", files: texts,
            "zstd -q a.txt && nerpipe tokenize --expect-bytes 24 a.txt.zst -o new.zst && ls new.zst",
            output: "new.zst\n"),
        ForeignCase(
            "a text that is too short", files: texts,
            "nerpipe tokenize --expect-bytes 25 < a.txt -o new.zst; echo $?; ls new.zst*", status: 2, output: "65\n",
            says: [
                "nerpipe: -: the input ended after 24 bytes, --expect-bytes says 25; nothing is written: was it cut off, or is the number of another input?"
            ]),
        ForeignCase(
            "documents of JSON lines, with the bad ones", files: texts,
            "nerpipe tokenize --on-error skip --expect-documents 3 d.jsonl -o new.zst && ls new.zst",
            output: "new.zst\n"),
        ForeignCase(
            "documents of columns", files: texts,
            "nerpipe tokenize --expect-documents 3 c.conll -o new.zst; echo $?; ls new.zst*", status: 2, output: "65\n",
            says: ["nerpipe: c.conll: the input ended after 2 documents, --expect-documents says 3; *"]),
        ForeignCase(
            "tag, too", files: texts,
            "nerpipe tag --model student --lang xx --expect-documents 2 a.txt -o new.conll; echo $?; ls new.conll*",
            status: 2, output: "65\n",
            says: ["nerpipe: a.txt: the input ended after 1 documents, --expect-documents says 2; *"]),
    ])
    func expected(_ row: ForeignCase) async throws { try await row.check() }
}
