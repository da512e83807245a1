import ProgramTesting
import Testing

/// `project`, through the built program.
struct ProjectCommandTests {
    private static let project = "project --model teacher --source xx --target yy pairs.tsv -o new"

    /// The training sentences, each its own translation.
    private static func folder() async throws -> ScratchFolder {
        let folder = try await Fixture.folder()
        let sentences = try folder.text("train.conll").split(separator: "\n\n").map { sentence in
            sentence.split(separator: "\n").map { $0.prefix { $0 != "\t" } }.joined(separator: " ")
        }.filter { !$0.isEmpty }
        try folder.write("pairs.tsv", sentences.map { "\($0)\t\($0)\n" }.joined())
        return folder
    }

    @Test func labelsAreCarriedOverAndTrainedOn() async throws {
        let folder = try await Self.folder()
        let first = try await folder.expectSuccess("\(Self.project) -q --min-confidence 0 -j 1")
        #expect(first.text.hasPrefix("pairs\t80\ntoo long\t0\nentities\t"), "\(first.text)")
        let columns = try folder.text("new")
        #expect(columns.contains("\tB-PER\n") && columns.contains("\tB-LOC\n") && columns.hasSuffix("\n\n"))
        _ = try await folder.expectSuccess("\(Self.project)2 -q --min-confidence 0 -j 3")
        #expect(try folder.text("new2") == columns)
        let grown = try await folder.expectSuccess(
            "\(Self.project)3 -q --min-confidence 0 --symmetrize grow-diag-final-and --limit 20")
        #expect(grown.text.hasPrefix("pairs\t20\n"))
        _ = try await folder.expectSuccess(
            "train new --lang yy --vectors v.vectors --epochs 1 -q -o student2 \(Fixture.network.joined(separator: " "))"
        )
    }

    /// What is measured on is not learnt from, on either side.
    @Test func excludedPairsAreLeftOut() async throws {
        let folder = try await Self.folder()
        let lines = try folder.text("pairs.tsv").split(separator: "\n")
        let other = "wholly other words that nobody has measured anything on so far"
        try folder.write(
            "both.tsv", lines[..<20].joined(separator: "\n") + "\n\(other)\tsomething else\nthis\t\(other)\n")
        try folder.write("measured.txt", other + "\n")
        let project = Self.project.replacing("pairs.tsv", with: "both.tsv")
        #expect(try await folder.expectSuccess("\(project)1 --min-confidence 0").text.hasPrefix("pairs\t22\n"))
        let without = try await folder.expectSuccess("\(project)2 --min-confidence 0 --exclude measured.txt")
        #expect(without.text.hasPrefix("pairs\t20\n"), "\(without.text)")
        #expect(without.errors.contains("2 pairs left out by --exclude"), "\(without.errors)")
        #expect(try await folder.nerpipe("\(project)3 --exclude missing.txt").status == 66)
    }

    @Test func badInputIsRefused() async throws {
        let folder = try await Self.folder()
        let pairs = try folder.text("pairs.tsv")
        try folder.write("pairs.tsv", pairs + "no tab\n")
        try await folder.expectFailure(
            Self.project, 65,
            "pairs.tsv:81: no tab; every line must be SOURCE<TAB>TARGET (more columns are ignored)")
        try folder.write("pairs.tsv", Array(pairs.utf8) + [0xFF, 0x09, 0x61, 0x0A])
        try await folder.expectFailure(
            Self.project, 65, "pairs.tsv:81: not UTF-8; convert the file (for instance with iconv)")
        let skipped = try await folder.nerpipe("\(Self.project) --on-error quarantine:kept")
        #expect(skipped.status == 0 && skipped.errors.contains("1 bad record left out, kept in kept"))
        #expect(try folder.read("kept") == [0xFF, 0x09, 0x61, 0x0A])
        try folder.write("pairs.tsv", "")
        try await folder.expectFailure(
            "\(Self.project)2", 65, "pairs.tsv: no sentence pair in it; nothing to project")
        try folder.makeFolder("empty")
        try await folder.expectFailure(
            Self.project.replacing("pairs.tsv", with: "empty"), 66, "empty: no file in this folder")
        for change in ["--target xx", "--min-confidence 2", "--limit 0", "-o -", "--symmetrize union"] {
            #expect(try await folder.nerpipe("\(Self.project) \(change)").status == 64, "\(change)")
        }
    }
}
