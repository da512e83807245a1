import ProgramTesting
import Testing

/// Labels of one form as another, and what of them cannot be kept.
struct ConvertTests {
    private static let forms = ["doccano", "label-studio", "prodigy", "hf-tokens", "hf-spans", "conllu"]

    /// The words of the fixture are what the tokenizer makes of their text.
    @Test(arguments: forms)
    func whatIsWrittenIsReadAgain(_ form: String) async throws {
        try await ForeignCase(
            form,
            """
            set -e
            nerpipe convert -q gold.conll there --to \(form)
            nerpipe convert -q there back.conll
            cmp gold.conll back.conll
            nerpipe convert -q - again --to \(form) < back.conll
            sed 's/<stdin>/gold.conll/' again | cmp there -
            nerpipe convert -q there.zst back.zst --to conll 2> /dev/null || zstd -q there
            nerpipe convert -q there.zst - --to conll | cmp gold.conll -
            """, output: ""
        ).check()
    }

    @Test func bratIsAFolderOfFiles() async throws {
        try await ForeignCase(
            "brat",
            files: [
                "a.conll": "Anna\tB-PER\nmet\tO\nBob Ray\tB-my type\n\nNo\tO\n\n-DOCSTART-\tO\n\n😀\tO\nBob\tB-PER\n\n"
            ],
            """
            nerpipe convert a.conll out --to brat
            (cd out; for file in *; do echo "== $file"; cat $file; echo; done)
            nerpipe convert -q 'out/*.ann' - --to conll
            nerpipe convert a.conll out --to brat
            """, status: 73,
            output: """
                == a.conll.ann
                T1\tPER 0 4\tAnna
                T2\tmy_type 9 16\tBob Ray

                == a.conll.txt
                Anna met Bob Ray
                No
                == a.conll_2.ann
                T1\tPER 2 5\tBob

                == a.conll_2.txt
                😀 Bob
                Anna\tB-PER
                met\tO
                Bob\tB-my_type
                Ray\tI-my_type

                No\tO

                😀\tO
                Bob\tB-PER


                """,
            says: [
                "nerpipe convert: types whose names brat standoff cannot hold: 'my type' is my_type",
                "nerpipe convert: 2 documents, 3 sentences, 6 tokens, 3 entities",
                "nerpipe: out/a.conll.txt: *",
            ]
        ).check()
    }

    @Test(arguments: [
        ForeignCase(
            "schemes", files: ["a.conll": "a\tI-X\nb\tI-X\nc\tB-X\nd\tO\ne\tI-Y\n\n"],
            "for s in iob1 iob2 iobes bilou; do nerpipe convert -q a.conll - --to conll --scheme $s | cut -f 2 | paste -sd' '; nerpipe convert -q a.conll - --to conll --scheme $s | nerpipe convert -q - - --to conll --scheme iob1 | cmp a.conll; done",
            output: "I-X I-X B-X O I-Y \nB-X I-X B-X O B-Y \nB-X E-X S-X O S-Y \nB-X L-X U-X O U-Y \n"),
        ForeignCase(
            "what cannot be kept is counted",
            files: [
                "a.jsonl":
                    "{\"text\": \"Anna-Lena\", \"label\": [[0, 7, \"P\"], [0, 4, \"Q\"]]}\n{\"text\": \"😀 Bob\", \"label\": [[3, 6, \"P\"]]}\n"
            ],
            "nerpipe convert a.jsonl b.conll; cat b.conll",
            output: "Anna\tB-P\n-\tI-P\nLena\tI-P\n\n😀\tO\nBob\tB-P\n\n",
            says: [
                "nerpipe convert: reading a.jsonl as JSON of doccano",
                "nerpipe convert: a.jsonl: spans that do not begin and end with tokens; widened to whole ones: 1 (the first: a.jsonl:1)",
                "nerpipe convert: a.jsonl: spans that overlap a longer one; left out: 1 (the first: a.jsonl:1)",
                "nerpipe convert: a.jsonl: records with characters beyond U+FFFF; offsets are read as UTF-16 code units (--offsets): 1 (the first: a.jsonl:2)",
                "nerpipe convert: in CoNLL columns nothing says where the 2 documents begin",
                "nerpipe convert: 2 documents, 2 sentences, 5 tokens, 2 entities",
            ]),
        ForeignCase(
            "columns by name",
            files: [
                "a.conll": "word pos ner\nAnna NE B-PER\nmet VB O\n\n",
                "b.conllup": "# global.columns = ID FORM NER X\n1 Anna B-PER _\n2 met O _\n\n",
            ],
            "nerpipe convert -q a.conll - --to conll --token-column word --tag-column ner; nerpipe convert -q b.conllup - --to conll --tag-column NER; nerpipe convert a.conll - --to conll --tag-column nerr",
            status: 65, output: "Anna\tB-PER\nmet\tO\n\nAnna\tB-PER\nmet\tO\n\n",
            says: ["nerpipe: a.conll: --tag-column nerr: no line names the columns, *"]),
        ForeignCase(
            "CoNLL-U: ranges, empty nodes, spaces, names under another key",
            files: [
                "a.conllu":
                    "# text = Del mar.\n1-2\tDel\t_\t_\t_\t_\t_\t_\t_\t_\n1\tDe\t_\t_\t_\t_\t_\t_\t_\t_\n2\tel\t_\t_\t_\t_\t_\t_\t_\tX=1|ner=B-LOC\n2.1\tx\t_\t_\t_\t_\t_\t_\t_\t_\n3\tmar\t_\t_\t_\t_\t_\t_\t_\tSpaceAfter=No|ner=I-LOC\n4\t.\t_\t_\t_\t_\t_\t_\t_\t_\n\n"
            ],
            "nerpipe convert -q a.conllu - --to hf-spans --tag-column ner; nerpipe convert a.conllu - --to conll",
            status: 65,
            output:
                "{\"id\": \"a.conllu\", \"text\": \"De el mar.\", \"entities\": [{\"start\": 3, \"end\": 9, \"label\": \"LOC\"}]}\n",
            says: [
                "nerpipe: a.conllu: CoNLL-U without entities; they are read from MISC, the last column: NER=B-PER (--tag-column names another key)"
            ]),
        ForeignCase(
            "CoNLL-U: what is no token is counted, documents keep their names",
            files: [
                "a.conllu":
                    "# newdoc id = one\n1-2\tDel\t_\t_\t_\t_\t_\t_\t_\t_\n1\tDe\t_\t_\t_\t_\t_\t_\t_\t_\n2\tel\t_\t_\t_\t_\t_\t_\t_\t_\n2.1\tx\t_\t_\t_\t_\t_\t_\t_\t_\n\n# newdoc id = two\n# newdocument\n1\tAna\t_\t_\t_\t_\t_\t_\t_\tNER=B-PER\n\n# newdoc\n1\tya\t_\t_\t_\t_\t_\t_\t_\t_\n\n"
            ],
            "nerpipe convert a.conllu b.conllu; grep -E 'newdoc' b.conllu; nerpipe convert -q a.conllu - --to hf-spans | tail -n 2; nerpipe tokenize --lang es a.conllu 2> log | nerpipe shard cat --to conll; grep -E 'ranges|words|nodes' log | sed 's/.*: //'",
            output:
                "# newdoc id = one\n# newdoc id = two\n# newdoc id = a.conllu#3\n{\"id\": \"two\", \"text\": \"Ana\", \"entities\": [{\"start\": 0, \"end\": 3, \"label\": \"PER\"}]}\n{\"id\": \"a.conllu#3\", \"text\": \"ya\", \"entities\": []}\nDe\nel\n\nAna\n\nya\n\n1 empty nodes; left out\n1 multiword tokens; their words are taken\n",
            says: [
                "nerpipe convert: reading a.conllu as CoNLL-U: FORM, NER in MISC",
                "nerpipe convert: a.conllu: multiword tokens; their words are taken: 1 (the first: a.conllu:2)",
                "nerpipe convert: a.conllu: empty nodes; left out: 1 (the first: a.conllu:5)",
                "nerpipe convert: 3 documents, 3 sentences, 4 tokens, 1 entities",
            ]),
        ForeignCase(
            "types", files: ["a.conll": "a\tB-X\nb\tB-Y\n\n"],
            "nerpipe convert -q a.conll - --to conll --map X=Z --types Z; nerpipe convert a.conll new --to conll --types Q",
            status: 64, output: "a\tB-Z\nb\tO\n\n", says: ["nerpipe: a.conll: no entity of 'Q', which --types names; *"]
        ),
        ForeignCase(
            "a name that says nothing", "nerpipe convert gold.conll new.jsonl", status: 64, output: "",
            says: ["nerpipe: new.jsonl: its name does not say which form it is to have; say it with --to *"]),
        ForeignCase(
            "annotations without their text", files: ["a.ann": "T1\tX 0 1\ta\n"], "nerpipe convert a.ann new.conll",
            status: 65,
            output: "",
            says: ["nerpipe: a.ann: annotations of brat, but there is no a.txt beside them; put the text there"]),
        ForeignCase(
            "a bad record is left out and kept",
            files: ["a.json": "[{\"tokens\":[\"a\"],\n\"tags\":[\"B-X\"]},\n{\"tokens\":[\"b\"],\n\"tags\":[]}]"],
            "nerpipe convert a.json - --to conll --on-error quarantine:bad.jsonl; cat bad.jsonl",
            output: "a\tB-X\n\n{\"tokens\":[\"b\"], \"tags\":[]}\n",
            says: ["nerpipe convert: left out: a.json:3: 1 tokens and 0 tags in \"tags\""]),
    ])
    func labelsAreConverted(_ row: ForeignCase) async throws { try await row.check() }

    /// Every command that reads labels reads them in every form.
    @Test(arguments: ["doccano", "label-studio", "prodigy", "hf-tokens", "hf-spans"])
    func everyCommandReadsThem(_ form: String) async throws {
        let network = Fixture.network.joined(separator: " ")
        try await ForeignCase(
            form,
            """
            set -e
            nerpipe convert -q gold.conll gold.json --to \(form)
            nerpipe convert -q train.conll train.json --to \(form)
            nerpipe evaluate -q --model student gold.json > 1; nerpipe evaluate -q --model student gold.conll | cmp - 1
            nerpipe tag -q --model student gold.json > 1; nerpipe tag -q --model student gold.conll | cmp - 1
            nerpipe train -q train.json --dev gold.json --vectors v.vectors --lang xx --epochs 1 -o a \(network)
            nerpipe train -q train.conll --dev gold.conll --vectors v.vectors --lang xx --epochs 1 -o b \(network)
            cmp a/model.safetensors b/model.safetensors
            nerpipe mix --gold xx=train.json --share 0.25 scored.zst | nerpipe shard cat --to conll > 1
            nerpipe mix --gold xx=train.conll --share 0.25 scored.zst | nerpipe shard cat --to conll | cmp - 1
            """, output: ""
        ).check()
    }
}
