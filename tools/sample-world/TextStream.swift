import Glibc

/// Writes raw text of one language without end, fast enough to test programs that read gigabytes.
///
/// A few thousand sentences are invented once and kept as templates; a place in a template holds either fixed bytes or
/// a slot for any word of the same class, form and capitals. Writing picks a template and fills its slots by copying
/// ready bytes, so the loop makes no strings and allocates nothing.
package struct TextStream {
    /// The bytes written with one call.
    private static let chunkByteCount = 1 << 20
    /// The slots of one word list, a power of two so that random bits pick one.
    private static let listLength = 1024

    /// One piece of a template: bytes of `blob` to copy, or a list of words to pick one from.
    private struct Piece {
        /// An offset into `blob`, or the first entry of a list in `entries`.
        var start: UInt32
        /// The bytes to copy; 0 stands for a slot.
        var byteCount: UInt32
    }

    private var blob: [UInt8] = []
    private var entries: [Piece] = []
    private var pieces: [Piece] = []
    private var templates: [Range<Int>] = []
    private var longestTemplate = 0
    private var random: Random

    /// Prepares `templateCount` templates of `lexicon`'s language.
    ///
    /// - Precondition: `templateCount` is a power of two.
    package init(lexicon: Lexicon, templateCount: Int = 4096) {
        precondition(templateCount > 0 && templateCount.nonzeroBitCount == 1, "\(templateCount) is no power of two")
        let profile = lexicon.profile
        random = Random(seed: lexicon.world.seed, label: "stream " + profile.code)
        var builder = SentenceBuilder(lexicon: lexicon, label: "stream")
        let text = SentenceText(lexicon: lexicon)
        var listOfKey = [Int: UInt32]()
        for _ in 0..<templateCount {
            let sentence = builder.next()
            let first = pieces.count
            var fixed: [UInt8] = []
            var longest = 0
            var joins = true
            for item in sentence.items {
                if !joins, !item.joinsPrevious { fixed.append(UInt8(ascii: " ")) }
                joins = item.joinsNext
                guard case .word(let concept, let form) = item.content, !sentence.isInSecondScript else {
                    fixed += text.text(of: item, inSecondScript: sentence.isInSecondScript).utf8
                    continue
                }
                let wordClass = lexicon.world.concepts[concept].wordClass
                guard wordClass != .function else {
                    fixed += text.text(of: item).utf8
                    continue
                }
                longest += fixed.count
                appendFixed(&fixed)
                let capitals = item.capitals == .none ? 0 : item.capitals == .first ? 1 : 2
                let key = (wordClass.rawValue * WordForm.allCases.count + form.rawValue) * 3 + capitals
                let list: UInt32
                if let known = listOfKey[key] {
                    list = known
                } else {
                    list = UInt32(entries.count)
                    listOfKey[key] = list
                    appendList(lexicon: lexicon, wordClass: wordClass, form: form, capitals: item.capitals)
                }
                pieces.append(Piece(start: list, byteCount: 0))
                longest += entries[Int(list)..<Int(list) + Self.listLength].reduce(0) { max($0, Int($1.byteCount)) }
            }
            longest += fixed.count
            appendFixed(&fixed)
            templates.append(first..<pieces.count)
            longestTemplate = max(longestTemplate, longest)
        }
    }

    /// Writes whole lines until at least `byteCount` bytes are written; stops quietly when the reader has gone.
    package mutating func write(byteCount: Int, to descriptor: Int32) throws(SampleWorldError) {
        let capacity = Self.chunkByteCount + longestTemplate + 2
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 64)
        defer { buffer.deallocate() }
        var total = 0
        var midLine = false
        while total < byteCount {
            let filled = fill(buffer, limit: min(Self.chunkByteCount, byteCount - total), midLine: &midLine)
            total += filled
            do {
                let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<filled])
                try OutputFile.write(bytes, to: descriptor, path: "standard output")
            } catch {
                if error.isClosedPipe { return }
                throw error
            }
        }
        guard midLine else { return }
        try OutputFile.writeAll([UInt8(ascii: "\n")], to: descriptor, path: "standard output")
    }

    /// Returns the next bytes of the stream, at least `byteCount` of them.
    package mutating func nextBytes(_ byteCount: Int) -> [UInt8] {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: byteCount + longestTemplate + 2, alignment: 64)
        defer { buffer.deallocate() }
        var midLine = false
        let filled = fill(buffer, limit: byteCount, midLine: &midLine)
        return Array(buffer[..<filled])
    }

    /// Appends sentences until `limit` bytes are reached; a line ends after a sentence with probability 1/3.
    ///
    /// - Returns: The bytes written, less than `limit` plus the longest sentence and two separators.
    private mutating func fill(
        _ buffer: UnsafeMutableRawBufferPointer, limit: Int, midLine: inout Bool
    ) -> Int {
        guard let output = buffer.baseAddress else { return 0 }
        var random = self.random
        var offset = 0
        // The unchecked pointers stay inside: offsets and lengths were made together with the arrays in `init`, and
        // the buffer has room for the longest sentence beyond the limit.
        blob.withUnsafeBytes { blob in
            guard let source = blob.baseAddress else { return }
            entries.withUnsafeBufferPointer { entries in
                pieces.withUnsafeBufferPointer { pieces in
                    while offset < limit {
                        if midLine {
                            output.storeBytes(of: UInt8(ascii: " "), toByteOffset: offset, as: UInt8.self)
                            offset += 1
                        }
                        var bits = random.next()
                        let template = templates[Int(truncatingIfNeeded: bits & UInt64(templates.count - 1))]
                        midLine = (bits >> 32) % 3 != 0
                        var left = 0
                        for index in template {
                            var piece = pieces[index]
                            if piece.byteCount == 0 {
                                if left == 0 {
                                    bits = random.next()
                                    left = 6
                                }
                                piece = entries[Int(piece.start) + Int(bits & UInt64(Self.listLength - 1))]
                                bits >>= 10
                                left -= 1
                            }
                            (output + offset).copyMemory(
                                from: source + Int(piece.start), byteCount: Int(piece.byteCount))
                            offset += Int(piece.byteCount)
                        }
                        if !midLine {
                            output.storeBytes(of: UInt8(ascii: "\n"), toByteOffset: offset, as: UInt8.self)
                            offset += 1
                        }
                    }
                }
            }
        }
        self.random = random
        return offset
    }

    /// Adds pending fixed bytes as a piece.
    private mutating func appendFixed(_ bytes: inout [UInt8]) {
        guard !bytes.isEmpty else { return }
        pieces.append(Piece(start: UInt32(blob.count), byteCount: UInt32(bytes.count)))
        blob += bytes
        bytes.removeAll()
    }

    /// Adds a list of ready words in which popular ones are repeated.
    private mutating func appendList(lexicon: Lexicon, wordClass: WordClass, form: WordForm, capitals: Capitals) {
        var pieceOfConcept: [Int: Piece] = [:]
        for _ in 0..<Self.listLength {
            let concept = lexicon.pick(wordClass, random: &random)
            let piece: Piece
            if let known = pieceOfConcept[concept] {
                piece = known
            } else {
                let bytes = Array(lexicon.spelling(of: concept, form: form, capitals: capitals).utf8)
                piece = Piece(start: UInt32(blob.count), byteCount: UInt32(bytes.count))
                blob += bytes
                pieceOfConcept[concept] = piece
            }
            entries.append(piece)
        }
    }
}
