/// Lines of the inputs that are cut into tokens together, in their order; its memory is used again for the next ones.
///
/// `@unchecked Sendable`: each line of a batch is cut by one thread, and read when all are cut.
final class LineBatch: @unchecked Sendable {
    /// What becomes of a line when it is cut.
    enum Outcome {
        case kept, excluded
        /// A pair that has none on one side.
        case withoutWords
        /// Text that has none, which is no loss.
        case empty
    }

    /// A line, or a sentence of columns, whose tokens are there already.
    private struct RawLine {
        var source: Range<Int>
        /// Of a pair.
        var target: Range<Int>?
        var isCut = false
    }

    private static let byteCount = 1 << 17
    private static let lineCount = 1 << 10

    private var bytes: [UInt8] = []
    private var raw: [RawLine] = []
    private let lines = UnsafeMutableBufferPointer<CorpusLine>.allocate(capacity: lineCount)
    private let outcomes = UnsafeMutableBufferPointer<Outcome>.allocate(capacity: lineCount)

    init() {
        lines.initialize(repeating: CorpusLine())
        outcomes.initialize(repeating: .kept)
    }

    deinit {
        lines.deinitialize().deallocate()
        outcomes.deallocate()
    }

    var count: Int { raw.count }
    var isFull: Bool { raw.count == Self.lineCount || bytes.count >= Self.byteCount }

    func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        raw.removeAll(keepingCapacity: true)
    }

    func append(_ text: ArraySlice<UInt8>, input: Int) {
        append(RawLine(source: append(text)), input)
    }

    func append(source: ArraySlice<UInt8>, target: ArraySlice<UInt8>, input: Int) {
        append(RawLine(source: append(source), target: append(target)), input)
    }

    /// - Parameter fill: Appends the tokens.
    func append(sentence text: ArraySlice<UInt8>, input: Int, _ fill: (inout TokenLine) -> Void) {
        append(RawLine(source: append(text), isCut: true), input)
        fill(&lines[count - 1].source)
    }

    private func append(_ text: ArraySlice<UInt8>) -> Range<Int> {
        let start = bytes.count
        bytes += text
        return start..<bytes.count
    }

    private func append(_ line: RawLine, _ input: Int) {
        lines[count].input = input
        lines[count].source.removeAll()
        lines[count].target.removeAll()
        raw.append(line)
    }

    func cut(_ range: Range<Int>, with cutter: LineCutter) {
        bytes.withUnsafeBufferPointer { bytes in
            func text(_ range: Range<Int>) -> UnsafeBufferPointer<UInt8> { .init(rebasing: bytes[range]) }
            for number in range {
                let line = raw[number]
                outcomes[number] =
                    line.isCut
                    ? cutter.judge(text(line.source))
                    : cutter.cut(text(line.source), line.target.map(text), into: &lines[number])
            }
        }
    }

    /// Calls `body` with the lines that are kept.
    ///
    /// - Returns: How many are not, by the reason.
    func forEach(_ body: (CorpusLine) throws -> Void) rethrows -> [Outcome: Int] {
        var left: [Outcome: Int] = [:]
        for number in 0..<count {
            if outcomes[number] == .kept { try body(lines[number]) } else { left[outcomes[number], default: 0] += 1 }
        }
        return left
    }
}
