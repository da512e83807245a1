import Diagnostics
import Foundation
import NERPipeTesting
import Testing

@testable import Vectors

@Suite struct FastTextTests {
    static func imported(_ model: [UInt8], _ folder: ScratchFolder, normalization: VectorNormalization = .none) throws
        -> VectorTable
    {
        try folder.write(model, as: "m.bin")
        _ = try VectorImport.run([.init(folder["m.bin"])], to: folder["m.vectors"], .init(normalization: normalization))
        return try VectorTable(path: folder["m.vectors"])
    }

    /// One bucket, so that every n-gram has its row: the mean can be counted by hand.
    @Test func wordsAndUnknownWordsAreMeansOverTheirParts() throws {
        let folder = ScratchFolder()
        let table = try Self.imported(
            fastTextModel(words: [("</s>", [9, 9]), ("ab", [5, 0])], buckets: [[1, 2]]), folder)
        #expect(table.rowCount == 1)  // </s> is no word of a text
        // <ab> has the n-grams <ab, ab>, <ab>: (5 + 3) / 4, 6 / 4.
        #expect(table.floats("ab") == [2, 1.5])
        #expect(table.composed("xyz") == [1, 2])
        // <é> is three scalars: one n-gram.
        #expect(table.composed("é") == [1, 2])
        let longer = try Self.imported(
            fastTextModel(words: [("abcdef", [5, 0])], buckets: [[1, 2]], minimum: 4, maximum: 4), folder)
        #expect(longer.composed("é") == nil)  // too short for any n-gram
    }

    private func ngramBuckets(of word: UnsafeBufferPointer<UInt8>, minimum: Int, maximum: Int) -> [UInt32] {
        var buckets: [UInt32] = []
        SubwordHash.append(
            bucketsOf: word, .init(minimum: minimum, maximum: maximum, buckets: 1 << 30), to: &buckets)
        return buckets
    }

    /// A model of whole words; n-grams that are asked for and have no buckets; more rows than are used.
    @Test(arguments: [(3, 0, 0), (0, 0, 2), (3, 6, 0), (5, 2, 3)])
    func modelsWithoutNGramsHavePlainRows(minimum: Int, maximum: Int, bucketCount: Int) throws {
        let table = try Self.imported(
            fastTextModel(
                words: [("ab", [5, 0]), ("cd", [1, 2])], buckets: (0..<bucketCount).map { [Float($0), 9] },
                minimum: minimum, maximum: maximum), ScratchFolder())
        #expect(table.floats("ab") == [5, 0] && table.floats("cd") == [1, 2])
        #expect(table.description.subwords == nil && table.composed("xyz") == nil)
    }

    @Test func olderHeadsAreRead() throws {
        let words: [(String, [Float])] = [("</s>", [9, 9]), ("ab", [5, 0])]
        let buckets: [[Float]] = [[1, 2]]
        // Version 11, and the files of 2016 that have no magic number.
        for version in [11, nil] {
            let table = try Self.imported(
                fastTextModel(words: words, buckets: buckets, version: version), ScratchFolder())
            #expect(table.floats("ab") == [2, 1.5] && table.composed("xyz") == [1, 2], "\(version ?? 0)")
        }
        // Supervised models of version 11 have no n-grams, whatever they say; those of version 12 have.
        let old = try Self.imported(
            fastTextModel(words: words, buckets: buckets, version: 11, model: 3), ScratchFolder())
        #expect(old.floats("ab") == [5, 0] && old.description.subwords == nil)
        let new = try Self.imported(fastTextModel(words: words, buckets: buckets, model: 3), ScratchFolder())
        #expect(new.floats("ab") == [2, 1.5])
        let failure = #expect(throws: Failure.self) {
            try Self.imported(fastTextModel(words: words, buckets: buckets, version: 13), ScratchFolder())
        }
        #expect(failure?.message.contains("byte 8: not a usable fastText model: version 13") == true)
    }

    @Test func centeredRowsAndComposedWordsLieInTheSameSpace() throws {
        let words: [(String, [Float])] = [("ab", [5, 0]), ("cd", [1, 2]), ("ef", [0, 3])]
        let buckets: [[Float]] = [[1, 2], [-1, 1], [0.5, -2]]
        let plain = try Self.imported(
            fastTextModel(words: words, buckets: buckets), ScratchFolder(), normalization: .unit)
        let table = try Self.imported(
            fastTextModel(words: words, buckets: buckets), ScratchFolder(), normalization: .centerUnit)
        try table.verify()
        let rows = try ["ab", "cd", "ef"].map { try #require(plain.floats($0)).map(Double.init) }
        let mean = (0..<2).map { axis in rows.reduce(0) { $0 + $1[axis] } / 3 }
        let expected = unit(zip(rows[1], mean).map { $0 - $1 })
        #expect(worstDifference(try #require(table.floats("cd")), expected, absolute: 1e-3) == nil)
        let composed = unit(zip(unit(try #require(plain.composed("xyz")).map(Double.init)), mean).map { $0 - $1 })
        #expect(worstDifference(try #require(table.composed("xyz", language: 0)), composed, absolute: 2e-3) == nil)
    }

    @Test func ngramsOfOneCharacterLeaveTheAnglesOut() {
        let word = Array("ab".utf8)
        let buckets = word.withUnsafeBufferPointer {
            ngramBuckets(of: $0, minimum: 1, maximum: 1)
        }
        #expect(buckets.count == 2)
        let two = word.withUnsafeBufferPointer { ngramBuckets(of: $0, minimum: 1, maximum: 2) }
        #expect(two.count == 5)  // a, ab, b and <a, b>
    }

    /// FNV-1a with the bytes' signs extended: values of the reference implementation's formula, computed apart.
    @Test func hashesAreThoseOfFastText() {
        func hash(_ bytes: [UInt8]) -> UInt32 {
            bytes.reduce(2_166_136_261) { ($0 ^ UInt32(truncatingIfNeeded: Int64(Int8(bitPattern: $1)))) &* 16_777_619 }
        }
        let buckets = Array("é".utf8).withUnsafeBufferPointer {
            ngramBuckets(of: $0, minimum: 3, maximum: 3)
        }
        #expect(buckets == [hash(Array("<é>".utf8)) % (1 << 30)])
    }

    @Test func damagedModelsAreRefused() throws {
        let folder = ScratchFolder()
        let good = fastTextModel(words: [("ab", [5, 0]), ("cd", [1, 1])], buckets: [[1, 2], [3, 4]])
        for count in 4..<good.count {
            #expect(throws: Failure.self, "\(count) bytes") { try Self.imported(Array(good[..<count]), folder) }
        }
        // Each 32-bit field of the head becomes -1, 0 and very large; none may end the process.
        for offset in stride(from: 4, to: 4 + 4 + 48 + 8 + 12 + 16, by: 4) {
            for value in [Int32(-1), 0, .max, .min] {
                var damaged = good
                withUnsafeBytes(of: value) { damaged.replaceSubrange(offset..<offset + 4, with: $0) }
                do { _ = try Self.imported(damaged, folder) } catch is Failure {} catch { Issue.record("\(error)") }
            }
        }
        #expect(throws: Failure.self) {
            try Self.imported(fastTextModel(words: [("ab", [.nan, 0])], buckets: [[1, 2]]), folder)
        }
    }

    /// Also within the output matrix, of which nothing is used.
    @Test func modelsOfAnotherSizeThanTheySayAreRefused() throws {
        let folder = ScratchFolder()
        for version in [12, 11, nil] {
            let good = fastTextModel(
                words: [("ab", [5, 0]), ("cd", [1, 1])], buckets: [[1, 2], [3, 4]], version: version)
            func failure(_ bytes: [UInt8]) -> String {
                do { return "no failure, \(try Self.imported(bytes, folder).rowCount) rows" } catch {
                    return "\(error)"
                }
            }
            for count in 1...16 {
                let message = failure(good.dropLast(count))
                #expect(
                    message.contains(
                        "a fastText model of \(good.count) bytes, by the sizes in it, but the file has \(good.count - count); it was cut"
                    ), "\(message)")
            }
            #expect(
                failure(good + [0]).contains(
                    "of \(good.count) bytes, by the sizes in it, but the file has \(good.count + 1); something was appended"
                ))
        }
    }

    @Test func marksOfLineEndsAreCounted() throws {
        let model = fastTextModel(words: [("</s>", [9, 9]), ("ab", [5, 0])], buckets: [[1, 2]])
        let (table, notes) = try VectorFormatTests.imported(model)
        #expect(table.rowCount == 1 && notes == ["in: 1 mark of a line's end (</s>) left out"])
    }

    @Test func subwordRowThatIsNoNumberIsRefused() throws {
        let folder = ScratchFolder()
        #expect(throws: Failure.self) {
            try Self.imported(
                fastTextModel(
                    words: [("a", [1, 0])], buckets: [[1, 2], [.nan, 1], [.infinity, 1]], minimum: 5, maximum: 5),
                folder)
        }
    }

    /// The program itself, when it is installed: what it prints for known and unknown words.
    @Test func composesAsTheProgramDoes() throws {
        guard FileManager.default.isExecutableFile(atPath: "/usr/bin/fasttext") else {
            FileHandle.standardError.write(
                Data(
                    "SKIPPED: fasttext is not installed (Debian package fasttext); sub-word composition is not compared with it\n"
                        .utf8))
            return
        }
        let folder = ScratchFolder()
        var random = SeededGenerator(seed: 5)
        let letters = ["a", "b", "k", "o", "n", "i", "ä", "ñ", "ж", "語", "'"]
        func word() -> String {
            (0..<Int.random(in: 2...8, using: &random)).map { _ in letters.randomElement(using: &random)! }.joined()
        }
        let vocabulary = (0..<60).map { _ in word() }
        try folder.write(
            (0..<300).map { _ in (0..<10).map { _ in vocabulary.randomElement(using: &random)! }.joined(separator: " ")
            }.joined(separator: "\n") + "\n", as: "text")
        func run(_ arguments: [String], input: String = "") throws -> String {
            let process = Process(), output = Pipe()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/fasttext")
            process.arguments = arguments
            try folder.write(input, as: "stdin")
            process.standardInput = try FileHandle(forReadingFrom: URL(fileURLWithPath: folder["stdin"]))
            process.standardOutput = output
            process.standardError = FileHandle.nullDevice
            try process.run()
            let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            return text
        }
        _ = try run([
            "skipgram", "-input", folder["text"], "-output", folder["m"], "-dim", "20", "-minn", "2", "-maxn", "5",
            "-bucket", "2000",
            "-minCount", "1", "-epoch", "2", "-thread", "1",
        ])
        _ = try VectorImport.run([.init(folder["m.bin"])], to: folder["m.vectors"])
        let table = try VectorTable(path: folder["m.vectors"])
        #expect(table.rowCount == Set(vocabulary).count)
        let unknown = (0..<40).map { _ in word() + "x" }
        let words = Array(Set(vocabulary)).sorted() + unknown
        let lines = try run(["print-word-vectors", folder["m.bin"]], input: words.joined(separator: "\n") + "\n").split(
            separator: "\n")
        #expect(lines.count == words.count)
        var worst = (known: 0.0, composed: 0.0)
        for (word, line) in zip(words, lines) {
            let fields = line.split(separator: " ")
            #expect(fields[0] == word[...])
            let expected = unit(fields.dropFirst().compactMap { Double($0) })
            #expect(expected.count == 20)
            let isKnown = table.floats(word) != nil
            #expect(isKnown == !word.hasSuffix("x"))
            let found = try #require(table.floats(word) ?? table.composed(word))
            let difference = zip(found, expected).reduce(0) { max($0, abs(Double($1.0) - $1.1)) }
            if isKnown {
                worst.known = max(worst.known, difference)
            } else {
                worst.composed = max(worst.composed, difference)
            }
        }
        // Components of unit vectors; half precision alone is 2.4e-4 for those near 1, and five printed digits are
        // 1e-5.
        #expect(worst.known < 5e-4)
        #expect(worst.composed < 2e-3)
        FileHandle.standardError.write(
            Data("largest difference to fastText: \(worst.known) of rows, \(worst.composed) of composed words\n".utf8))
    }
}
