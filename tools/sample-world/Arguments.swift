/// What the command line asks for.
package enum Arguments: Equatable {
    /// Print the help text.
    case help
    /// Write the sample to a folder.
    case sample(output: String, seed: UInt64, sizes: [Int], languages: [String])
    /// Write raw text of one language to standard output.
    case stream(language: String, byteCount: Int, seed: UInt64)

    /// The help text.
    package static let helpText = """
        Invents a small world of languages for testing cross-lingual named-entity recognition.

        sample-world --out DIR [--seed 7] [--source-sentences 5000] [--unlabelled-sentences 8000]
                     [--parallel-sentences 2000] [--dev 600] [--test 600]
                     [--languages qaa,qab,qac,qad,qae,qaf]
        sample-world --stream LANG --bytes 2G [--seed 7]

        The first form writes labelled text, raw text, translations, vectors, README.md and manifest.json to DIR.
        The second writes raw text to standard output, whole lines, until at least that many bytes are written;
        K, M and G are powers of 1024. The same arguments give the same bytes on every machine.

        """

    /// Reads the arguments after the program's name.
    package static func parse(_ arguments: [String]) throws(SampleWorldError) -> Arguments {
        var values: [String: String] = [:]
        let known = [
            "--out", "--seed", "--source-sentences", "--unlabelled-sentences", "--parallel-sentences", "--dev",
            "--test",
            "--languages", "--stream", "--bytes",
        ]
        var index = 0
        while index < arguments.count {
            let name = arguments[index]
            if name == "--help" || name == "-h" { return .help }
            guard known.contains(name) else { throw .usage("unknown option '\(name)'; see --help") }
            guard index + 1 < arguments.count else { throw .usage("\(name) needs a value") }
            guard values.updateValue(arguments[index + 1], forKey: name) == nil else {
                throw .usage("\(name) is given twice")
            }
            index += 2
        }
        guard let seed = UInt64(values["--seed"] ?? "7") else { throw .usage("--seed must be a whole number") }
        if let language = values["--stream"] {
            for name in known where name != "--stream" && name != "--bytes" && name != "--seed" && values[name] != nil {
                throw .usage("\(name) does not go with --stream")
            }
            guard LanguageProfile.profile(of: language) != nil else { throw unknownLanguage(language) }
            guard let bytes = values["--bytes"] else { throw .usage("--stream needs --bytes, for example --bytes 2G") }
            return .stream(language: language, byteCount: try byteCount(bytes), seed: seed)
        }
        guard values["--bytes"] == nil else { throw .usage("--bytes goes with --stream only") }
        guard let output = values["--out"], !output.isEmpty else {
            throw .usage("say where to write with --out DIR, or use --stream; see --help")
        }
        let defaults = CorpusSizes()
        let sizes = [
            try sentenceCount("--source-sentences", values, defaults.sourceSentences),
            try sentenceCount("--unlabelled-sentences", values, defaults.unlabelledSentences),
            try sentenceCount("--dev", values, defaults.devSentences),
            try sentenceCount("--test", values, defaults.testSentences),
            try sentenceCount("--parallel-sentences", values, defaults.parallelSentences),
        ]
        let languages = values["--languages"]?.split(separator: ",").map(String.init) ?? LanguageProfile.all.map(\.code)
        for (position, language) in languages.enumerated() {
            guard LanguageProfile.profile(of: language) != nil else { throw unknownLanguage(language) }
            guard !languages[..<position].contains(language) else { throw .usage("'\(language)' is named twice") }
        }
        guard !languages.isEmpty else { throw .usage("--languages names no language") }
        return .sample(output: output, seed: seed, sizes: sizes, languages: languages)
    }

    private static func unknownLanguage(_ code: String) -> SampleWorldError {
        .usage("unknown language '\(code)'; there are \(LanguageProfile.all.map(\.code).joined(separator: ", "))")
    }

    private static func sentenceCount(
        _ name: String, _ values: [String: String], _ fallback: Int
    ) throws(SampleWorldError) -> Int {
        guard let text = values[name] else { return fallback }
        guard let count = Int(text), count >= 0, count <= 10_000_000 else {
            throw .usage("\(name) must be a number from 0 to 10000000")
        }
        return count
    }

    private static func byteCount(_ text: String) throws(SampleWorldError) -> Int {
        var digits = Substring(text)
        var unit = 1
        if let last = digits.last, let power = ["K": 1, "M": 2, "G": 3][last] {
            digits.removeLast()
            for _ in 0..<power { unit *= 1024 }
        }
        guard let count = Int(digits), count > 0, count <= (1 << 50) / unit else {
            throw .usage("--bytes must be a positive number such as 500M or 2G, at most 2^50")
        }
        return count * unit
    }
}
