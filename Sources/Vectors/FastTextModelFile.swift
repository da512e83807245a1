import Diagnostics
import Glibc
import Kernels
import Shards

/// Reads a fastText model (`.bin`, format version 12) with its character n-grams; facebookresearch/fastText,
/// `FastText::loadModel`.
package final class FastTextModelFile {
    package let path: String
    package let dimension: Int
    package let subwords: SubwordDescription
    private let base: UnsafeRawPointer
    private let byteCount: Int
    /// Byte ranges of the words, by number.
    private var words: [Range<Int>] = []
    private let matrix: Int
    private let wordCount: Int

    private static let magic: UInt32 = 793_712_314

    /// Whether a file begins like a fastText model.
    package static func isModel(_ path: String) throws -> Bool {
        var head = [UInt8](repeating: 0, count: 4)
        let input = try FileInput(path: path)
        guard input.byteCount != nil else { return false }  // a pipe must not be read twice
        let count = try head.withUnsafeMutableBytes { try input.read(into: $0) }
        return count == 4 && head.withUnsafeBytes { $0.integer(at: 0, as: UInt32.self) } == magic
    }

    package init(path: String) throws {
        self.path = path
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Failure.system(.noInput, "open", path, SystemError.text(errno)) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_size > 0,
            let mapped = mmap(nil, Int(status.st_size), PROT_READ, MAP_SHARED, descriptor, 0),
            mapped != MAP_FAILED
        else { throw Failure.system(.inputOutput, "map", path, SystemError.text(errno)) }
        base = UnsafeRawPointer(mapped)
        byteCount = Int(status.st_size)
        do {
            var cursor = Cursor(bytes: UnsafeRawBufferPointer(start: base, count: byteCount), path: path)
            let magic: UInt32 = try cursor.next()
            let version: Int32 = try cursor.next()
            guard magic == Self.magic, version == 12 else {
                throw cursor.damaged("version \(version), only 12 is read")
            }
            let arguments = try (0..<12).map { _ in Int(try cursor.next() as Int32) }
            let _: Double = try cursor.next()
            let (buckets, minimum, maximum) = (arguments[8], arguments[9], arguments[10])
            dimension = arguments[0]
            let size: Int32 = try cursor.next()
            let wordCount: Int32 = try cursor.next()
            let _: Int32 = try cursor.next()
            let _: Int64 = try cursor.next()
            let prunedCount: Int64 = try cursor.next()
            guard (1...65536).contains(dimension), (1...(1 << 30)).contains(buckets), minimum >= 1, maximum >= minimum,
                maximum <= 64,
                size >= 0, wordCount >= 0, wordCount <= size, prunedCount <= 0
            else { throw cursor.damaged("it has no sub-words, is pruned, or its sizes are impossible") }
            for number in 0..<Int(size) {
                let word = try cursor.skipString()
                let _: Int64 = try cursor.next()
                let kind: Int8 = try cursor.next()
                if kind == 0 && number < Int(wordCount) { words.append(word) }
            }
            let isQuantized: UInt8 = try cursor.next()
            let rows: Int64 = try cursor.next()
            let columns: Int64 = try cursor.next()
            guard isQuantized == 0, Int(columns) == dimension, Int(rows) == Int(wordCount) + buckets,
                words.count == Int(wordCount),
                byteCount - cursor.offset >= Int(rows) * dimension * 4
            else { throw cursor.damaged("it is quantized, or the matrix does not fit its sizes") }
            matrix = cursor.offset
            self.wordCount = Int(wordCount)
            subwords = SubwordDescription(minimum: minimum, maximum: maximum, buckets: buckets)
        } catch {
            munmap(mapped, byteCount)
            throw error
        }
    }

    deinit { munmap(UnsafeMutableRawPointer(mutating: base), byteCount) }

    /// Calls `body` with each word and its vector as `fastText print-word-vectors` has it: the mean of the word's own
    /// row and those of its n-grams. `</s>` is left out.
    package func forEach(_ body: (UnsafeBufferPointer<UInt8>, UnsafePointer<Float>) throws -> Void) throws {
        let vector = FloatBuffer(count: dimension)
        for (number, range) in words.enumerated() {
            let word = UnsafeBufferPointer(
                start: (base + range.lowerBound).assumingMemoryBound(to: UInt8.self), count: range.count)
            if word.elementsEqual("</s>".utf8) { continue }
            let buckets = SubwordHash.buckets(
                of: word, minimum: subwords.minimum, maximum: subwords.maximum, count: subwords.buckets)
            try copyRow(number, into: vector.pointer)
            for bucket in buckets { addRow(wordCount + Int(bucket), to: vector.pointer) }
            Kernel.scale(count: dimension, a: 1 / Float(buckets.count + 1), y: vector.pointer)
            for index in 0..<dimension where !vector[index].isFinite {
                throw Failure(
                    .badData,
                    "\(path): word number \(number + 1) has a value that is not a number; train the vectors again with a smaller learning rate"
                )
            }
            try body(word, vector.pointer)
        }
    }

    /// The row of an n-gram bucket.
    package func copySubword(_ bucket: Int, into out: UnsafeMutablePointer<Float>) throws {
        try copyRow(wordCount + bucket, into: out)
    }

    private func copyRow(_ row: Int, into out: UnsafeMutablePointer<Float>) throws {
        memcpy(out, base + matrix + row * dimension * 4, dimension * 4)
    }

    private func addRow(_ row: Int, to out: UnsafeMutablePointer<Float>) {
        let source = base + matrix + row * dimension * 4
        for index in 0..<dimension { out[index] += source.loadUnaligned(fromByteOffset: index * 4, as: Float.self) }
    }

    private struct Cursor {
        let bytes: UnsafeRawBufferPointer
        let path: String
        var offset = 0

        func damaged(_ what: String) -> Failure {
            Failure(
                .badData,
                "\(path): byte \(offset): not a usable fastText model: \(what); export it as .vec text and import that")
        }

        mutating func next<T: BitwiseCopyable>() throws -> T {
            guard bytes.count - offset >= MemoryLayout<T>.size else { throw damaged("the file ends too early") }
            defer { offset += MemoryLayout<T>.size }
            return bytes.loadUnaligned(fromByteOffset: offset, as: T.self)
        }

        mutating func skipString() throws -> Range<Int> {
            let start = offset
            while offset < bytes.count && bytes[offset] != 0 { offset += 1 }
            guard offset < bytes.count else { throw damaged("the file ends in its list of words") }
            defer { offset += 1 }
            return start..<offset
        }
    }
}
