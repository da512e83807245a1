import Glibc

/// The command: reads its arguments and writes a sample or a stream.
@main
enum SampleWorld {
    static func main() {
        // A reader that has seen enough is no failure: write then reports EPIPE.
        signal(SIGPIPE, SIG_IGN)
        do {
            try run(Array(CommandLine.arguments.dropFirst()))
        } catch  where error.isClosedPipe {
            return
        } catch {
            try? OutputFile.writeAll(Array("sample-world: \(error.message)\n".utf8), to: 2, path: "standard error")
            exit(error.exitStatus)
        }
    }

    private static func run(_ arguments: [String]) throws(SampleWorldError) {
        switch try Arguments.parse(arguments) {
        case .help:
            try OutputFile.writeAll(Array(Arguments.helpText.utf8), to: 1, path: "standard output")
        case .sample(let output, let seed, let counts, let languages):
            var sizes = CorpusSizes()
            sizes.sourceSentences = counts[0]
            sizes.unlabelledSentences = counts[1]
            sizes.devSentences = counts[2]
            sizes.testSentences = counts[3]
            sizes.parallelSentences = counts[4]
            let files = SampleSet(seed: seed, sizes: sizes, languages: languages).files()
            for file in files {
                let path = output + "/" + file.path
                if let slash = path.lastIndex(of: "/") { try OutputFile.makeFolder(String(path[..<slash])) }
                try OutputFile.write(file.bytes, path: path)
            }
        case .stream(let language, let byteCount, let seed):
            guard let profile = LanguageProfile.profile(of: language) else { throw .usage("unknown language") }
            let lexicon = Lexicon(world: World(seed: seed), profile: profile)
            var stream = TextStream(lexicon: lexicon)
            try stream.write(byteCount: byteCount, to: 1)
        }
    }
}
