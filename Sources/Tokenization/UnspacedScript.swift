/// Scripts that put no space between words, so that the rules of UAX #29 alone find no word in them: they cut these
/// letters one by one.
///
/// - Note: Unicode 15, Scripts.txt; letters whose Word_Break property is Other or Katakana.
package enum UnspacedScript: String, CaseIterable, Sendable {
    case thai = "Thai"
    case lao = "Lao"
    case khmer = "Khmer"
    case myanmar = "Myanmar"
    /// Chinese and Japanese, whose words mix these.
    case hanAndKana = "Han and kana"
    case taiLe = "Tai Le"
    case newTaiLue = "New Tai Lue"
    case taiTham = "Tai Tham"
    case taiViet = "Tai Viet"
    case ahom = "Ahom"
    case other = "other"

    /// The script of a letter without case whose Word_Break property is Other or Katakana.
    init(letter: UInt32) {
        self =
            switch letter {
            case 0x0E00..<0x0E80: .thai
            case 0x0E80..<0x0F00: .lao
            case 0x1000..<0x10A0, 0xA9E0..<0xAA00, 0xAA60..<0xAA80: .myanmar
            case 0x1780..<0x1800: .khmer
            case 0x1950..<0x1980: .taiLe
            case 0x1980..<0x19E0: .newTaiLue
            case 0x1A20..<0x1AB0: .taiTham
            case 0x2E80..<0xA000, 0xF900..<0xFB00, 0xFF65..<0xFFA0, 0x1AFF0..<0x1B170, 0x20000..<0x40000: .hanAndKana
            case 0xAA80..<0xAAE0: .taiViet
            case 0x11700..<0x11750: .ahom
            default: .other
            }
    }

    /// What is said, after a number of tokens, when they could not be made into words.
    package var unsegmentedNote: String {
        "tokens of \(self == .other ? "a" : rawValue) script without spaces are single characters: no dictionary finds its words"
    }

    /// The same for several scripts, as lines for the user.
    package static func notes(_ counts: [UnspacedScript: Int]) -> [String] {
        counts.sorted { $0.key.rawValue < $1.key.rawValue }.map { "\($0.value) \($0.key.unsegmentedNote)" }
    }

    /// Whether ICU has a dictionary for it.
    var hasDictionary: Bool {
        switch self {
        case .thai, .lao, .khmer, .myanmar, .hanAndKana: true
        default: false
        }
    }
}
