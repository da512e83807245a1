/// Sentences to try a program with; invented, or a few words of languages.
enum OddSentences {
    static let plain = [
        ["Anna", "Berg", "moved", "to", "Rome", "."],
        ["Yesterday", "it", "rained", "."],
        [
            "The", "Bank", "of", "New", "Town", "said", "that", "Mr", ".", "Otieno", "will", "leave", "Kisumu", "in",
            "May", ".",
        ],
        ["Ok"],
        ["In", "1998", ",", "Maria", "Silva", "and", "Jan", "de", "Vries", "met", "in", "Antwerp", "."],
    ]
    static let empty: [[[String]]] = [[], [[]], [["", "a", ""], [], ["Rome", ""]]]
    static let strings: [[[String]]] = [
        [["\u{FFFD}", "e\u{301}\u{302}\u{303}", "\u{200D}", "\u{FEFF}", "👩‍👩‍👧‍👦", "🇰🇪", "\u{0}", "\u{1B}[31m", "\u{7F}"]],
        [["<s>", "[CLS]", "[SEP]", "[PAD]", "</s>", "##ing", "▁", "Ġ", "\\u0041", "{\"id\":1}", "%s", "'", "\""]],
        [["a\u{A0}b", "a b", "a\tb", "a\nb", "a\r\nb", "a\u{2028}b", " ", "\n"]],
        [[String(repeating: "x", count: 10_000), String(repeating: "語", count: 3_000), "ﬁ", "ǅ", "İ", "ß", "Ω", "𝔘"]],
        [["东京", "の", "ソウル", "กรุงเทพ", "ⵜⴰⵎⴰⵣⵉⵖⵜ", "አዲስ", "አበባ", "नई", "दिल्ली"]],
    ]
    static let rightToLeft: [[[String]]] = [
        [["قال", "محمد", "في", "القاهرة", "."], ["דוד", "גר", "בתל", "־", "אביב", "."]],
        [["\u{202B}abc\u{202C}", "\u{200F}", "ABC", "\u{061C}", "مَرْحَبًا"]],
    ]
}
