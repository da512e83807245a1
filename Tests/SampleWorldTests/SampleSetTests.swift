import Testing
import sample_world

/// A small sample of two languages, made once for all tests of the suite.
private let small: [SampleFile] = SampleSet(seed: 7, sizes: smallSizes, languages: ["qaa", "qaf"]).files()

private var smallSizes: CorpusSizes {
    var sizes = CorpusSizes()
    sizes.sourceSentences = 60
    sizes.unlabelledSentences = 50
    sizes.devSentences = 20
    sizes.testSentences = 20
    sizes.parallelSentences = 30
    return sizes
}

struct SampleSetTests {
    @Test func makesTheFilesOfTheAgreedLayout() {
        #expect(
            small.map(\.path) == [
                "qaa/train.conll", "qaa/dev.conll", "qaa/test.conll", "vectors/qaa.vec", "qaf/unlabelled/00.txt",
                "qaf/unlabelled/01.txt", "qaf/unlabelled/02.txt", "qaf/dev.conll", "qaf/test.conll", "vectors/qaf.vec",
                "qaf/parallel.tsv", "README.md", "manifest.json",
            ])
    }

    @Test func anotherSeedGivesAnotherWorld() {
        let other = SampleSet(seed: 8, sizes: smallSizes, languages: ["qaa"]).files()
        #expect(other[0].bytes != small[0].bytes)
        #expect(other[3].bytes != small[3].bytes)
    }

    @Test func theSameSeedGivesTheSameBytesWhateverOtherLanguagesAreAsked() {
        let alone = SampleSet(seed: 7, sizes: smallSizes, languages: ["qaf"]).files()
        #expect(alone.prefix(6).map(\.bytes) == small[4..<10].map(\.bytes))
    }

    /// Pins the bytes across machines and compiler versions; a change of the world on purpose changes the digests.
    @Test(arguments: [
        ("qaa/train.conll", "7b31b222a0f5f842db479e3710758011996eceda5d1f31b01f8d6505d5db56e1"),
        ("vectors/qaf.vec", "fea77b0d731a09d3d47a51cd093355c3f4c700141d0ec6908d0cefc04d7491d1"),
        ("qaf/unlabelled/02.txt", "1c027860f9d5973d84a8aca7982e5244aaa871af10793acfe28fdbd0fcdc51f7"),
    ])
    func theBytesAreThoseOfEveryMachine(path: String, digest: String) throws {
        let file = try #require(small.first { $0.path == path })
        #expect(SHA256.hexadecimal(of: file.bytes) == digest)
    }

    @Test func theManifestNamesEveryFileWithItsSizeAndDigest() throws {
        let manifest = String(decoding: try #require(small.last).bytes, as: UTF8.self)
        for file in small.dropLast() {
            #expect(manifest.contains("\"path\": \"\(file.path)\", \"bytes\": \(file.bytes.count)"))
            #expect(manifest.contains("\"sha256\": \"\(SHA256.hexadecimal(of: file.bytes))\""))
        }
    }

    @Test func trainDevAndTestDiffer() {
        let sentences = small.prefix(3).map { file in
            Set(String(decoding: file.bytes, as: UTF8.self).split(separator: "\n\n"))
        }
        #expect(sentences[0].intersection(sentences[1]).count < 3)
        #expect(sentences[1].intersection(sentences[2]).count < 3)
    }

    @Test(arguments: ["vectors/qaa.vec", "vectors/qaf.vec"])
    func vectorFilesAreWellFormedAndLowerCased(path: String) throws {
        let file = try #require(small.first { $0.path == path })
        let lines = String(decoding: file.bytes, as: UTF8.self).split(separator: "\n")
        let header = lines[0].split(separator: " ").compactMap { Int($0) }
        #expect(header == [lines.count - 1, FixedVector.dimension])
        var seen: Set<Substring> = []
        for line in lines.dropFirst() {
            let fields = line.split(separator: " ")
            #expect(fields.count == FixedVector.dimension + 1)
            #expect(seen.insert(fields[0]).inserted, "a word has one row")
            #expect(fields[0].lowercased() == fields[0])
            let squares = fields.dropFirst().compactMap { Double($0) }.reduce(0) { $0 + $1 * $1 }
            #expect(abs(squares.squareRoot() - 0.1) < 0.006)
        }
    }

    /// A number is written with other digits, and means the same: translations say what the original says.
    @Test func translationsHaveTheNumbersOfTheOriginal() throws {
        let file = try #require(small.first { $0.path == "qaf/parallel.tsv" })
        let lines = String(decoding: file.bytes, as: UTF8.self).split(separator: "\n")
        #expect(lines.count == 30)
        func digits(_ text: Substring) -> [Int] {
            text.unicodeScalars.compactMap { scalar in
                scalar.properties.generalCategory == .decimalNumber
                    ? scalar.properties.numericValue.map { Int($0) } : nil
            }
        }
        var numberCount = 0
        for line in lines {
            let sides = line.split(separator: "\t", omittingEmptySubsequences: false)
            #expect(sides.count == 2 && digits(sides[0]) == digits(sides[1]))
            numberCount += digits(sides[0]).count
        }
        #expect(numberCount > 5)
    }

    @Test func everyDocumentIsOneLineAndEndsLikeASentence() throws {
        let file = try #require(small.first { $0.path == "qaf/unlabelled/00.txt" })
        let text = String(decoding: file.bytes, as: UTF8.self)
        #expect(text.hasSuffix("\n"))
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            #expect(line.hasSuffix("\u{964}") || line.hasSuffix("!"))
            #expect(!line.hasPrefix(" ") && !line.contains("  "))
        }
    }
}
