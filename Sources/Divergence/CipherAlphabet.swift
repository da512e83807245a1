import Randomness
import UnicodeText

/// Letters in pairs that are swapped: vowels of a script with each other, and its consonants.
struct CipherAlphabet: Sendable {
    /// Both cases; a letter that is not there stays.
    private let other: [UInt32: UInt32]
    /// Composed letters of the pairs: the letter, and its marks.
    private let composed: [UInt32: [UInt32]]

    /// Letters with one lower-case and one capital form of a single scalar, or without case; none of them composed: a mark stays with whatever
    /// letter it stands on.
    private static let classes: [String] = [
        "aeiouy", "bcdfghjklmnpqrstvwxz", "ɛɔəæøœ", "ɓɗƙŋɲɣƴð",
        "аеиоуыэюя", "бвгджзклмнпрстфхцчшщ",
        "αεηιουω", "βγδζθκλμνξπρτφχψ",
        "بتثجحخدذرزسشصضطظعغفقكلمنه", "אבגדהוזחטילמנסעפצקרשת",
    ]

    /// Accents, and marks below, of the orthographies of Latin, Cyrillic and Greek.
    private static let marks: [UInt32] = [
        0x300, 0x301, 0x302, 0x303, 0x304, 0x306, 0x307, 0x308, 0x309, 0x30A, 0x30B, 0x30C, 0x30F, 0x311, 0x313, 0x314,
        0x31B, 0x323, 0x324, 0x325, 0x326, 0x327, 0x328, 0x32D, 0x32E, 0x330, 0x331, 0x342, 0x345,
    ]

    /// Tells its random numbers from those of others.
    private static let purpose: UInt64 = 0x6369_7068_6572

    init(seed: UInt64) {
        var other: [UInt32: UInt32] = [:]
        for (number, letters) in Self.classes.enumerated() {
            let letters = letters.unicodeScalars.map(\.value)
            var random = RandomSource(seed: seed, stream: .selection, Self.purpose, UInt64(number))
            let order = random.permutation(letters.count)
            // Of an odd number one is left alone.
            for index in stride(from: 0, to: letters.count - 1, by: 2) {
                let (a, b) = (letters[order[index]], letters[order[index + 1]])
                for (x, y) in [(a, b), (Self.capital(a), Self.capital(b))] { (other[x], other[y]) = (y, x) }
            }
        }
        self.other = other
        composed = Self.compositions(of: other.keys.sorted())
    }

    private static func capital(_ scalar: UInt32) -> UInt32 {
        guard let letter = Unicode.Scalar(scalar) else { return scalar }
        let capital = letter.properties.uppercaseMapping.unicodeScalars
        return capital.count == 1 ? capital.first?.value ?? scalar : scalar
    }

    /// What is one scalar in NFC: the letters with one mark and with two.
    private static func compositions(of letters: [UInt32]) -> [UInt32: [UInt32]] {
        var found: [UInt32: [UInt32]] = [:], last = letters.map { ($0, [$0]) }
        for _ in 0..<2 {
            var next: [(UInt32, [UInt32])] = []
            for (scalar, parts) in last {
                for mark in marks {
                    guard let one = compose(scalar, mark), found[one] == nil else { continue }
                    found[one] = parts + [mark]
                    next.append((one, parts + [mark]))
                }
            }
            last = next
        }
        return found
    }

    private static func compose(_ letter: UInt32, _ mark: UInt32) -> UInt32? {
        var bytes: [UInt8] = [], form: [UInt8] = []
        UTF8Scalar.append(letter, to: &bytes)
        UTF8Scalar.append(mark, to: &bytes)
        bytes.withUnsafeBufferPointer { LookupForm.append(NFC: $0, to: &form) }
        return form.withUnsafeBufferPointer { form in
            guard let base = form.baseAddress else { return nil }
            let (scalar, length) = UTF8Scalar.decode(base, at: 0, end: form.count)
            return length == form.count ? scalar : nil
        }
    }

    /// Appends a word with its letters swapped, in NFC.
    func append(_ word: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) {
        var form: [UInt8] = [], swapped: [UInt8] = []
        LookupForm.append(NFC: word, to: &form)
        form.withUnsafeBufferPointer { appendSwapped($0, to: &swapped) }
        swapped.withUnsafeBufferPointer { LookupForm.append(NFC: $0, to: &output) }
    }

    private func appendSwapped(_ word: UnsafeBufferPointer<UInt8>, to swapped: inout [UInt8]) {
        guard let base = word.baseAddress else { return }
        var index = 0
        while index < word.count {
            let (scalar, length) = UTF8Scalar.decode(base, at: index, end: word.count)
            index += length
            if let partner = other[scalar] {
                UTF8Scalar.append(partner, to: &swapped)
            } else if let parts = composed[scalar], let partner = other[parts[0]] {
                UTF8Scalar.append(partner, to: &swapped)
                for mark in parts.dropFirst() { UTF8Scalar.append(mark, to: &swapped) }
            } else {
                UTF8Scalar.append(scalar, to: &swapped)
            }
        }
    }
}
