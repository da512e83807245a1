import Diagnostics

/// The `normalizer` of a tokenizer.json as steps.
enum NormalizerReader {
    static func steps(_ value: JSONValue?) throws -> [NormalizerStep] {
        guard let value else { return [] }
        let type = try value.member("type")
        switch try type.string() {
        case "Sequence":
            try value.requireOnly(["type", "normalizers"])
            return try value.member("normalizers").elements().flatMap { try steps($0) }
        case "BertNormalizer": return try bert(value)
        case "Strip":
            try value.requireOnly(["type", "strip_left", "strip_right"])
            return [
                .strip(left: try value.member("strip_left").bool(), right: try value.member("strip_right").bool())
            ]
        case "Replace": return [try replace(value)]
        case "Prepend":
            try value.requireOnly(["type", "prepend"])
            return [.prepend(try value.member("prepend").bytes())]
        case "Precompiled":
            try value.requireOnly(["type", "precompiled_charsmap"])
            return try characterMap(value.member("precompiled_charsmap"))
        case let name:
            try value.requireOnly(["type"])
            return [try plain(name, type)]
        }
    }

    private static func plain(_ name: String, _ type: JSONValue) throws -> NormalizerStep {
        switch name {
        case "NFC": .form(NormalizationForm(isCompatible: false, isComposed: true))
        case "NFD": .form(NormalizationForm(isCompatible: false, isComposed: false))
        case "NFKC": .form(NormalizationForm(isCompatible: true, isComposed: true))
        case "NFKD": .form(NormalizationForm(isCompatible: true, isComposed: false))
        case "Lowercase": .lowercase
        case "StripAccents": .stripMarks
        default: throw type.unsupported(name, "normalizers")
        }
    }

    private static func bert(_ value: JSONValue) throws -> [NormalizerStep] {
        try value.requireOnly(["type", "clean_text", "handle_chinese_chars", "strip_accents", "lowercase"])
        var steps: [NormalizerStep] = []
        if try value.member("clean_text").bool() { steps.append(.cleanText) }
        if try value.member("handle_chinese_chars").bool() { steps.append(.spaceIdeographs) }
        let lowercases = try value.member("lowercase").bool()
        if try value.optional("strip_accents")?.bool() ?? lowercases {
            steps.append(.form(NormalizationForm(isCompatible: false, isComposed: false)))
            steps.append(.stripNonspacing)
        }
        return lowercases ? steps + [.lowercase] : steps
    }

    private static func replace(_ value: JSONValue) throws -> NormalizerStep {
        try value.requireOnly(["type", "pattern", "content"])
        let pattern = try value.member("pattern"), content = try value.member("content").bytes()
        if let text = try pattern.optional("String") {
            try pattern.requireOnly(["String"])
            let bytes = try text.bytes()
            guard !bytes.isEmpty else { throw text.failure("is empty, and would be found everywhere") }
            return .replace(bytes, by: content)
        }
        try pattern.requireOnly(["Regex"])
        let expression = try pattern.member("Regex")
        guard try expression.string() == " {2,}", !content.contains(UInt8(ascii: "$")) else {
            throw expression.failure("is a regular expression; only \" {2,}\" is done here, without groups")
        }
        return .replaceSpaces(by: content)
    }

    /// No step for a map of no bytes, which sentencepiece writes for `identity`.
    private static func characterMap(_ value: JSONValue) throws -> [NormalizerStep] {
        guard let data = Base64.decoded(try value.bytes()) else { throw value.failure("is no base64") }
        do throws(CharacterMap.Problem) {
            return [.characterMap(try CharacterMap(data))]
        } catch {
            throw value.failure(error.what)
        }
    }
}

extension JSONValue {
    /// What a file asks for and we do not have.
    func unsupported(_ type: String, _ kind: String) -> Failure {
        failure("is \"\(type)\", which is not among the \(kind) that are done here")
    }
}

/// RFC 4648, section 4, with padding.
enum Base64 {
    static func decoded(_ text: [UInt8]) -> [UInt8]? {
        guard text.count % 4 == 0 else { return nil }
        let padding = text.suffix(2).reversed().prefix { $0 == UInt8(ascii: "=") }.count
        var out: [UInt8] = []
        out.reserveCapacity(text.count / 4 * 3)
        var bits: UInt32 = 0, count: UInt32 = 0
        for byte in text.dropLast(padding) {
            guard let value = value(byte) else { return nil }
            bits = bits << 6 | value
            count += 6
            if count >= 8 {
                count -= 8
                out.append(UInt8(truncatingIfNeeded: bits >> count))
                bits &= 1 << count - 1
            }
        }
        // What is over must be zero, so that a text has one form.
        return bits == 0 ? out : nil
    }

    private static func value(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(byte) - 65
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(byte) - 71
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte) + 4
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
