/// Collects tokens in a small piece of memory and hands them to the arrays of a paragraph when it is full.
struct TokenSink {
    static let capacity = 128

    /// Starts in the first half, lengths in the second.
    private let memory: UnsafeMutablePointer<UInt32>
    private var count = 0

    /// - Parameter memory: `2 * capacity` elements that live as long as the sink.
    init(_ memory: UnsafeMutablePointer<UInt32>) { self.memory = memory }

    @inline(__always)
    mutating func append(_ start: Int, _ length: Int, _ output: inout TokenizedParagraph) {
        if count == Self.capacity { flush(&output) }
        memory[count] = UInt32(truncatingIfNeeded: start)
        memory[Self.capacity &+ count] = UInt32(truncatingIfNeeded: length)
        count &+= 1
    }

    @inline(never)
    mutating func flush(_ output: inout TokenizedParagraph) {
        output.tokenStarts.append(contentsOf: UnsafeBufferPointer(start: memory, count: count))
        output.tokenLengths.append(contentsOf: UnsafeBufferPointer(start: memory + Self.capacity, count: count))
        count = 0
    }
}
