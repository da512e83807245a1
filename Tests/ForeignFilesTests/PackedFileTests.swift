import Testing

/// Files that another program compressed or packed, given to everything that reads text.
struct PackedFileTests {
    private static let bzip2: [UInt8] = [
        66, 90, 104, 57, 49, 65, 89, 38, 83, 89, 10, 228, 236, 196, 0, 0, 1, 81, 0, 0, 16, 64, 0, 48, 0, 32, 0, 33, 154,
        104, 51, 77, 23, 60, 93, 201, 20, 225, 66, 64, 43, 147, 179, 16,
    ]
    private static let xz: [UInt8] = [
        253, 55, 122, 88, 90, 0, 0, 4, 230, 214, 180, 70, 2, 0, 33, 1, 22, 0, 0, 0, 116, 47, 229, 163, 1, 0, 3, 97, 32,
        98,
        10, 0, 254, 248, 222, 141, 144, 253, 155, 128, 0, 1, 28, 4, 111, 44, 156, 193, 31, 182, 243, 125, 1, 0, 0, 0, 0,
        4,
        89, 90,
    ]
    /// `a b` in a frame of zstd whose head asks for a window of 256 MiB.
    private static let wideWindow: [UInt8] = [
        0x28, 0xB5, 0x2F, 0xFD, 4, 0x90, 0x21, 0, 0, 0x61, 0x20, 0x62, 0x0A, 0x82, 0xDE, 0xB1, 0xB2,
    ]
    /// The same in one that names a dictionary.
    private static let withDictionary: [UInt8] = [
        0x28, 0xB5, 0x2F, 0xFD, 0x27, 0xD5, 0x53, 0x47, 0x4C, 4, 0x21, 0, 0, 0x61, 0x20, 0x62, 0x0A, 0x82, 0xDE, 0xB1,
        0xB2,
    ]

    /// Every command that reads what others write, with `INPUT` for the file.
    private static let readers = [
        "tokenize --lang yy --invalid replace INPUT",
        "tag --model teacher --lang yy --invalid replace INPUT",
        "evaluate --model teacher --lang yy INPUT",
        "evaluate INPUT",
        "train INPUT --vectors v.vectors --lang xx -o new",
        "train train.conll --dev INPUT --vectors v.vectors --lang xx -o new",
        "project INPUT --model teacher --source xx --target yy -o new",
        "vectors import --invalid replace INPUT -o new",
        "vectors coverage v.vectors --lang yy INPUT",
        "vectors align two.vectors --from xx --to yy --dictionary INPUT -o new",
        "vectors evaluate v.vectors --from xx --to yy --dictionary INPUT",
        "vectors plot v.vectors --from xx --to yy --words INPUT -o new.svg",
        "vectors train --parallel xx-yy=INPUT -o new",
        "vectors train --text xx=INPUT -o new",
        "shard cat INPUT",
    ]

    @Test(arguments: readers)
    func everyReaderNamesWhatItCannotUnpack(command: String) async throws {
        for (name, bytes, what) in [
            ("f.txt", Self.bzip2, "bzip2-compressed; * for example bzcat FILE | nerpipe ..."),
            ("f.conll", Self.xz, "xz-compressed; * for example xz -dc FILE | nerpipe ..."),
            (
                "f.zst", Self.wideWindow,
                "after byte 0 *window of more than 128 MiB*zstd --long=31 -dc FILE | nerpipe ..."
            ),
            ("f.tsv", Self.withDictionary, "after byte 0 *dictionary*zstd -D DICTIONARY -dc FILE | nerpipe ..."),
        ] {
            try await ForeignCase(
                "\(command) \(name)", bytes: [name: bytes],
                "nerpipe vectors import -q xx=v.vec yy=other.vec -o two.vectors; nerpipe \(command.replacing("INPUT", with: name))",
                status: 65,
                says: ["nerpipe: \(name): \(what)"]
            ).check()
        }
    }

    /// The same from a file compressed with gzip as from a plain one.
    @Test(arguments: [
        "tokenize --lang yy INPUT | nerpipe shard cat --to conll", "tokenize --lang yy < INPUT | nerpipe shard cat",
        "tag --model teacher --lang yy INPUT",
        "evaluate --model teacher --lang yy gold.conll", "evaluate --model teacher --lang yy gold.conll --counts c",
        "vectors coverage v.vectors --lang yy INPUT", "vectors import v.vec -o new && nerpipe vectors info --json new",
    ])
    func gzipIsReadWhereverZstdIs(command: String) async throws {
        let plain = command.replacing("INPUT", with: "text.txt")
        var packed = plain
        for name in ["text.txt", "gold.conll", "train.conll", "v.vec "] {
            packed.replace(name, with: name == "v.vec " ? "v.vec.gz " : "\(name).gz")
        }
        try await ForeignCase(
            command,
            """
            set -o pipefail
            gzip -k text.txt gold.conll train.conll v.vec
            nerpipe \(plain) > plain && rm -f new c && nerpipe \(packed) > packed && cmp plain packed && [ -s packed ]
            """
        ).check()
    }

    @Test(arguments: [
        ForeignCase(
            "gzip through a pipe, several members, more than fits into the pipes",
            """
            for i in {1..30000}; do echo "line $i"; done > many
            (gzip -c many; gzip -c many) | nerpipe tokenize --lang yy | cat > new && cat many many | nerpipe tokenize --lang yy | cmp - new
            """),
        ForeignCase(
            "gzip that was cut",
            "gzip -c text.txt | head -c 100 | nerpipe tokenize --lang yy", status: 65,
            says: ["nerpipe: <stdin>: gzip gave up after byte *; the file was cut or is damaged: *"]),
        ForeignCase(
            "plain text behind gzip",
            "(gzip -c text.txt; cat text.txt) | nerpipe tokenize --lang yy", status: 65,
            says: ["nerpipe: <stdin>: gzip gave up after byte *; what follows there is no gzip; *"]),
        ForeignCase(
            "no gzip program", "gzip -k text.txt; PATH=/nowhere $(type -P nerpipe) tokenize --lang yy text.txt.gz",
            status: 69,
            says: ["nerpipe: text.txt.gz: cannot start the program gzip to decompress it: *; install gzip, *"]),
        ForeignCase(
            "tar in gzip", "tar cz text.txt | nerpipe tokenize --lang yy --invalid replace", status: 65,
            says: ["nerpipe: <stdin>: gzip-compressed, and in that a tar archive; *gzip -dc FILE | tar -xOf - NAME | *"]
        ),
        ForeignCase(
            "tar in zstd", "tar c text.txt | zstd | nerpipe tokenize --lang yy --invalid replace", status: 65,
            says: ["nerpipe: <stdin>: zstd-compressed, and in that a tar archive; *"]),
        ForeignCase(
            "gzip twice", "gzip -c text.txt | gzip | nerpipe tokenize --lang yy", status: 65,
            says: ["nerpipe: <stdin>: gzip-compressed, and in that gzip-compressed; *"]),
        ForeignCase(
            "text behind zstd", "(zstd -c text.txt; cat text.txt) | nerpipe tokenize --lang yy", status: 65,
            says: ["nerpipe: <stdin>: after byte *: what follows the last zstd frame is none; *"]),
    ])
    func packed(_ row: ForeignCase) async throws { try await row.check() }
}
