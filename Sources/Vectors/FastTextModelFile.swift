import Diagnostics
import Glibc
import Kernels
import Shards

/// Reads a fastText model (`.bin`): words, and the character n-grams from which it composes words, if it has some.
///
/// - Note: facebookresearch/fastText, `FastText::loadModel`, `Args::load`, `Dictionary::load`, `DenseMatrix::load`, at
///   format version 12 (2017 to today) and 11, in which supervised models have no character n-grams whatever their
///   settings say. Before these numbers (2016) a file had no magic number and began with the settings, and neither the
///   number of pruned n-grams nor the mark of quantization was there.
final class FastTextModelFile: WordVectorFile {
    let dimension: Int
    /// nil for a model of whole words only: every word then has its row as it is.
    let subwords: SubwordDescription?
    private let file: MappedFile
    /// Byte ranges of the words, by number.
    private let words: [Range<Int>]
    /// Offset of the input matrix: rows of the words, then those of the n-gram buckets.
    private let matrix: Int
    private var nextWord = 0
    /// Labels of a supervised model, which are no words.
    private let labelCount: Int
    private var lineEndCount = 0
    private var buckets: [UInt32] = []
    private let row: FloatBuffer

    private static let magic: UInt32 = 793_712_314
    private static let newestVersion = 12
    private static let supervised = 3

    /// Whether a file that begins with these bytes is a model; an old one begins with its dimension, and no text has
    /// a zero in its fourth byte.
    static func isModel(_ head: [UInt8]) -> Bool {
        guard head.count >= 8 else { return false }
        let first = head.withUnsafeBytes { $0.integer(at: 0, as: UInt32.self) }
        return first == magic || (1...65536).contains(first)
    }

    init(_ file: MappedFile) throws {
        self.file = file
        var cursor = Cursor(bytes: file.bytes, path: file.path)
        var version = 0
        if Self.isMagic(file.bytes) {
            let _: UInt32 = try cursor.next()
            version = try cursor.nextInt()
            guard (1...Self.newestVersion).contains(version) else {
                throw cursor.damaged("version \(version), 12 is the newest known")
            }
        }
        let arguments = try (0..<12).map { _ in try cursor.nextInt() }
        let _: Double = try cursor.next()
        dimension = arguments[0]
        let (model, bucketCount, minimum) = (arguments[7], arguments[8], max(1, arguments[9]))
        let maximum = version == 11 && model == Self.supervised ? 0 : arguments[10]
        let entryCount = try cursor.nextInt(), wordCount = try cursor.nextInt()
        let _: Int32 = try cursor.next()
        let _: Int64 = try cursor.next()
        let prunedCount: Int64 = version > 0 ? try cursor.next() : -1
        guard (1...65536).contains(dimension), (0...(1 << 30)).contains(bucketCount), minimum <= 64, maximum <= 64,
            wordCount >= 0, entryCount >= wordCount
        else { throw cursor.damaged("its sizes are impossible") }
        guard prunedCount <= 0 else { throw cursor.damaged("its n-grams are pruned") }
        words = try Self.words(in: &cursor, entryCount: entryCount, count: wordCount)
        labelCount = entryCount - wordCount
        let hasSubwords = maximum >= minimum && bucketCount > 0
        let input = try cursor.nextMatrix(columns: dimension, hasMark: version > 0)
        guard input.rowCount >= wordCount, !hasSubwords || input.rowCount == wordCount + bucketCount else {
            throw cursor.damaged("the matrix does not fit its sizes")
        }
        _ = try cursor.nextMatrix(columns: dimension, hasMark: version > 0)
        guard cursor.offset == file.bytes.count else { throw cursor.wrongSize(cursor.offset) }
        matrix = input.offset
        subwords =
            hasSubwords ? SubwordDescription(minimum: minimum, maximum: maximum, buckets: bucketCount) : nil
        row = FloatBuffer(count: dimension)
    }

    /// Byte ranges of the words in the dictionary; its other entries are labels.
    private static func words(in cursor: inout Cursor, entryCount: Int, count: Int) throws -> [Range<Int>] {
        var words: [Range<Int>] = []
        for number in 0..<entryCount {
            let word = try cursor.nextString()
            let _: Int64 = try cursor.next()
            let kind: Int8 = try cursor.next()
            if kind == 0 && number < count { words.append(word) }
        }
        guard words.count == count else { throw cursor.damaged("its words are not as many as it says") }
        return words
    }

    /// nil: `</s>` is left out, so the number of words is not the one in the file, which is checked at opening.
    var declaredCount: Int? { nil }
    var fraction: Double? { Double(nextWord) / Double(max(1, words.count + (subwords?.buckets ?? 0))) }
    var remark: String? {
        let notes = [
            lineEndCount > 0 ? "\(lineEndCount) mark of a line's end (</s>) left out" : nil,
            labelCount > 0 ? "\(labelCount) labels left out" : nil,
            subwords == nil ? "it has no sub-words; unknown words will have no vector" : nil,
        ].compactMap { $0 }
        return notes.isEmpty ? nil : notes.joined(separator: "; ")
    }

    func failure(_ what: String) -> Failure {
        Failure.badBytes(file.path, at: nextWord > 0 ? words[nextWord - 1].lowerBound : 0, "word \(nextWord)", what)
    }

    /// The failure of bad data in the row of an n-gram bucket.
    func failure(ofSubword bucket: Int, _ what: String) -> Failure {
        let offset = matrix + (words.count + bucket) * dimension * 4
        return Failure.badBytes(file.path, at: offset, "sub-word \(bucket + 1)", what)
    }

    /// The next word and its vector as `fasttext print-word-vectors` has it: the mean of the word's own row and those
    /// of its n-grams. The mark of a line's end, `</s>`, is no word of a text and is left out, and counted.
    func next(word: inout [UInt8], vector: UnsafeMutablePointer<Float>) throws -> Bool {
        while nextWord < words.count {
            let number = nextWord
            let bytes = UnsafeBufferPointer(rebasing: file.bytes.bindMemory(to: UInt8.self)[words[number]])
            nextWord += 1
            guard !bytes.elementsEqual("</s>".utf8) else {
                lineEndCount += 1
                continue
            }
            word.append(contentsOf: bytes)
            copyRow(number, into: vector)
            guard let subwords else { return true }
            buckets.removeAll(keepingCapacity: true)
            SubwordHash.append(bucketsOf: bytes, subwords, to: &buckets)
            for bucket in buckets {
                copyRow(words.count + Int(bucket), into: row.pointer)
                Kernel.add(count: dimension, x: row.pointer, y: vector)
            }
            Kernel.scale(count: dimension, a: 1 / Float(buckets.count + 1), y: vector)
            return true
        }
        return false
    }

    /// The row of an n-gram bucket.
    func copySubword(_ bucket: Int, into out: UnsafeMutablePointer<Float>) { copyRow(words.count + bucket, into: out) }

    private func copyRow(_ row: Int, into out: UnsafeMutablePointer<Float>) {
        UnsafeMutableRawBufferPointer(start: out, count: dimension * 4).copyMemory(
            from: UnsafeRawBufferPointer(rebasing: file.bytes[(matrix + row * dimension * 4)...].prefix(dimension * 4)))
    }

    private static func isMagic(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.count >= 4 && bytes.integer(at: 0, as: UInt32.self) == magic
    }

    private struct Cursor {
        let bytes: UnsafeRawBufferPointer
        let path: String
        var offset = 0

        func damaged(_ what: String) -> Failure {
            Failure.unusableFastTextModel(path, at: offset, what)
        }

        func wrongSize(_ expected: Int) -> Failure {
            Failure.wrongSizeOfFastTextModel(path, expected: expected, found: bytes.count)
        }

        /// Passes over a matrix of floats, and before it the mark of quantization where there is one.
        mutating func nextMatrix(columns: Int, hasMark: Bool) throws -> (offset: Int, rowCount: Int) {
            let isQuantized: UInt8 = hasMark ? try next() : 0
            guard isQuantized == 0 else { throw damaged("it is quantized (.ftz)") }
            let rowCount: Int64 = try next(), columnCount: Int64 = try next()
            guard columnCount == columns, (0...(1 << 32)).contains(rowCount) else {
                throw damaged("a matrix has impossible sizes")
            }
            let start = offset
            offset += Int(rowCount) * columns * 4
            guard offset <= bytes.count else { throw wrongSize(offset) }
            return (start, Int(rowCount))
        }

        mutating func next<T: BitwiseCopyable>() throws -> T {
            guard bytes.count - offset >= MemoryLayout<T>.size else { throw damaged("the file ends too early") }
            defer { offset += MemoryLayout<T>.size }
            return bytes.loadUnaligned(fromByteOffset: offset, as: T.self)
        }

        mutating func nextInt() throws -> Int { Int(try next() as Int32) }

        /// The range of bytes up to the next zero.
        mutating func nextString() throws -> Range<Int> {
            let start = offset
            guard let base = bytes.baseAddress, let zero = memchr(base + start, 0, bytes.count - start) else {
                throw damaged("the file ends in its list of words")
            }
            offset = UnsafeRawPointer(zero) - base + 1
            return start..<offset - 1
        }
    }
}
