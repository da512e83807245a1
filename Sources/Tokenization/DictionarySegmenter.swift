import UnicodeText

#if canImport(_FoundationICU)
    import _FoundationICU
#endif

/// Finds words in scripts that put no space between them, by the dictionaries of the ICU library that comes with
/// Foundation.
///
/// What it finds depends on the text and on ``version`` alone: the rules are those of the root locale, and only the data
/// inside the library are used, whatever the environment names.
///
/// - Note: Unicode Standard Annex #29, section 4.1, on tailoring for these scripts; unicode-org.github.io/icu,
///   "Boundary Analysis", dictionary-based word segmentation.
final class DictionarySegmenter {
    /// UTF-16 units that are looked at together; longer runs are taken piece by piece, so that memory stays bounded.
    private static let pieceLength = 2048

    #if canImport(_FoundationICU)
        /// The version of the dictionaries; "none" where the platform has none.
        static let version: String = {
            // Before anything else of the library is used: files that the environment names are never looked at.
            var status = U_ZERO_ERROR
            swift_udata_setFileAccess(UDATA_ONLY_PACKAGES, &status)
            var numbers = [UInt8](repeating: 0, count: 4)
            swift_u_getVersion(&numbers)
            return "\(numbers[0]).\(numbers[1])"
        }()

        private let iterator: OpaquePointer
        private var units: [UInt16] = []
        /// The byte at which each unit begins.
        private var positions: [Int] = []

        /// - Returns: nil when the library has no data.
        init?() {
            _ = Self.version
            var status = U_ZERO_ERROR
            guard let iterator = swift_ubrk_open(UBRK_WORD, "", nil, 0, &status), status.rawValue <= 0 else {
                return nil
            }
            self.iterator = iterator
        }

        deinit { swift_ubrk_close(iterator) }

        /// Appends where words end, in bytes, ascending; the last is `range.upperBound`.
        ///
        /// - Parameters:
        ///   - base: The text.
        ///   - range: Letters of one script and what joins to them, valid UTF-8, not empty.
        ///   - ends: Grows by one a word.
        /// - Complexity: O(bytes) time; memory of the longest piece.
        func appendWordEnds(_ base: UnsafePointer<UInt8>, _ range: Range<Int>, to ends: inout [Int]) {
            var start = range.lowerBound
            while start < range.upperBound {
                let pieceEnd = readPiece(base, start..<range.upperBound)
                let first = ends.count
                appendEndsOfPiece(to: &ends)
                if pieceEnd < range.upperBound {
                    // The piece may end inside its last word: that begins the next piece, unless it is most of this one.
                    ends.removeLast()
                    let half = start + (pieceEnd - start) / 2
                    guard ends.count > first, let last = ends.last, last > half else {
                        ends.append(pieceEnd)
                        start = pieceEnd
                        continue
                    }
                    start = last
                } else {
                    start = pieceEnd
                }
            }
        }

        /// Takes as much of the range as a piece may hold as UTF-16.
        ///
        /// - Returns: Where it ends.
        private func readPiece(_ base: UnsafePointer<UInt8>, _ range: Range<Int>) -> Int {
            units.removeAll(keepingCapacity: true)
            positions.removeAll(keepingCapacity: true)
            var index = range.lowerBound
            while index < range.upperBound && units.count < Self.pieceLength {
                let (scalar, length) = UTF8Scalar.decode(base, at: index, end: range.upperBound)
                if scalar < 0x10000 {
                    units.append(UInt16(truncatingIfNeeded: scalar))
                    positions.append(index)
                } else {
                    units.append(UInt16(truncatingIfNeeded: 0xD7C0 &+ scalar &>> 10))
                    units.append(UInt16(truncatingIfNeeded: 0xDC00 | scalar & 0x3FF))
                    positions.append(index)
                    positions.append(index)
                }
                index += length
            }
            positions.append(index)
            return index
        }

        private func appendEndsOfPiece(to ends: inout [Int]) {
            var status = U_ZERO_ERROR
            units.withUnsafeBufferPointer { units in
                swift_ubrk_setText(iterator, units.baseAddress, Int32(units.count), &status)
                guard status.rawValue <= 0, swift_ubrk_first(iterator) == 0 else { return }
                while true {
                    let unit = Int(swift_ubrk_next(iterator))
                    // The last boundary is appended below, whatever the library says.
                    guard unit > 0, unit < units.count else { return }
                    ends.append(positions[unit])
                }
            }
            if let last = positions.last { ends.append(last) }
        }
    #else
        static let version = "none"
        init?() { nil }
        func appendWordEnds(_ base: UnsafePointer<UInt8>, _ range: Range<Int>, to ends: inout [Int]) {}
    #endif
}
