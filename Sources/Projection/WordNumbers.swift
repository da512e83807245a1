import UnicodeText

/// Numbers of the words of both sides, by look-up form, in the order in which they were met.
///
/// Words beyond `limit`, and those longer than any word, share one number for each side, which keeps the memory
/// bounded.
struct WordNumbers {
    enum Side: Int { case source, target }

    private static let maximumByteCount = 256

    private var numbers: [[[UInt8]: UInt32]] = [[:], [:]]
    private let limit: Int
    private let lookupForms: [LookupForm]
    private(set) var count = 2
    private(set) var forgottenCount = 0

    /// - Parameters:
    ///   - limit: Words that are told apart at most.
    ///   - languages: Codes of both sides.
    init(limit: Int, languages: (source: String, target: String)) {
        self.limit = limit
        lookupForms = [LookupForm(language: languages.source), LookupForm(language: languages.target)]
    }

    /// The number of each token; new words get new ones.
    mutating func insert(_ side: PairSide, _ which: Side) -> [UInt32] {
        forms(of: side, which).map { form in
            if let number = numbers[which.rawValue][form] { return number }
            guard count < limit, form.count <= Self.maximumByteCount else {
                forgottenCount += 1
                return UInt32(which.rawValue)
            }
            defer { count += 1 }
            numbers[which.rawValue][form] = UInt32(count)
            return UInt32(count)
        }
    }

    /// The number of each token.
    func find(_ side: PairSide, _ which: Side) -> [UInt32] {
        forms(of: side, which).map { numbers[which.rawValue][$0] ?? UInt32(which.rawValue) }
    }

    private func forms(of side: PairSide, _ which: Side) -> [[UInt8]] {
        side.text.withUnsafeBufferPointer { text in
            (0..<side.count).map { token in
                var form: [UInt8] = []
                lookupForms[which.rawValue].append(.init(rebasing: text[side.range(token)]), to: &form)
                return form
            }
        }
    }
}
