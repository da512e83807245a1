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
    private(set) var count = 2
    private(set) var forgottenCount = 0

    init(limit: Int) { self.limit = limit }

    /// The number of each token; new words get new ones.
    mutating func insert(_ side: PairSide, _ which: Side) -> [UInt32] {
        forms(of: side).map { form in
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
        forms(of: side).map { numbers[which.rawValue][$0] ?? UInt32(which.rawValue) }
    }

    private func forms(of side: PairSide) -> [[UInt8]] {
        side.text.withUnsafeBufferPointer { text in
            (0..<side.count).map { token in
                var form: [UInt8] = []
                LookupForm.append(lowercasedNFC: .init(rebasing: text[side.range(token)]), to: &form)
                return form
            }
        }
    }
}
