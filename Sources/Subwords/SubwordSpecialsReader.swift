import Diagnostics

/// Reads which tokens stand around a sentence (`post_processor`) and which one fills a batch.
enum SubwordSpecialsReader {
    /// - Parameter id: The number of a token by its text.
    static func surroundings(_ value: JSONValue?, id: ([UInt8]) -> Int?) throws -> (begin: [UInt32], end: [UInt32]) {
        guard let value else { return ([], []) }
        let type = try value.member("type")
        switch try type.string() {
        case "BertProcessing":
            try value.requireOnly(["type", "sep", "cls"])
        case "RobertaProcessing":
            try value.requireOnly(["type", "sep", "cls", "trim_offsets", "add_prefix_space"])
        case "TemplateProcessing": return try template(value, id)
        case let name: throw type.unsupported(name, "post-processors")
        }
        return ([try pair(value.member("cls"), id)], [try pair(value.member("sep"), id)])
    }

    /// A token as `["[SEP]", 3]`.
    private static func pair(_ value: JSONValue, _ id: ([UInt8]) -> Int?) throws -> UInt32 {
        let parts = try value.elements()
        guard parts.count == 2 else { throw value.failure("should be a pair of a token and its number") }
        return try check(parts[1], isThatOf: parts[0], id)
    }

    private static func check(_ number: JSONValue, isThatOf token: JSONValue, _ id: ([UInt8]) -> Int?) throws -> UInt32
    {
        let value = try number.integer(upTo: SubwordTokenizer.maximumVocabulary - 1)
        guard let known = id(try token.bytes()) else { throw token.failure("is no token of this file") }
        guard known == value else { throw number.failure("is not the number of its token, which is \(known)") }
        return UInt32(value)
    }

    /// `single`: the template for one sentence.
    private static func template(_ value: JSONValue, _ id: ([UInt8]) -> Int?) throws -> (begin: [UInt32], end: [UInt32])
    {
        try value.requireOnly(["type", "single", "pair", "special_tokens"])
        let table = try value.member("special_tokens")
        var begin: [UInt32] = [], end: [UInt32] = []
        var sentences = 0
        for part in try value.member("single").elements() {
            try part.requireOnly(["SpecialToken", "Sequence"])
            let content = try part.optional("SpecialToken") ?? part.member("Sequence")
            try content.requireOnly(["id", "type_id"])
            let type = try content.member("type_id")
            guard try type.integer(upTo: 1 << 30) == 0 else {
                throw type.failure("is not 0; a sentence of several types is not done here")
            }
            guard try part.optional("SpecialToken") != nil else {
                sentences += 1
                continue
            }
            let entry = try table.member(content.member("id").string())
            let ids = try entry.member("ids").elements(), tokens = try entry.member("tokens").elements()
            guard ids.count == tokens.count else {
                throw entry.failure("has \(ids.count) ids and \(tokens.count) tokens")
            }
            let numbers = try zip(ids, tokens).map { try check($0, isThatOf: $1, id) }
            if sentences == 0 { begin += numbers } else { end += numbers }
        }
        guard sentences == 1 else { throw value.failure("has \(sentences) sentences in its template for one") }
        return (begin, end)
    }

    /// The file's own `padding`, else the token that is called so.
    static func padding(_ value: JSONValue?, id: ([UInt8]) -> Int?) throws -> UInt32? {
        if let value {
            return try check(value.member("pad_id"), isThatOf: value.member("pad_token"), id)
        }
        return (id(Array("[PAD]".utf8)) ?? id(Array("<pad>".utf8))).map { UInt32($0) }
    }
}
