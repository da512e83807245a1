import Kernels
import Streams
import VectorSpaces
import Vectors

/// What is done to a jointly trained space afterwards.
package struct RefinementSettings: Sendable, Equatable {
    /// Most frequent words of a language whose mean is subtracted; 0 leaves the means.
    package var centeringWords = 12_000
    /// Whether each language is rotated onto its neighbour.
    package var rotates = true
    /// p(target | source) p(source | target) from which a pair counts for the rotation.
    package var pairFloor = 0.15
    /// Share of its translations in the vector of a word that has some; 0 leaves the words alone.
    package var translationShare = 0.5

    package init() {}
}

/// Brings the languages of a joint space closer: each is centered and made unit (Artetxe, Labaka and Agirre 2018), rotated onto the
/// pivot language by orthogonal Procrustes over the pairs that alignment found, and words are averaged with their
/// translations.
///
/// A language without pairs with the pivot goes by way of one that has some. `R` rows, `D` dimensions.
struct SpaceRefinement {
    let settings: RefinementSettings
    let vocabulary: Vocabulary
    let lexicon: Lexicon
    let rowCount: Int
    let dimension: Int
    /// `[R, D]`; more rows may follow, which stay as they are.
    let vectors: HalfRows
    private let threads: ComputeThreads
    /// By language, for composed vectors.
    private(set) var transforms: [(center: [Float], rotation: [Float])]

    init(
        _ settings: RefinementSettings, vocabulary: Vocabulary, lexicon: Lexicon, vectors: HalfRows, rowCount: Int,
        threads: ComputeThreads
    ) {
        self.settings = settings
        self.vocabulary = vocabulary
        self.lexicon = lexicon
        self.vectors = vectors
        self.rowCount = rowCount
        let dimension = vectors.dimension
        self.dimension = dimension
        self.threads = threads
        let identity = (0..<dimension * dimension).map { $0 % (dimension + 1) == 0 ? Float(1) : 0 }
        transforms = Array(
            repeating: ([Float](repeating: 0, count: dimension), identity), count: vocabulary.languages.count)
    }

    /// Changes the vectors of words, each by itself, on all threads.
    ///
    /// - Parameter body: Gets the word, its vector, and memory for two others.
    private func change(
        _ words: [Int]? = nil,
        _ body:
            @Sendable (_ word: Int, _ vector: UnsafeMutablePointer<Float>, _ others: UnsafeMutablePointer<Float>) ->
            Void
    ) {
        let parts = threads.ranges(of: words?.count ?? rowCount)
        threads.run(parts.count) { [vectors, dimension] part, _ in
            let vector = FloatBuffer(count: dimension), others = FloatBuffer(count: 2 * dimension)
            for number in parts[part] {
                let word = words?[number] ?? number
                vectors.copy(word, into: vector.pointer)
                body(word, vector.pointer, others.pointer)
                vectors.set(word, to: vector.pointer)
            }
        }
    }

    private func words(of language: Int) -> [Int] {
        (0..<rowCount).filter { Int(vocabulary.wordLanguages[$0]) == language }
    }

    /// - Parameter pivot: Number of the language that stays where it is.
    /// - Returns: Languages that no pairs connect with it, which stay where they are as well.
    @discardableResult
    mutating func run(pivot: Int) -> [Int] {
        change { [dimension] _, vector, _ in VectorNorm.makeUnit(vector, dimension) }
        if settings.centeringWords > 0 { center() }
        let order = order(from: pivot)
        for (language, neighbour) in order {
            if settings.rotates { rotate(language, onto: neighbour) }
            if settings.translationShare > 0 { average(language, with: neighbour) }
        }
        return transforms.indices.filter { number in number != pivot && !order.contains { $0.language == number } }
    }

    private mutating func center() {
        var counts = [Int](repeating: 0, count: vocabulary.languages.count)
        let vector = FloatBuffer(count: dimension)
        // Rows are in order of falling frequency.
        for word in 0..<rowCount {
            let language = Int(vocabulary.wordLanguages[word])
            guard counts[language] < settings.centeringWords else { continue }
            counts[language] += 1
            vectors.copy(word, into: vector.pointer)
            for column in 0..<dimension { transforms[language].center[column] += vector[column] }
        }
        for language in counts.indices where counts[language] > 0 {
            for column in 0..<dimension { transforms[language].center[column] /= Float(counts[language]) }
        }
        change { [dimension, transforms, wordLanguages = vocabulary.wordLanguages] word, vector, _ in
            let center = transforms[Int(wordLanguages[word])].center
            Kernel.axpy(count: dimension, a: -1, x: center, y: vector)
            VectorNorm.makeUnit(vector, dimension)
        }
    }

    /// Every language that is connected with the pivot, after the neighbour it is to be mapped onto: the one of those
    /// reached before with which it has the most pairs.
    private func order(from pivot: Int) -> [(language: Int, neighbour: Int)] {
        var reached: Set<Int> = [pivot]
        var order: [(Int, Int)] = []
        while true {
            var found: [(Int, Int)] = []
            for language in lexicon.partners.indices where !reached.contains(language) {
                let neighbours = lexicon.partners[language].filter { reached.contains(Int($0.key)) }
                if let best = neighbours.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }) {
                    found.append((language, Int(best.key)))
                }
            }
            if found.isEmpty { return order }
            order += found
            reached.formUnion(found.map(\.0))
        }
    }

    private mutating func rotate(_ language: Int, onto neighbour: Int) {
        var pairs: [(Int, Int)] = []
        for word in words(of: language) {
            for translation in lexicon[word]
            where Int(translation.language) == neighbour && Int(translation.word) < rowCount
                && Double(translation.probability * translation.reverse) > settings.pairFloor
            {
                pairs.append((word, Int(translation.word)))
            }
        }
        // Fewer pairs than dimensions fix no rotation.
        guard pairs.count >= dimension else { return }
        let x = FloatBuffer(count: pairs.count * dimension), y = FloatBuffer(count: pairs.count * dimension)
        for (index, pair) in pairs.enumerated() {
            vectors.copy(pair.0, into: x.pointer + index * dimension)
            vectors.copy(pair.1, into: y.pointer + index * dimension)
        }
        let rotation = Procrustes.rotation(from: x, to: y, count: pairs.count, dimension: dimension)
        transforms[language].rotation = rotation
        let packed = PackedMatrix(rowCount: dimension, columnCount: dimension)
        rotation.withUnsafeBufferPointer {
            if let base = $0.baseAddress { packed.pack(base, rowStride: dimension, columnStride: 1) }
        }
        change(words(of: language)) { [dimension, packed] _, vector, product in
            Kernel.multiply(
                rowCount: 1, a: vector, aRowStride: dimension, b: packed, c: product, cStride: dimension)
            vector.update(from: product, count: dimension)
        }
    }

    /// Mixes each word of a language with the mean of its translations, weighted by their probability.
    private func average(_ language: Int, with neighbour: Int) {
        change(words(of: language)) { [settings, lexicon, vectors, rowCount, dimension] word, vector, mean in
            let other = mean + dimension
            mean.update(repeating: 0, count: dimension)
            var weight: Float = 0
            for translation in lexicon[word]
            where Int(translation.language) == neighbour && Int(translation.word) < rowCount {
                weight += translation.probability
                vectors.copy(Int(translation.word), into: other)
                Kernel.axpy(count: dimension, a: translation.probability, x: other, y: mean)
            }
            guard weight > 0 else { return }
            VectorNorm.makeUnit(mean, dimension)
            Kernel.scale(count: dimension, a: Float(1 - settings.translationShare), y: vector)
            Kernel.axpy(count: dimension, a: Float(settings.translationShare), x: mean, y: vector)
            VectorNorm.makeUnit(vector, dimension)
        }
    }
}
