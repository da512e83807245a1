import Diagnostics

/// Reads the records of an input one after the other: lines, or what a form of text has in their stead.
package protocol RecordReader: AnyObject {
    var name: String { get }
    /// What messages call it, where lines are counted from: the name, and where in the middle reading began.
    var place: String { get }
    /// Number of the line with which the record read last begins, from 1.
    var lineNumber: Int { get }
    /// Byte offset of that record in the decompressed input.
    var lineOffset: Int { get }
    /// Byte offset after it.
    var offset: Int { get }
    /// How it ended.
    var lineEnd: LineEnd { get }
    /// Whether it was refused because it is too long; its rest can be read by ``appendRest(to:maximum:)``.
    var isTooLong: Bool { get }

    /// Appends the next record without its end; false at the end of the input.
    ///
    /// - Throws: Also when the record is too long; its beginning is then in `record`.
    func appendNext(to record: inout [UInt8]) throws -> Bool
    /// Appends what follows of a record that was too long, with its end if it has one; false when there is more than fits.
    func appendRest(to bytes: inout [UInt8], maximum: Int) throws -> Bool
}

extension RecordReader {
    package var place: String { name }

    /// Hands every record to `body`, without a byte order mark; those that are too long or that it calls bad data go to
    /// `bad`.
    package func forEachLine(_ bad: BadRecords, _ body: ([UInt8]) throws -> Void) throws {
        var line: [UInt8] = []
        while true {
            line.removeAll(keepingCapacity: true)
            do {
                guard try appendNext(to: &line) else { return }
            } catch let failure as Failure where isTooLong {
                try bad.reject(RejectedRecord(failure: failure, bytes: line))
                var isComplete = false
                while !isComplete {
                    line.removeAll(keepingCapacity: true)
                    isComplete = try appendRest(to: &line, maximum: 1 << 20)
                    try bad.reject(
                        RejectedRecord(failure: nil, bytes: line, separator: line.last == 0x0A ? [] : [0x0A]))
                }
                continue
            }
            let mark = lineNumber == 1 && line.starts(with: ByteOrderMark.bytes) ? ByteOrderMark.bytes : []
            line.removeFirst(mark.count)
            do {
                try body(line)
                bad.accept(1)
            } catch let failure as Failure where failure.code == .badData {
                try bad.reject(
                    RejectedRecord(
                        failure: failure, bytes: mark + line + lineEnd.bytes, separator: lineEnd.separator))
            }
        }
    }
}
