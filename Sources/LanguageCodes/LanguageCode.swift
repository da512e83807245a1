/// A code that names a language, in one of its usual forms: ISO 639-1 (`sw`), 639-2 bibliographic or terminological
/// (`ger`, `deu`), 639-3 (`swh`), or one of these with a script and a region, as in BCP 47 (`zh-Hans`, `sw-KE`) or with
/// underscores (`qab_Latn`). Case does not matter; variants and extensions are not looked at. A code of three letters
/// that the registry does not have stands for itself (`qaa` to `qtz` are for private use).
///
/// - Note: RFC 5646, section 2.1; ISO 639-3 with its mapping of macro-languages, see ``LanguageRegistry``.
package struct LanguageCode: Hashable, Sendable {
    /// ISO 639-3, three letters in lower case.
    package let language: String
    /// ISO 15924, four letters in lower case.
    package let script: String?
    /// ISO 3166-1 or UN M.49, in lower case.
    package let region: String?

    /// Nil when `text` is not written as a code, or is one of two letters that names no language.
    package init?(_ text: String) {
        var subtags = text.lowercased().split(omittingEmptySubsequences: false) { $0 == "-" || $0 == "_" }[...]
        guard let first = subtags.popFirst(), (2...3).contains(first.utf8.count), first.utf8.allSatisfy(Self.isLetter),
            subtags.allSatisfy({ (1...8).contains($0.utf8.count) && $0.utf8.allSatisfy(Self.isLetterOrDigit) })
        else { return nil }
        var name = String(first)
        // `zh-yue`: the extended language is meant.
        if let extended = subtags.first, extended.utf8.count == 3, extended.utf8.allSatisfy(Self.isLetter) {
            name = String(extended)
            subtags.removeFirst()
        }
        guard let language = Registry.shared.threeLetters[name] ?? (name.utf8.count == 3 ? name : nil) else {
            return nil
        }
        var script: String?
        if let next = subtags.first, next.utf8.count == 4, next.utf8.allSatisfy(Self.isLetter) {
            script = String(next)
            subtags.removeFirst()
        }
        var region: String?
        if let next = subtags.first,
            next.utf8.count == 2 && next.utf8.allSatisfy(Self.isLetter)
                || next.utf8.count == 3 && !next.utf8.contains(where: Self.isLetter)
        {
            region = String(next)
        }
        if script == nil, language == "zho" || language == "cmn" { script = region.flatMap { Self.chineseScripts[$0] } }
        (self.language, self.script, self.region) = (language, script, region)
    }

    /// Where the region says the script (CLDR, likely subtags).
    private static let chineseScripts = ["cn": "hans", "sg": "hans", "tw": "hant", "hk": "hant", "mo": "hant"]

    private static func isLetter(_ byte: UInt8) -> Bool { byte &- 0x61 < 26 }
    private static func isLetterOrDigit(_ byte: UInt8) -> Bool { isLetter(byte) || byte &- 0x30 < 10 }

    /// The macro-language that the language is a member of, or is.
    package var macrolanguage: String? { Registry.shared.macrolanguages[language] }

    /// The shortest code of the language (`sw` for `swa` and `swh`), as catalogues of models ask for.
    package var shortest: String {
        let wanted = [language, macrolanguage].compactMap { $0 }
        let codes = Registry.shared.threeLetters.filter { $0.key.utf8.count == 2 && wanted.contains($0.value) }
        return codes.keys.filter { !Self.withdrawn.contains($0) }.min() ?? language
    }

    /// Of ISO 639-1; the registry understands them.
    private static let withdrawn: Set = ["in", "iw", "ji", "jw", "mo", "sh"]

    /// Whether lower-casing tells dotted from dotless i: Turkish and Azerbaijani (Unicode, SpecialCasing.txt).
    package var hasDotlessI: Bool { language == "tur" || macrolanguage == "aze" }

    /// How near two codes are; less is nearer, nil is another language.
    ///
    /// First the language: the same, or the macro-language and the member that is usually meant by it (`sw`, `swh`), or
    /// the macro-language and another member (`ar`, `arz`). Two members of one macro-language are two languages. Then
    /// the script, where two that differ are never the same, then the region.
    func distance(to other: LanguageCode) -> Int? {
        let languages: Int
        if language == other.language {
            languages = 0
        } else if let macrolanguage, macrolanguage == other.macrolanguage,
            language == macrolanguage || other.language == macrolanguage
        {
            let member = language == macrolanguage ? other.language : language
            languages = Registry.shared.usualMembers[macrolanguage] == member ? 1 : 2
        } else {
            return nil
        }
        let scripts = Self.distance(script, other.script), regions = Self.distance(region, other.region)
        return scripts == 2 ? nil : languages * 9 + scripts * 3 + regions
    }

    /// 0 for the same, 1 when one says nothing, 2 when they differ.
    private static func distance(_ a: String?, _ b: String?) -> Int { a == b ? 0 : a == nil || b == nil ? 1 : 2 }
}

extension LanguageCode {
    /// What a code means among others.
    package enum Match: Equatable, Sendable {
        /// One of them, by its place.
        case one(Int)
        /// Several that are equally near.
        case several([Int])
        /// None; the place of the one that may be meant, if any.
        case none(nearest: Int?)
    }

    /// Finds the code that names the language of `text`. The same text is always it; then, whatever its case; then the
    /// nearest by language, script and region. Names that are no codes match as texts alone.
    package static func match(_ text: String, among codes: [String]) -> Match {
        if let place = codes.firstIndex(of: text) { return .one(place) }
        let lower = text.lowercased()
        if let place = codes.firstIndex(where: { $0.lowercased() == lower }) { return .one(place) }
        let wanted = LanguageCode(text)
        var best = Int.max, places: [Int] = []
        for (place, code) in codes.enumerated() {
            guard let distance = LanguageCode(code).flatMap({ wanted?.distance(to: $0) }), distance <= best,
                !codes[..<place].contains(code)
            else { continue }
            if distance < best { places = [] }
            best = distance
            places.append(place)
        }
        if places.count > 1 { return .several(places) }
        return places.first.map { .one($0) } ?? .none(nearest: nearest(to: lower, wanted, among: codes))
    }

    /// Whether two codes name one language, however they are written.
    package static func areSame(_ a: String, _ b: String) -> Bool { match(a, among: [b]) == .one(0) }

    /// Two different ways to write one language, script and region, when there are such among some codes.
    package static func differentlyWritten(in codes: [String]) -> (String, String)? {
        var known: [LanguageCode: String] = [:]
        for code in codes {
            guard let parsed = LanguageCode(code) else { continue }
            if let other = known.updateValue(code, forKey: parsed), other != code { return (other, code) }
        }
        return nil
    }

    /// A language of the same macro-language, or one with another script; otherwise a code with one letter changed, left
    /// out or put in.
    private static func nearest(to text: String, _ code: LanguageCode?, among codes: [String]) -> Int? {
        func isRelative(_ other: LanguageCode) -> Bool {
            other.language == code?.language || code?.macrolanguage != nil && other.macrolanguage == code?.macrolanguage
        }
        return codes.firstIndex { LanguageCode($0).map(isRelative) ?? false }
            ?? codes.firstIndex { $0 != "*" && isOneChangeAway(Array($0.lowercased().utf8), Array(text.utf8)) }
    }

    private static func isOneChangeAway(_ a: [UInt8], _ b: [UInt8]) -> Bool {
        guard abs(a.count - b.count) <= 1 else { return false }
        let start = zip(a, b).prefix { $0 == $1 }.count
        let end = zip(a.dropFirst(start).reversed(), b.dropFirst(start).reversed()).prefix { $0 == $1 }.count
        return max(a.count, b.count) - start - end <= 1
    }
}

/// The generated table, as it is looked up in; read once.
private struct Registry: Sendable {
    static let shared = Registry()

    var threeLetters: [String: String] = [:]
    /// Of members and of macro-languages themselves.
    var macrolanguages: [String: String] = [:]
    /// By macro-language.
    var usualMembers: [String: String] = [:]

    private init() {
        for item in LanguageRegistry.codes.split(separator: " ") {
            let parts = item.split(separator: "=")
            threeLetters[String(parts[0])] = String(parts[1])
        }
        for item in LanguageRegistry.macrolanguages.split(separator: " ") {
            let parts = item.split(separator: ":")
            let macro = String(parts[0]), members = parts[1].split(separator: ",").map(String.init)
            if macrolanguages.updateValue(macro, forKey: macro) == nil { usualMembers[macro] = members[0] }
            for member in members { macrolanguages[member] = macro }
        }
    }
}
