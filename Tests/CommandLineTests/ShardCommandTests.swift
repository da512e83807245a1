import Foundation
import ProgramTesting
import Testing

struct ShardCommandTests {
    /// What runs keep for themselves is whole, too.
    @Test func filesOfWorkFoldersAreVerified() async throws {
        let folder = try await Fixture.folder()
        let outcome = try await folder.shell(
            """
            set -e
            awk 'NF { printf "%s ", $1 } !NF { print "" }' train.conll | sed 's/ $//' > sentences; paste sentences sentences > pairs.tsv
            nerpipe vectors train -q --parallel aa-bb=pairs.tsv --epochs 1 --dimension 4 --buckets 10 --keep-work -o t.vectors
            nerpipe shard verify t.vectors.work/*.zst t.vectors.work/*.dictionary t.vectors.work/*.checkpoint student/checkpoints/* | cut -d: -f2 | cut -d, -f1 | sort | uniq -c
            """)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.text.split(separator: "\n").allSatisfy { $0.hasSuffix(" ok") }, "\(outcome.text)")
    }

    @Test func infoSaysWhatAStreamIs() async throws {
        let folder = try await Fixture.folder()
        let digest = try await folder.digest(of: "v.vectors")
        let info = try await folder.expectSuccess("shard info scored.zst").text
        #expect(
            Pattern(
                """
                scored.zst
                  kind        scored
                  producer    nerpipe *
                  language    yy
                  tokenizer   uax29/15.0 icu/* sentences/2
                  vectors     v.vectors, dimension 8, digest \(digest)
                  features    shape
                  labels      O B-LOC I-LOC B-PER I-PER
                  teachers    *
                  streams     1
                  blocks      *
                  documents   1
                  sentences   60
                  tokens      566

                """
            ).matches(info), "\(info)")
    }

    @Test func catPrintsEveryKind() async throws {
        let folder = try await Fixture.folder()
        for stream in ["tokens.zst", "embedded.zst", "scored.zst"] {
            let lines = try await folder.expectSuccess("shard cat \(stream)").text.split(separator: "\n")
            #expect(lines.count == 60)
            let first = try #require(try JSONSerialization.jsonObject(with: Data(lines[0].utf8)) as? [String: Any])
            #expect(first["doc"] as? String == "text.txt")
            #expect(
                (first["rows"] != nil) == (stream != "tokens.zst")
                    && (first["probabilities"] != nil) == (stream == "scored.zst"))
        }
        let columns = try await folder.expectSuccess("shard cat --to conll tokens.zst").text
        let words = columns.split(separator: "\n").joined(separator: " ")
        #expect(
            words
                == (try folder.text("text.txt")).split(whereSeparator: { $0 == " " || $0 == "\n" }).joined(
                    separator: " "))
    }

    @Test func verifyReportsEachStream() async throws {
        let folder = try await Fixture.folder()
        let bytes = try folder.read("tokens.zst")
        try folder.write("cut.zst", Array(bytes[..<(bytes.count / 2)]))
        let good = try await folder.expectSuccess("shard verify tokens.zst scored.zst student/checkpoints/*.zst")
        #expect(good.text.split(separator: "\n").count == 3 && good.errors.isEmpty)
        let bad = try await folder.nerpipe("shard verify cut.zst tokens.zst")
        #expect(bad.status == 65 && bad.errors == "nerpipe: a stream is damaged; see above\n")
        let lines = bad.text.split(separator: "\n")
        #expect(
            lines.count == 2 && lines[0].hasPrefix("cut.zst: compressed data ends")
                && lines[1].hasPrefix("tokens.zst: ok, "))
        let missing = try await folder.nerpipe("shard verify nowhere.zst")
        #expect(missing.status == 66 && missing.errors == "nerpipe: a stream is missing; see above\n")
    }

    @Test func splitShardsAreTheSameStream() async throws {
        let folder = try await Fixture.folder()
        _ = try await folder.expectSuccess("shard split scored.zst --blocks 2 -o parts/part-")
        let names = folder.names(in: "parts")
        #expect(names.count >= 2 && names[0] == "part-00000.zst" && names.allSatisfy { $0.hasSuffix(".zst") })
        let whole = try await folder.nerpipe("shard cat scored.zst")
        #expect(try await folder.expectSuccess("shard cat parts/part-*.zst").output == whole.output)
        // A concatenation of files is a stream, too.
        let joined = try await folder.shell(
            "cat parts/part-*.zst > joined.zst; zstd -qt joined.zst && nerpipe shard cat joined.zst")
        #expect(joined.status == 0 && joined.output == whole.output, "\(joined.errors)")
    }

    @Test(.enabled(if: Program.exists("zstd")))
    func everyFileIsAnOrdinaryZstdFile() async throws {
        let folder = try await Fixture.folder()
        let outcome = try await folder.shell(
            """
            nerpipe shard split scored.zst --blocks 1 -o part- && zstd -qt tokens.zst embedded.zst scored.zst student/checkpoints/*.zst part-*.zst
            """)
        #expect(outcome.status == 0, "\(outcome.errors)")
    }

    @Test(.enabled(if: Program.exists("zstd")))
    func plainAndCompressedStreamsAreTheSame() async throws {
        let folder = try await Fixture.folder()
        let outcome = try await folder.shell(
            """
            set -e -o pipefail
            zstdcat tokens.zst | nerpipe embed -q --vectors v.vectors | cmp - <(zstdcat embedded.zst)
            nerpipe embed -q --vectors v.vectors - < tokens.zst | cmp - <(zstdcat embedded.zst)
            nerpipe embed -q --vectors v.vectors --compress always < tokens.zst | cmp - embedded.zst
            nerpipe embed -q --vectors v.vectors --compress never tokens.zst -o plain && cmp plain <(zstdcat embedded.zst)
            nerpipe embed -q --vectors v.vectors --jobs 1 tokens.zst -o one.zst && cmp one.zst embedded.zst
            nerpipe embed -q --vectors v.vectors --jobs 7 tokens.zst -o seven.zst && cmp seven.zst embedded.zst
            zstdcat embedded.zst embedded.zst | nerpipe score --teacher teacher - -o twice.zst
            nerpipe score --teacher teacher embedded.zst - < embedded.zst -o mixed.zst && cmp twice.zst mixed.zst
            cat embedded.zst embedded.zst | nerpipe score --teacher teacher -o joined.zst && cmp twice.zst joined.zst
            zstd -q -19 -c plain > again.zst && nerpipe score --teacher teacher again.zst -o scored2.zst && cmp scored2.zst scored.zst
            """)
        #expect(outcome.status == 0, "\(outcome.errors)\(outcome.text)")
    }
}

/// Tags of scored sentences are those that a tagger would give.
struct ScoredTagsTests {
    @Test func noEntityWithoutABeginning() async throws {
        let folder = try await Fixture.folder()
        let outcome = try await folder.shell(
            """
            set -e -o pipefail
            nerpipe shard cat --to conll scored.zst | grep . > scored.conll
            nerpipe tag -q --model teacher --lang yy text.txt | grep . | diff scored.conll - > differences || true
            awk -F'\\t' '{ if ($2 ~ /^I-/ && last !~ ("^[BI]-" substr($2, 3) "$")) print "without a beginning: " $0; last = $2 }' scored.conll
            wc -l < scored.conll; grep -c '^<' differences || true
            """)
        let lines = outcome.text.split(separator: "\n").map(String.init)
        #expect(outcome.status == 0 && lines.count == 2, "\(outcome.text)\(outcome.errors)")
        // Scores have 11 bits; where two tags are that close, another may win.
        let tokens = lines.first.flatMap { Int($0.trimmingPrefix(while: \.isWhitespace)) } ?? 0
        #expect(tokens > 100 && (lines.last.flatMap { Int($0) } ?? .max) * 100 <= tokens, "\(outcome.text)")
    }
}
