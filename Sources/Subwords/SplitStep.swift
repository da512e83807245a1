import CUnicodeTables
import Diagnostics

/// One step of cutting the text of a word into what the model sees at once (`pre_tokenizer`).
enum SplitStep: Sendable {
    /// White space is left out (WhitespaceSplit).
    case atSpace
    /// Runs of `\w` and runs of what is neither that nor white space (Whitespace).
    case wordsAndOthers
    /// White space is left out, each mark of punctuation is by itself (BertPreTokenizer).
    case bert
    case punctuation(PunctuationBehavior)
    case metaspace(Metaspace)

    enum PunctuationBehavior: String, Sendable {
        case isolated = "Isolated"
        case removed = "Removed"
        case contiguous = "Contiguous"
    }

    /// Spaces become a mark, which is also put in front; each mark begins a part.
    struct Metaspace: Sendable {
        enum Prefix: String, Sendable {
            case always, first, never
        }

        var mark: [UInt8]
        var prefix: Prefix
        var splits: Bool
    }

    /// A part of the text, and where in the word it begins.
    struct Part {
        var range: Range<Int>
        var start: UInt32
    }

    func apply(to text: inout WordText, _ parts: inout [Part]) {
        switch self {
        case .atSpace: Self.split(text, &parts, Self.spaceClass)
        case .wordsAndOthers: Self.split(text, &parts, Self.wordClass)
        case .bert:
            Self.split(text, &parts) { scalar in
                Self.spaceClass(scalar) == .removed ? .removed : Self.isPunctuation(scalar) ? .isolated : .run(0)
            }
        case .punctuation(let behavior):
            Self.split(text, &parts) { scalar in
                guard Self.isPunctuation(scalar) else { return .run(0) }
                switch behavior {
                case .isolated: return .isolated
                case .removed: return .removed
                case .contiguous: return .run(1)
                }
            }
        case .metaspace(let metaspace): Self.apply(metaspace, to: &text, &parts)
        }
    }

    private enum Class: Equatable {
        case removed
        /// A part of its own.
        case isolated
        /// With its neighbours of the same number.
        case run(Int)
    }

    private static func isPunctuation(_ scalar: UInt32) -> Bool {
        Int(nu_subword(scalar)) & NU_SUBWORD_PUNCTUATION != 0
    }

    private static func spaceClass(_ scalar: UInt32) -> Class {
        Int(nu_subword(scalar)) & NU_SUBWORD_SPACE != 0 ? .removed : .run(0)
    }

    private static func wordClass(_ scalar: UInt32) -> Class {
        let properties = Int(nu_subword(scalar))
        if properties & NU_SUBWORD_WORD != 0 { return .run(1) }
        return properties & NU_SUBWORD_SPACE != 0 ? .removed : .run(0)
    }

    private static func split(_ text: WordText, _ parts: inout [Part], _ classOf: (UInt32) -> Class) {
        var out: [Part] = []
        for part in parts {
            var at = part.range.lowerBound, start = at
            var open: Class = .removed
            func close() {
                if open != .removed, start < at { out.append(Part(range: start..<at, start: text.starts[start])) }
            }
            while at < part.range.upperBound {
                let (scalar, length) = text.scalar(at: at)
                let next = classOf(scalar)
                if next != open || next == .isolated {
                    close()
                    start = at
                    open = next
                }
                at += length
            }
            close()
        }
        parts = out
    }

    private static func apply(_ metaspace: Metaspace, to text: inout WordText, _ parts: inout [Part]) {
        var new = WordText()
        var out: [Part] = []
        let mark = metaspace.mark
        for part in parts {
            let begin = new.count
            let first = part.range.lowerBound
            let beginsWithMark =
                text.bytes[first] == 0x20 || text.bytes[part.range].starts(with: mark)
            let isPrefixed =
                switch metaspace.prefix {
                case .always: !beginsWithMark
                case .first: !beginsWithMark && part.start == 0
                case .never: false
                }
            if isPrefixed { new.append(mark, before: text, first) }
            for at in part.range {
                if text.bytes[at] == 0x20 {
                    new.append(mark, before: text, at)
                } else {
                    new.append(text, at..<(at + 1))
                }
            }
            Self.cut(new, begin, part.start, metaspace, into: &out)
        }
        text = new
        parts = out
    }

    /// Cuts before each mark, if asked.
    private static func cut(
        _ text: WordText, _ begin: Int, _ origin: UInt32, _ metaspace: Metaspace, into out: inout [Part]
    ) {
        var start = begin
        let mark = metaspace.mark
        if metaspace.splits {
            var at = begin
            while at + mark.count <= text.count {
                guard text.bytes[at] == mark[0], text.bytes[at..<(at + mark.count)].elementsEqual(mark) else {
                    at += 1
                    continue
                }
                if at > start { out.append(Part(range: start..<at, start: text.starts[start])) }
                start = at
                at += mark.count
            }
        }
        if start < text.count {
            out.append(Part(range: start..<text.count, start: start == begin ? origin : text.starts[start]))
        }
    }
}

extension SplitStep {
    /// The `pre_tokenizer` of a tokenizer.json as steps.
    static func steps(_ value: JSONValue?) throws -> [SplitStep] {
        guard let value else { return [] }
        let type = try value.member("type")
        switch try type.string() {
        case "Sequence":
            try value.requireOnly(["type", "pretokenizers"])
            return try value.member("pretokenizers").elements().flatMap { try steps($0) }
        case "BertPreTokenizer":
            try value.requireOnly(["type"])
            return [.bert]
        case "WhitespaceSplit":
            try value.requireOnly(["type"])
            return [.atSpace]
        case "Whitespace":
            try value.requireOnly(["type"])
            return [.wordsAndOthers]
        case "Punctuation":
            try value.requireOnly(["type", "behavior"])
            guard let behavior = try value.optional("behavior") else { return [.punctuation(.isolated)] }
            guard let known = PunctuationBehavior(rawValue: try behavior.string()) else {
                throw behavior.unsupported(try behavior.string(), "behaviours")
            }
            return [.punctuation(known)]
        case "Metaspace": return [.metaspace(try metaspace(value))]
        case let name: throw type.unsupported(name, "pre-tokenizers")
        }
    }

    private static func metaspace(_ value: JSONValue) throws -> Metaspace {
        try value.requireOnly(["type", "replacement", "str_rep", "add_prefix_space", "prepend_scheme", "split"])
        let replacement = try value.member("replacement")
        let mark = try replacement.bytes()
        guard mark.count(where: { $0 & 0xC0 != 0x80 }) == 1, mark != [0x20] else {
            throw replacement.failure("should be one character, and no space")
        }
        var prefix = Metaspace.Prefix.always
        if let scheme = try value.optional("prepend_scheme") {
            guard let known = Metaspace.Prefix(rawValue: try scheme.string()) else {
                throw scheme.unsupported(try scheme.string(), "schemes")
            }
            prefix = known
        }
        if let adds = try value.optional("add_prefix_space"), try !adds.bool() {
            guard try value.optional("prepend_scheme") == nil || prefix == .never else {
                throw adds.failure("contradicts prepend_scheme")
            }
            prefix = .never
        }
        return Metaspace(mark: mark, prefix: prefix, splits: try value.optional("split")?.bool() ?? true)
    }
}
