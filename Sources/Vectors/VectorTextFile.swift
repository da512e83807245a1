import Corpora
import Diagnostics
import Glibc
import Shards

/// Reads text of word2vec and fastText (`.vec`), a line `COUNT DIMENSION` and then `WORD NUMBER ...` lines, most
/// frequent first; or of GloVe, which has no such first line.
///
/// Fields are separated by one space or tab each. The numbers of a line are its last `dimension` fields; what stands
/// before them is the word, which may hold spaces, tabs between its parts included. Only U+0020 and U+0009 separate:
/// a no-break space is a part of its word. Lines end with LF or CRLF, after spaces or tabs or none (fastText writes
/// one); empty lines are skipped, and a byte order mark.
final class VectorTextFile: WordVectorFile {
    let dimension: Int
    let declaredCount: Int?
    private let lines: LineReader
    /// The line under way, and ``DecimalNumber/padding`` zeros.
    private var line: [UInt8] = []
    /// Whether ``line`` was read already to find the dimension.
    private var holdsFirstLine = false
    /// The first line when it was read as a word and its vector, and is two whole numbers.
    private var possibleHead: [Int]?
    private var isFirstWord = true
    /// A byte order mark before ``line``.
    private var mark: [UInt8] = []
    /// Bytes of ``line`` that were read; nil when the next one cannot be.
    private var recordByteCount: Int?

    /// 65536 numbers of the longest form that a float has, and a word.
    private static let maximumLineByteCount = 2 << 20

    init(_ input: BufferedInput, hasHead: Bool) throws {
        lines = LineReader(input, maximumLineByteCount: Self.maximumLineByteCount)
        guard try lines.appendNext(to: &line) else {
            throw Failure.emptyVectorFile(input.name)
        }
        if line.starts(with: ByteOrderMark.bytes) {
            mark = ByteOrderMark.bytes
            line.removeFirst(mark.count)
        }
        let fields = line.split { Self.isSeparator($0) }
        let numbers = fields.compactMap { Int(String(decoding: $0, as: UTF8.self)) }
        let isHead = fields.count == 2 && numbers.count == 2 && numbers[0] >= 0 && (1...65536).contains(numbers[1])
        if hasHead {
            guard isHead else {
                throw Failure.noVectorHead(input.name, "if the file has no such line, import it with --format glove")
            }
            (declaredCount, dimension) = (numbers[0], numbers[1])
        } else {
            let numberCount = Self.lastNumberCount(of: fields.dropFirst())
            guard (1...65536).contains(numberCount) else {
                throw Failure.noVectorText(input.name)
            }
            (declaredCount, dimension) = (nil, numberCount)
            holdsFirstLine = true
            possibleHead = isHead ? numbers : nil
        }
    }

    private static func lastNumberCount(of fields: some BidirectionalCollection<ArraySlice<UInt8>>) -> Int {
        fields.reversed().prefix { field in
            field.withContiguousStorageIfAvailable { DecimalNumber.slow($0) != nil } ?? false
        }.count
    }

    var fraction: Double? { lines.fraction }

    var remark: String? {
        lines.hasLineEnd ? nil : "the last line has no end; if the file was cut there, its last number may be wrong"
    }

    func failure(_ what: String) -> Failure { .badLine(lines.name, lines.lineNumber, what) }

    func rejected(_ failure: Failure) -> RejectedRecord? {
        recordByteCount.map {
            RejectedRecord(
                failure: failure, bytes: mark + line[..<$0] + lines.lineEnd.bytes, separator: lines.lineEnd.separator)
        }
    }

    func next(word: inout [UInt8], vector: UnsafeMutablePointer<Float>) throws -> Bool {
        recordByteCount = nil
        if holdsFirstLine {
            holdsFirstLine = false
        } else {
            mark = []
            repeat {
                line.removeAll(keepingCapacity: true)
                guard try lines.appendNext(to: &line) else { return false }
            } while line.isEmpty
            try requireNoHead()
        }
        recordByteCount = line.count
        var end = line.count
        while end > 0 && Self.isSeparator(line[end - 1]) { end -= 1 }
        line.append(contentsOf: repeatElement(0, count: DecimalNumber.padding))
        try line.withUnsafeBufferPointer { line in
            let bytes = UnsafeBufferPointer(rebasing: line[..<end])
            guard let base = line.baseAddress else { return }
            let wordEnd = try parseForwards(base, end, vector) ?? parseBackwards(bytes, vector)
            word.append(contentsOf: bytes[..<wordEnd])
        }
        if isFirstWord && declaredCount != nil { try requireDimension(ofLineWith: word) }
        isFirstWord = false
        return true
    }

    // The two checks that follow are of the file, not of a line that can be passed over: it is no record then.

    /// A first line `COUNT DIMENSION` reads as a word and a vector of one number, and all that follow as words with
    /// spaces.
    private func requireNoHead() throws {
        guard let head = possibleHead else { return }
        possibleHead = nil
        guard head[1] == 1 || line.split(whereSeparator: Self.isSeparator).count != 2 else { return }
        throw Failure.unexpectedVectorHead(lines.name)
    }

    /// When the head promises fewer numbers than there are, the others would go to the words.
    private func requireDimension(ofLineWith word: [UInt8]) throws {
        let parts = word.split(whereSeparator: Self.isSeparator)
        let more = Self.lastNumberCount(of: parts.dropFirst())
        guard more > 0 else { return }
        recordByteCount = nil
        throw failure(
            "\(dimension + more) numbers, the first line promises \(dimension); correct the first line, or take it "
                + "away and import with --format glove")
    }

    /// Parses a line whose word holds no separator; nil when that does not come out.
    private func parseForwards(_ base: UnsafePointer<UInt8>, _ end: Int, _ vector: UnsafeMutablePointer<Float>) -> Int?
    {
        var wordEnd = 0
        while wordEnd < end && !Self.isSeparator(base[wordEnd]) { wordEnd += 1 }
        var position = base + wordEnd
        let powers = DecimalNumber.Powers.shared
        let dimension = dimension
        for index in 0..<dimension {
            guard Self.isSeparator(position[0]), let (value, next) = DecimalNumber.parse(position + 1, powers) else {
                return nil
            }
            vector[index] = value
            position = next
        }
        return position == base + end ? wordEnd : nil
    }

    /// Parses any line, from its end; returns where the word ends.
    private func parseBackwards(_ bytes: UnsafeBufferPointer<UInt8>, _ vector: UnsafeMutablePointer<Float>) throws
        -> Int
    {
        var end = bytes.count
        for index in stride(from: dimension - 1, through: 0, by: -1) {
            var start = end
            while start > 0 && !Self.isSeparator(bytes[start - 1]) { start -= 1 }
            guard start > 0, start < end else {
                throw failure(
                    "\(dimension - 1 - index) numbers, the first line \(declaredCount == nil ? "has" : "promises") "
                        + "\(dimension); the line was cut or the \(declaredCount == nil ? "first line" : "header") is wrong"
                )
            }
            guard let value = DecimalNumber.slow(UnsafeBufferPointer(rebasing: bytes[start..<end])) else {
                throw failure(
                    "number \(index + 1) is not readable; the file is damaged, or the word has more fields than it should"
                )
            }
            vector[index] = value
            end = start - 1
        }
        return end
    }

    @inline(__always)
    private static func isSeparator(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}
