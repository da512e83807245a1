import Kernels
import VectorSpaces
import Vectors

/// Brings states of words of several languages together: each language less its mean, unit, and all on the axes along which they
/// differ most, of one principal component analysis.
///
/// States of an encoder have a large part in common, and another one of each language; what is left tells words apart.
/// Means and axes are those of the first words of each language; tables have the frequent ones first.
struct CommonSpace {
    /// First words of a language that decide its mean and the axes.
    static let wordCount = 20_000

    let width: Int
    /// `[languages, width]`
    private let means: FloatBuffer
    /// `[width, dimension]`
    private let axes: PackedMatrix
    let dimension: Int
    /// Share of the sum of squares that the axes keep.
    let share: Double

    /// Sums over the words that decide, block after block.
    struct Means {
        private let width: Int
        private var sums: [Double]
        private var counts: [Int]

        init(width: Int, languageCount: Int) {
            self.width = width
            sums = [Double](repeating: 0, count: languageCount * width)
            counts = [Int](repeating: 0, count: languageCount)
        }

        /// Makes rows unit, and adds those that decide.
        mutating func add(_ rows: FloatBuffer, languages: [UInt16]) {
            for (row, language) in languages.enumerated() {
                let vector = rows.pointer + row * width
                VectorNorm.makeUnit(vector, width)
                guard counts[Int(language)] < CommonSpace.wordCount else { continue }
                counts[Int(language)] += 1
                for index in 0..<width { sums[Int(language) * width + index] += Double(vector[index]) }
            }
        }

        var means: FloatBuffer {
            FloatBuffer(sums.indices.map { Float(sums[$0] / Double(max(1, counts[$0 / width]))) })
        }
    }

    /// Sums of products over the same words, when the means are known.
    struct Axes {
        let means: FloatBuffer
        private let width: Int
        private var counts: [Int]
        private var axes: PrincipalAxes
        private var chosen: [Float] = []

        init(means: FloatBuffer, width: Int) {
            (self.means, self.width) = (means, width)
            counts = [Int](repeating: 0, count: means.count / width)
            axes = PrincipalAxes(dimension: width)
        }

        /// Centres rows, and adds those that decide.
        mutating func add(_ rows: FloatBuffer, languages: [UInt16]) {
            chosen.removeAll(keepingCapacity: true)
            for (row, language) in languages.enumerated() where counts[Int(language)] < CommonSpace.wordCount {
                counts[Int(language)] += 1
                let vector = rows.pointer + row * width
                CommonSpace.center(vector, means, language, width)
                chosen += UnsafeBufferPointer(start: vector, count: width)
            }
            chosen.withUnsafeBufferPointer { chosen in
                if let base = chosen.baseAddress { axes.add(base, count: chosen.count / width) }
            }
        }

        func space(dimension: Int) -> CommonSpace {
            CommonSpace(means: means, axes: axes, width: width, dimension: dimension)
        }
    }

    private init(means: FloatBuffer, axes found: PrincipalAxes, width: Int, dimension: Int) {
        let (matrix, share) = found.first(dimension)
        let packed = PackedMatrix(rowCount: width, columnCount: dimension)
        matrix.withUnsafeBufferPointer {
            if let base = $0.baseAddress { packed.pack(base, rowStride: dimension, columnStride: 1) }
        }
        (self.means, self.axes, self.width, self.dimension, self.share) = (means, packed, width, dimension, share)
    }

    private static func center(
        _ vector: UnsafeMutablePointer<Float>, _ means: FloatBuffer, _ language: UInt16, _ width: Int
    ) {
        // A word without a state is no word that stands apart from all others.
        guard Kernel.sumOfSquares(count: width, x: vector) > 0 else { return }
        VectorNorm.makeUnit(vector, width)
        Kernel.axpy(count: width, a: -1, x: means.pointer + Int(language) * width, y: vector)
        VectorNorm.makeUnit(vector, width)
    }

    /// The vectors of rows in this space, `[languages.count, dimension]`, unit; changes `rows`.
    func project(_ rows: FloatBuffer, languages: [UInt16], into out: FloatBuffer) {
        for (row, language) in languages.enumerated() {
            Self.center(rows.pointer + row * width, means, language, width)
        }
        Kernel.multiply(
            rowCount: languages.count, a: rows.pointer, aRowStride: width, b: axes, c: out.pointer, cStride: dimension)
        for row in languages.indices { VectorNorm.makeUnit(out.pointer + row * dimension, dimension) }
    }
}
