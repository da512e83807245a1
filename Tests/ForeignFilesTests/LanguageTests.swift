import Testing

/// Languages as others name them, and tables that have them or not.
struct LanguageTests {
    private static let tables = """
        set -e; nerpipe vectors import -q sw=v.vec en=other.vec -o two.vectors
        nerpipe vectors import -q nb=v.vec zh-Hans=other.vec zh-Hant=other.vec -o three.vectors

        """
    private static let train =
        "nerpipe train -q train.conll --epochs 1 --width 16 --convolutions 1 --feature-buckets 64"

    @Test(arguments: ["swa", "swh", "SW", "sw-KE", "sw_Latn", "swa-Latn-TZ"])
    func everyCodeOfALanguageFindsItsRows(_ code: String) async throws {
        try await ForeignCase(
            code,
            Self.tables + """
                for lang in sw \(code); do nerpipe tokenize --lang $lang text.txt > $lang.tokens
                nerpipe embed --vectors two.vectors $lang.tokens -o $lang.zst; done
                cmp sw.zst \(code).zst
                """, says: ["nerpipe embed: embed: * tokens of '\(code)', which is 'sw' in the table"]
        ).check()
    }

    @Test(arguments: [
        ForeignCase(
            "a language the table does not have",
            tables + "nerpipe tokenize --lang xx text.txt | nerpipe embed --vectors two.vectors", status: 64,
            says: [
                "nerpipe: two.vectors: no rows of language 'xx'; it has rows of sw, en; name one of them with --lang"
            ]),
        ForeignCase(
            "a typing error",
            tables + "\(train) --lang ew --vectors two.vectors -o m", status: 64,
            says: [
                "nerpipe: two.vectors: no rows of language 'ew'; it has rows of sw, en (did you mean sw?); name one of them with --lang"
            ]),
        ForeignCase(
            "the other written Norwegian",
            tables + "\(train) --lang nn --vectors three.vectors -o m", status: 64,
            says: ["nerpipe: three.vectors: no rows of language 'nn'; * (did you mean nb?); *"]),
        ForeignCase(
            "Norwegian, and Chinese of two scripts",
            tables + """
                \(train) --lang no --vectors three.vectors -o m; \(train) --lang zh-TW --vectors three.vectors -o n
                grep -o '"nb"' m/config.json; grep -o '"zh-Hant"' n/config.json
                \(train) --lang zh --vectors three.vectors -o k
                """, status: 64, output: "\"nb\"\n\"zh-Hant\"\n",
            says: ["nerpipe: three.vectors: 'zh' may be zh-Hans or zh-Hant there; say which with --lang"]),
        ForeignCase(
            "labelled files that name no language, or another one",
            tables + """
                \(train) --lang sw --vectors two.vectors -o m; nerpipe tokenize --lang sw text.txt | nerpipe embed --vectors two.vectors \
                | nerpipe score --teacher m > s
                nerpipe mix --gold train.conll --share 0.5 s -o a && exit 1
                nerpipe mix --gold xx=train.conll --share 0.5 s -o b && exit 1
                nerpipe update s --selector policy --selector-dev xx=gold.conll -o k --width 16 --convolutions 1
                """, status: 64,
            says: [
                "nerpipe: the language of the text is not given, *; name it with --gold LANGUAGE=FILE",
                "nerpipe: two.vectors: no rows of language 'xx'; *; name one of them with --gold LANGUAGE=FILE",
                "nerpipe: two.vectors: no rows of language 'xx'; *; name one of them with --selector-dev LANGUAGE=FILE",
            ]),
        ForeignCase(
            "words of an unknown language", tables + "nerpipe vectors nearest two.vectors a --from xx --to sw",
            status: 64,
            says: ["nerpipe: two.vectors: no rows of language 'xx'; *; name one of them with --from"]),
        ForeignCase(
            "coverage of an unknown language", tables + "nerpipe vectors coverage two.vectors text.txt", status: 64,
            says: ["nerpipe: the language of the text is not given, *"]),
        ForeignCase(
            "one language written in two ways", "nerpipe vectors import sw=v.vec swa=other.vec -o t.vectors",
            status: 64,
            says: ["nerpipe: 'sw' and 'swa' are one language; name it in one way for all inputs"]),
        ForeignCase(
            "any name will do where rows are of no language",
            "nerpipe tokenize --lang xx text.txt | nerpipe embed --vectors v.vectors > a; nerpipe shard info a | grep xx",
            output: "*xx*\n"),
    ])
    func languages(_ row: ForeignCase) async throws { try await row.check() }

    @Test func aModelKnowsItsLanguage() async throws {
        let prepared =
            Self.tables + """
                \(Self.train) --lang swa --vectors two.vectors -o 'my teacher'
                nerpipe tokenize --lang sw text.txt | nerpipe embed --vectors two.vectors | nerpipe score --teacher 'my teacher' \
                | nerpipe update -q --epochs 1 --width 16 --convolutions 1 -o pupil

                """
        try await ForeignCase(
            "what the card says works",
            prepared + """
                cp text.txt text
                for model in 'my teacher' pupil; do
                  command=$(sed -n 's/.*: `\\(nerpipe tag[^`]*\\)`.*/\\1/p' "$model/README.md")
                  eval "$command" > a; nerpipe tag --lang sw --model "$model" text.txt > b; cmp a b
                  nerpipe evaluate --model "$model" gold.conll > a; nerpipe evaluate --model "$model" --lang sw gold.conll | cmp a -
                done
                """,
            says: [
                "nerpipe tag: the text is taken to be 'sw', the language of the model; --lang names another",
                "nerpipe evaluate: the text is taken to be 'sw', the language of the model; --lang names another",
            ]
        ).check()
        try await ForeignCase(
            "an ensemble of two languages, and a model of two",
            prepared + """
                \(Self.train) en=gold.conll --lang sw --vectors two.vectors -o both
                grep -q 'tag --model both --lang sw < text' both/README.md
                nerpipe tag --model both text.txt && exit 1
                nerpipe evaluate --model both --model 'my teacher' gold.conll
                """, status: 64,
            says: [
                "nerpipe: the language of the text is not given, and the model knows several (sw en); name it with --lang"
            ]
        ).check()
    }
}

/// Words in the usual writings of their languages.
struct WordWritingTests {
    private static let vectors = """
        9 2
        n'ime 1 0
        ‘yan 0 1
        می‌خواهم 1 1
        αθήνας 1 2
        istanbul 2 1
        ısparta 3 1
        intel 1 3
        об’єкт 2 3
        house 4 1

        """

    @Test(arguments: [
        ForeignCase(
            "every writing finds the word",
            files: [
                "w.vec": vectors,
                "t.conll":
                    "n\u{2019}ime O\nn\u{2BC}ime O\nN\u{2BB}ime O\n'Yan O\nمیخواهم O\nΑΘΉΝΑΣ O\nоб'єкт O\nho\u{AD}use O\n\u{2018} O\n",
            ],
            """
            nerpipe vectors import -q w.vec -o w.vectors
            nerpipe vectors coverage w.vectors t.conll --json | grep -A9 '"total"' | tr -d ' \\n'
            """, output: "\"total\":{\"tokens\":{\"absent\":1,\"row\":8},*"),
        ForeignCase(
            "Turkish has two of i",
            files: ["w.vec": vectors, "t.txt": "İstanbul ve ISPARTA, Intel\n"],
            """
            set -e; nerpipe vectors import -q tr=w.vec -o w.vectors; nerpipe vectors nearest w.vectors ISPARTA --from tr --count 1 >/dev/null
            for lang in tr az-Latn; do nerpipe vectors import -q w.vec -o any.vectors
            nerpipe vectors coverage any.vectors --lang $lang t.txt | sed -n '/absent\\t/p'; done
            nerpipe vectors coverage w.vectors --lang tr t.txt | sed -n '/absent\\t/p'
            """, output: String(repeating: "1\tabsent\tve\n1\tabsent\t,\n", count: 3)),
        ForeignCase(
            "dictionaries meet the table they are for",
            files: [
                "w.vec": vectors, "e.vec": "3 2\ninside 1 0\ncity 2 1\nhouse 4 1\n",
                "d.tsv": "n\u{2BC}ime\tinside\nISTANBUL\tcity\nho\u{AD}use\thouse\n",
            ],
            """
            set -e; nerpipe vectors import -q ig=w.vec en=e.vec -o w.vectors
            nerpipe vectors evaluate w.vectors --from ig --to en --dictionary d.tsv | grep coverage
            nerpipe vectors info w.vectors | grep look-up
            """,
            output:
                "coverage *100.00  (3 of 3 words)\nlook-up        lower-case by language, NFC; apostrophes and invisible characters folded\n"
        ),
    ])
    func words(_ row: ForeignCase) async throws { try await row.check() }
}
