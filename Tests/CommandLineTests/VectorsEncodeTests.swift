import Foundation
import ProgramTesting
import Testing

/// `vectors encode` with the tiny random network of ``TransformerTeacherTests``.
@Suite struct VectorsEncodeTests {
    private static func encode(_ options: String, to name: String, of table: String = "base.vectors") -> String {
        "nerpipe vectors encode \(table) --encoder transformer --dimension 6 \(options) -o \(name)"
    }

    /// A table of two languages with n-grams and statistics, as `vectors train` makes it.
    private static func folder() async throws -> ScratchFolder {
        let folder = try await TransformerTeacherTests.folder()
        let pairs = (0..<40).map { "the \(Self.word($0)) is here\tla \(Self.word($0 + 3)) esta" }
        try folder.write("pairs.tsv", pairs.joined(separator: "\n") + "\n")
        _ = try await folder.expectSuccess(
            "vectors train --parallel en-es=pairs.tsv --dimension 8 --epochs 1 --buckets 500 --min-count 1 -q -o base.vectors"
        )
        return folder
    }

    private static func word(_ number: Int) -> String {
        let letters = Array("abcdefghijklmnopqrstuvwxyz")
        return String([letters[number % 23], letters[number * 7 % 26], letters[number * 3 % 19], letters[number % 5]])
    }

    @Test func theSameBytesForAnyNumberOfJobsAndWhenContinued() async throws {
        let folder = try await Self.folder()
        let one = try await folder.shell(Self.encode("-j 1", to: "one.vectors"))
        try #require(one.status == 0, "\(one.errors)")
        #expect(one.errors.contains("layers 1 of 2") || one.errors.contains("layers"), "\(one.errors)")
        let three = try await folder.shell(Self.encode("-j 3 --keep-work", to: "three.vectors"))
        #expect(three.status == 0, "\(three.errors)")
        #expect(try folder.read("one.vectors") == folder.read("three.vectors"))
        #expect(!folder.exists("one.vectors.work") && folder.exists("three.vectors.work"))
        // With the states of the words there, another share is made of them.
        let shared = try await folder.shell(Self.encode("--share 1 --force", to: "three.vectors"))
        #expect(shared.status == 0 && shared.errors.contains("1 of 1 parts are there"), "\(shared.errors)")
        let info = try await folder.expectSuccess("vectors info three.vectors").text
        #expect(info.contains("dimension      6") && info.contains("case"), "\(info)")
    }

    /// Words, languages and statistics stay; unknown words are composed for both parts.
    @Test func theTableKeepsWhatItKnows() async throws {
        let folder = try await Self.folder()
        let made = try await folder.shell(Self.encode("", to: "new.vectors"))
        try #require(made.status == 0, "\(made.errors)")
        func facts(_ name: String) async throws -> [Substring] {
            try await folder.expectSuccess("vectors info \(name)").text.split(separator: "\n").filter { line in
                ["rows", "languages", "statistics", "sub-words"].contains { line.hasPrefix($0) }
            }
        }
        let (old, new) = (try await facts("base.vectors"), try await facts("new.vectors"))
        #expect(!old.isEmpty && old == new)
        try folder.write("text.txt", "the zzzz qqqq\n")
        let covered = try await folder.shell(
            "nerpipe tokenize --lang en text.txt | nerpipe embed --vectors new.vectors | nerpipe shard cat - | head -c 3000"
        )
        #expect(covered.status == 0, "\(covered.errors)")
    }

    @Test func whatDoesNotFitIsRefused() async throws {
        let folder = try await Self.folder()
        for (options, status, message) in [
            ("--layers 7", 64, "has the layers 0"), ("--layers x", 64, "expected numbers"),
            ("--dimension 999", 64, "--dimension must be at most that"), ("--share 0", 64, "--share"),
        ] {
            let found = try await folder.shell(Self.encode(options, to: "new.vectors"))
            #expect(found.status == Int32(status) && found.errors.contains(message), "\(options): \(found.errors)")
            #expect(!folder.exists("new.vectors"))
        }
        let other = try await folder.shell(Self.encode("--encoder fixture-that-is-not", to: "new.vectors"))
        #expect(other.status == 66, "\(other.errors)")
    }
}
