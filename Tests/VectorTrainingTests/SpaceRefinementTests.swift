import Kernels
import NERPipeTesting
import Testing

@testable import VectorTraining

struct SpaceRefinementTests {
    private let dimension = 12
    private let words = 60

    /// Two languages of 60 words: the second one is the first, rotated, moved and disturbed a little.
    private func space() -> (Vocabulary, FloatBuffer) {
        var random = SeededGenerator(seed: 9)
        let vocabulary = Vocabulary(limit: 1000)
        let languages = ["en", "xx"].map(vocabulary.languageNumber)
        let vectors = FloatBuffer(count: 2 * words * dimension)
        for word in 0..<words {
            let vector = (0..<dimension).map { _ in Float.random(in: -1...1, using: &random) }
            for language in 0..<2 {
                Array("w\(word)".utf8).withUnsafeBufferPointer {
                    vocabulary.append($0, language: languages[language], counts: WordCounts())
                }
                let row = vectors.pointer + (2 * word + language) * dimension
                for column in 0..<dimension {
                    // A permutation with signs is a rotation or reflection.
                    let source = language == 0 ? column : (column * 5 + 3) % dimension
                    let sign: Float = language == 1 && column % 3 == 0 ? -1 : 1
                    row[column] =
                        sign * vector[source]
                        + (language == 1 ? 0.5 + Float.random(in: -0.05...0.05, using: &random) : 0)
                }
            }
        }
        return (vocabulary, vectors)
    }

    /// Share of the first language's words from `first` on whose nearest word of the other one is their translation.
    private func precision(_ vectors: FloatBuffer, from first: Int) -> Double {
        let hits = (first..<words).filter { word in
            let x = vectors.pointer + 2 * word * dimension
            func cosine(_ other: Int) -> Float {
                let y = vectors.pointer + (2 * other + 1) * dimension
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
        let before = vectors.array
        var settings = RefinementSettings()
        settings.translationShare = 0
        var refinement = SpaceRefinement(
            settings, vocabulary: vocabulary, lexicon: lexicon(vocabulary, pairs: 40), vectors: vectors,
            dimension: dimension)
        #expect(precision(vectors, from: 40) < 0.4)
        refinement.run(pivot: 0)
        #expect(precision(vectors, from: 40) == 1)
        // What is told to the table makes the same of a composed vector.
        for row in [1, 33, 119] {
            let language = row % 2
            var unit = Array(before[row * dimension..<(row + 1) * dimension])
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
                #expect(abs(value - vectors[row * dimension + column]) < 1e-5)
            }
        }
    }

    @Test func wordsAreMixedWithTheirTranslationsAndStayUnit() {
        let (vocabulary, vectors) = space()
        var refinement = SpaceRefinement(
            RefinementSettings(), vocabulary: vocabulary, lexicon: lexicon(vocabulary, pairs: 60), vectors: vectors,
            dimension: dimension)
        refinement.run(pivot: 0)
        for row in 0..<2 * words {
            let norm = (0..<dimension).reduce(Float(0)) {
                $0 + vectors[row * dimension + $1] * vectors[row * dimension + $1]
            }
            #expect(abs(norm - 1) < 1e-5)
        }
        for word in 0..<words {
            let x = vectors.pointer + 2 * word * dimension, y = x + dimension
            #expect((0..<dimension).reduce(Float(0)) { $0 + x[$1] * y[$1] } > 0.97)
        }
    }
}
