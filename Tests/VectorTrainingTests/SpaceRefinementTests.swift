import Kernels
import NERPipeTesting
import Streams
import Testing

@testable import VectorTraining

struct SpaceRefinementTests {
    private let dimension = 12
    private let words = 60

    /// Two languages of 60 words: the second one is the first, rotated, moved and disturbed a little.
    private func space() -> (Vocabulary, HalfRows) {
        var random = SeededGenerator(seed: 9)
        let vocabulary = Vocabulary(limit: 1000)
        let languages = ["en", "xx"].map(vocabulary.languageNumber)
        let vectors = HalfRows(count: 2 * words, dimension: dimension)
        for word in 0..<words {
            let vector = (0..<dimension).map { _ in Float.random(in: -1...1, using: &random) }
            for language in 0..<2 {
                Array("w\(word)".utf8).withUnsafeBufferPointer {
                    vocabulary.append($0, language: languages[language], counts: WordCounts())
                }
                var row = [Float](repeating: 0, count: dimension)
                for column in 0..<dimension {
                    // A permutation with signs is a rotation or reflection.
                    let source = language == 0 ? column : (column * 5 + 3) % dimension
                    let sign: Float = language == 1 && column % 3 == 0 ? -1 : 1
                    row[column] =
                        sign * vector[source]
                        + (language == 1 ? 0.5 + Float.random(in: -0.05...0.05, using: &random) : 0)
                }
                vectors.set(2 * word + language, to: row)
            }
        }
        return (vocabulary, vectors)
    }

    private func vector(_ row: Int, of vectors: HalfRows) -> [Float] {
        var vector = [Float](repeating: 0, count: dimension)
        vectors.copy(row, into: &vector)
        return vector
    }

    /// Share of the first language's words from `first` on whose nearest word of the other one is their translation.
    private func precision(_ vectors: HalfRows, from first: Int) -> Double {
        let hits = (first..<words).filter { word in
            let x = vector(2 * word, of: vectors)
            func cosine(_ other: Int) -> Float {
                let y = vector(2 * other + 1, of: vectors)
                return (0..<dimension).reduce(0) { $0 + x[$1] * y[$1] }
            }
            return (0..<words).max { cosine($0) < cosine($1) } == word
        }
        return Double(hits.count) / Double(words - first)
    }

    private func lexicon(_ vocabulary: Vocabulary, pairs: Int) -> Lexicon {
        var lexicon = Lexicon(wordCount: 2 * words, languageCount: 2)
        let dictionary = AlignedDictionary(
            rows: (0..<UInt32(pairs)).map {
                .init(source: 2 * $0, target: 2 * $0 + 1, forward: 0.9, backward: 0.8, links: 5)
            })
        lexicon.add(dictionary, wordLanguages: (0..<2 * words).map { UInt16($0 % 2) })
        return lexicon
    }

    @Test func wordsWithoutAnEntryAreTranslatedAfterCenteringAndRotation() {
        let (vocabulary, vectors) = space()
        let before = (0..<2 * words).map { vector($0, of: vectors) }
        var settings = RefinementSettings()
        settings.translationShare = 0
        var refinement = SpaceRefinement(
            settings, vocabulary: vocabulary, lexicon: lexicon(vocabulary, pairs: 40), vectors: vectors,
            rowCount: 2 * words, threads: .single)
        #expect(precision(vectors, from: 40) < 0.4)
        refinement.run(pivot: 0)
        #expect(precision(vectors, from: 40) == 1)
        // What is told to the table makes the same of a composed vector.
        for row in [1, 33, 119] {
            let language = row % 2
            var unit = before[row]
            let after = vector(row, of: vectors)
            func makeUnit() {
                let norm = unit.reduce(0) { $0 + $1 * $1 }.squareRoot()
                unit = unit.map { $0 / norm }
            }
            makeUnit()
            let transform = refinement.transforms[language]
            unit = zip(unit, transform.center).map { $0 - $1 }
            makeUnit()
            for column in 0..<dimension {
                let value = (0..<dimension).reduce(Float(0)) {
                    $0 + unit[$1] * transform.rotation[$1 * dimension + column]
                }
                #expect(abs(value - after[column]) < 1e-3)
            }
        }
    }

    @Test func wordsAreMixedWithTheirTranslationsAndStayUnit() {
        let (vocabulary, vectors) = space()
        var refinement = SpaceRefinement(
            RefinementSettings(), vocabulary: vocabulary, lexicon: lexicon(vocabulary, pairs: 60), vectors: vectors,
            rowCount: 2 * words, threads: .single)
        refinement.run(pivot: 0)
        for row in 0..<2 * words {
            let norm = vector(row, of: vectors).reduce(Float(0)) { $0 + $1 * $1 }
            #expect(abs(norm - 1) < 1e-3)
        }
        for word in 0..<words {
            let x = vector(2 * word, of: vectors), y = vector(2 * word + 1, of: vectors)
            #expect((0..<dimension).reduce(Float(0)) { $0 + x[$1] * y[$1] } > 0.97)
        }
    }
}
