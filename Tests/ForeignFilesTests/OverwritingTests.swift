import ProgramTesting
import Testing

/// What becomes of an output that is there already: one rule for all commands.
struct OverwritingTests {
    /// A command that makes a file, and an option with which it would make another.
    struct Maker: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var name: String
        var other: String

        init(_ command: String, other: String, as name: String) {
            testDescription = command
            self.other = other
            self.name = name
        }

        /// A plot is made at once, and says nothing.
        var quiet: String { testDescription.hasPrefix("vectors plot") ? "" : " -q" }

        /// How its messages begin.
        var label: String {
            let words = testDescription.split(separator: " ")
            return (words[0] == "vectors" ? words[..<2] : words[..<1]).joined(separator: " ")
        }
    }

    private static let makers = [
        Maker("tokenize text.txt", other: "--lang zz", as: "new.zst"),
        Maker("tokenize text.txt --compress never", other: "--lang zz", as: "new"),
        Maker("embed --vectors v.vectors tokens.zst", other: "--features lower", as: "new.zst"),
        Maker("score --teacher teacher embedded.zst", other: "--teacher student", as: "new.zst"),
        Maker("select --keep 0.5 --by entropy scored.zst", other: "--by random", as: "new.zst"),
        Maker("mix --gold xx=train.conll --share 0.2 scored.zst", other: "--share 0.3", as: "new.zst"),
        Maker("tag --model student --lang yy text.txt", other: "--to jsonl", as: "new.conll"),
        Maker("tag --model student --lang yy text.txt", other: "--to jsonl", as: "new.conll.zst"),
        Maker(
            "weigh --source a=embedded.zst --source b=half.zst --sentences 50 embedded.zst", other: "--by cosine",
            as: "new"),
        Maker("vectors import v.vec", other: "--rows int8", as: "new.vectors"),
        Maker("vectors plot v.vectors --words $words", other: "--words ${words%,*}", as: "new.svg"),
        Maker(
            "vectors align xx.vectors yy.vectors --seeds identical --holdout 0", other: "--normalize center,unit",
            as: "new.vectors"),
        Maker("vectors dictionary both.vectors --from xx --to yy", other: "--words 7", as: "new.tsv"),
        Maker(
            "vectors train --text xx=text.txt --epochs 1 --dimension 4 --buckets 10", other: "--seed 2",
            as: "new.vectors"),
        Maker(
            "project --model teacher --source xx --target yy pairs.tsv", other: "--limit 10",
            as: "new.conll"),
    ]

    private static let inputs = """
        nerpipe tokenize -q --block-bytes 1000 other.txt | nerpipe embed -q --vectors v.vectors -o half.zst
        nerpipe vectors import -q xx=v.vec -o xx.vectors
        nerpipe vectors import -q yy=v.vec -o yy.vectors
        nerpipe vectors import -q xx=v.vec yy=v.vec -o both.vectors
        awk 'NF { printf "%s ", $1 } !NF { print "" }' train.conll | sed 's/ $//' > sentences; paste sentences sentences > pairs.tsv
        words=$(sed -n '2,4s/ .*//p' v.vec | paste -sd,)

        """

    @Test(arguments: makers)
    func ownIsLeftOtherIsRefusedForceReplaces(maker: Maker) async throws {
        let command = "nerpipe \(maker.testDescription)"
        try await ForeignCase(
            maker.testDescription,
            """
            \(Self.inputs)
            \(command)\(maker.quiet) -o \(maker.name) > log || cat log; cp \(maker.name) first
            \(command) -o \(maker.name) > log; echo $?; cmp \(maker.name) first || echo changed
            \(command) \(maker.other) -o \(maker.name) > log; echo $?; cmp \(maker.name) first || echo changed
            \(command) \(maker.other)\(maker.quiet) --force -o \(maker.name) > log; echo $?; cmp -s \(maker.name) first && echo unchanged
            ls \(maker.name)*
            """, output: "0\n73\n0\n\(maker.name)\n",
            says: [
                "nerpipe \(maker.label): \(maker.name): complete already, nothing to do",
                "nerpipe: \(maker.name): is there already, and is not the finished output of this same run; name another output, or replace it with --force",
            ]
        ).check()
    }

    private static let refusal = "nerpipe: x*: is there already, and is not the finished output of this same run; *"

    @Test(arguments: [
        ForeignCase(
            "an input that has changed",
            "nerpipe tokenize text.txt -o x.zst; echo >> text.txt; nerpipe tokenize text.txt -o x.zst",
            status: 73, says: [refusal]),
        ForeignCase(
            "an output that has changed",
            "nerpipe tokenize text.txt -o x.zst; echo >> x.zst; nerpipe tokenize text.txt -o x.zst",
            status: 73, says: [refusal]),
        ForeignCase(
            "a model that has changed",
            "c='nerpipe tag --model student --lang yy text.txt -o x.conll'; $c; touch student/config.json; $c",
            status: 73,
            says: [refusal]),
        ForeignCase(
            "a pipe cannot be known again",
            "cat text.txt | nerpipe tokenize -o x.zst; cat text.txt | nerpipe tokenize -o x.zst", status: 73,
            says: [refusal]),
        ForeignCase(
            "a file on standard input can",
            "nerpipe tokenize -o x.zst < text.txt; nerpipe tokenize -j 1 -o x.zst < text.txt",
            says: ["nerpipe tokenize: x.zst: complete already, nothing to do"]),
        ForeignCase(
            "quiet says nothing", "nerpipe tokenize text.txt -o x.zst; nerpipe tokenize text.txt -q -o x.zst 2>&1",
            output: ""),
        ForeignCase(
            "somebody else's file", "echo mine > x; nerpipe vectors import v.vec -o x; cat x", output: "mine\n",
            says: [refusal]),
        ForeignCase(
            "counts of the same evaluation are written again, with the report; others are refused",
            """
            e='nerpipe evaluate --model student --lang yy gold.conll --bootstrap 0 --counts x'
            $e > a; $e > b; cmp a b; echo $?; $e --types PER; echo $?
            """, output: "0\n73\n", says: [refusal]),
        ForeignCase(
            "shards of the same stream are written again, others are refused",
            """
            nerpipe shard split scored.zst --blocks 1 -o x-; rm x-00001.zst
            nerpipe shard split scored.zst --blocks 1 -o x-; echo $?; ls x-00001.zst
            nerpipe shard split scored.zst --blocks 2 -o x-; echo $?
            """, output: "0\nx-00001.zst\n73\n", says: [refusal]),
        ForeignCase(
            "devices are no outputs that are there",
            "for i in 1 2; do nerpipe tokenize text.txt -o /dev/null; nerpipe tag --model student --lang yy text.txt -o /dev/stdout > t; done"
        ),
        ForeignCase(
            "tagged text is compressed when its name says so",
            "nerpipe tag --model student --lang yy text.txt -o x.conll.zst; zstd -qdc x.conll.zst | cmp - <(nerpipe tag --model student --lang yy text.txt)"
        ),
        ForeignCase(
            "gzip is not written", "nerpipe tag --model student --lang yy text.txt -o x.conll.gz", status: 64,
            says: [
                "nerpipe: x.conll.gz: nerpipe does not write .gz; name x.conll.zst, or x.conll and compress it afterwards"
            ]),
        ForeignCase(
            "nor is a stream named so", "nerpipe tokenize text.txt -o x.gz; echo $?; ls x*", status: 2, output: "64\n"),
        ForeignCase(
            "a definition that makes a stream",
            """
            printf 'inputs: [text.txt]\\nstages:\\n  - tokenize: {lang: yy}\\n  - embed: {vectors: v.vectors}\\noutput: x.zst\\n' > p.yaml
            nerpipe run p.yaml; nerpipe run p.yaml; echo $?; touch v.vectors; nerpipe run p.yaml; echo $?
            nerpipe run p.yaml --force; echo $?
            """, output: "0\n73\n0\n", says: [refusal, "nerpipe run: x.zst: complete already, nothing to do"]),
        ForeignCase(
            "a second process gives up at once, or waits for the first",
            """
            mkfifo feed; nerpipe tokenize feed -o x.zst & first=$!; exec 3> feed; until [ -e x.zst.tmp ]; do sleep 0.02; done
            nerpipe tokenize text.txt -o x.zst; echo $?
            nerpipe tokenize text.txt -o x.zst --wait 0.2; echo $?
            (sleep 0.3; kill -9 $first) & nerpipe tokenize text.txt -o x.zst --wait 30; echo $?; ls x.zst*
            """, output: "73\n73\n0\nx.zst\n",
            says: [
                "nerpipe: x.zst: another process of nerpipe writes it now; wait until that has ended (--wait SECONDS), or name another output"
            ]),
    ])
    func rule(_ row: ForeignCase) async throws { try await row.check() }

    @Test(
        .enabled(if: Program.exists("script")),
        arguments: [
            ForeignCase(
                "a stream cannot be typed", "script -qec 'nerpipe update -o new' /dev/null", status: 64,
                output:
                    "*nerpipe: <stdin>: is a terminal, and a stream of nerpipe is expected; pipe the stage before into this one, or name a file\r\n"
            ),
            ForeignCase(
                "text can",
                "(sleep 0.5; printf 'Some words.\\n\\004'; sleep 1) | script -qec 'nerpipe tokenize -o new.zst' /dev/null; ls new.zst",
                output: "*nerpipe: reading text from the terminal; Ctrl-D ends it, Ctrl-C stops\r\n*new.zst\n"),
        ])
    func terminal(_ row: ForeignCase) async throws { try await row.check() }
}
