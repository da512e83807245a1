import Diagnostics
import Glibc
import Shards

/// Reads word2vec's binary format: a line `COUNT DIMENSION`, then for each word its bytes, a space, `dimension` 32-bit
/// little-endian floats and, of most writers, a line feed.
///
/// - Note: `word2vec.c` of the original distribution (Mikolov et al. 2013), function `TrainModel`.
final class Word2VecBinaryFile: WordVectorFile {
    let dimension: Int
    let declaredCount: Int?
    private let input: BufferedInput
    private var count = 0
    private var wordOffset = 0

    private static let maximumWordByteCount = 1 << 16

    init(_ input: BufferedInput) throws {
        self.input = input
        var line: [UInt8] = []
        while line.count < 64, line.last != 0x0A {
            var byte: UInt8 = 0
            guard try withUnsafeMutableBytes(of: &byte, { try input.read(into: $0) }) == 1 else { break }
            line.append(byte)
        }
        let numbers = line.split { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D || $0 == 0x0A }
            .map { Int(String(decoding: $0, as: UTF8.self)) }
        guard line.last == 0x0A, numbers.count == 2, let count = numbers[0], let dimension = numbers[1], count >= 0,
            (1...65536).contains(dimension)
        else {
            throw Failure.noVectorHead(input.name, "is this a word2vec binary?")
        }
        (declaredCount, self.dimension) = (count, dimension)
    }

    var fraction: Double? { input.fraction }
    var remark: String? { nil }

    func failure(_ what: String) -> Failure {
        Failure.badBytes(input.name, at: wordOffset, "word \(count)", what)
    }

    func next(word: inout [UInt8], vector: UnsafeMutablePointer<Float>) throws -> Bool {
        // What follows the promised words is another program's affair only if it is empty space.
        try skipLineFeeds()
        wordOffset = input.offset
        count += 1
        guard try appendWord(to: &word) else {
            count -= 1
            return false
        }
        let values = UnsafeMutableRawBufferPointer(start: vector, count: dimension * 4)
        guard try input.read(into: values) == values.count else {
            throw failure("the file ends within the vector; it was cut: fetch it again")
        }
        return true
    }

    private func skipLineFeeds() throws {
        while true {
            let count = try input.withAvailableBytes { bytes in bytes.prefix { $0 == 0x0A }.count }
            if count == 0 { return }
            input.consume(count)
        }
    }

    /// Reads up to the space; false at the end of the input.
    private func appendWord(to word: inout [UInt8]) throws -> Bool {
        while true {
            var isComplete = false
            let count = try input.withAvailableBytes { bytes in
                guard let base = bytes.baseAddress, bytes.count > 0 else { return 0 }
                let space = memchr(base, 0x20, min(bytes.count, Self.maximumWordByteCount + 1))
                isComplete = space != nil
                let count =
                    space.map { UnsafeRawPointer($0) - UnsafeRawPointer(base) }
                    ?? min(bytes.count, Self.maximumWordByteCount + 1)
                word.append(contentsOf: bytes[..<count])
                return count
            }
            if count == 0 && !isComplete {
                guard word.isEmpty else {
                    throw failure(
                        self.count > declaredCount ?? 0
                            ? "\(word.count) bytes follow the \(declaredCount ?? 0) words that the first line promises; "
                                + "something was appended, or the first line is wrong: fetch it again"
                            : "the file ends within a word; it was cut: fetch it again")
                }
                return false
            }
            input.consume(count + (isComplete ? 1 : 0))
            guard word.count <= Self.maximumWordByteCount else {
                throw failure(
                    "a word longer than \(Self.maximumWordByteCount) bytes; the file is damaged, or of another format")
            }
            if isComplete { return true }
        }
    }
}
