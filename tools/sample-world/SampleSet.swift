/// The whole sample: the files of every language, the description and the manifest.
package struct SampleSet {
    let seed: UInt64
    private let sizes: CorpusSizes
    let languages: [String]

    /// Describes a sample; each language's files depend only on the seed, the sizes and its own code.
    package init(seed: UInt64, sizes: CorpusSizes, languages: [String]) {
        self.seed = seed
        self.sizes = sizes
        self.languages = languages
    }

    /// Returns all files, the manifest last.
    package func files() -> [SampleFile] {
        let world = World(seed: seed)
        var files: [SampleFile] = []
        for profile in LanguageProfile.all where languages.contains(profile.code) {
            var writer = CorpusWriter(lexicon: Lexicon(world: world, profile: profile))
            files += writer.files(sizes: sizes)
        }
        files.append(SampleFile(path: "README.md", bytes: Array(description().utf8), counts: []))
        files.append(SampleFile(path: "manifest.json", bytes: Array(manifest(of: files).utf8), counts: []))
        return files
    }

    /// Returns the manifest: the arguments, then size, digest and counts of every file as it is before compression.
    private func manifest(of files: [SampleFile]) -> String {
        var text = """
            {
              "format": 1,
              "generator": "tools/sample-world",
              "seed": \(seed),
              "sourceSentences": \(sizes.sourceSentences),
              "unlabelledSentences": \(sizes.unlabelledSentences),
              "parallelSentences": \(sizes.parallelSentences),
              "devSentences": \(sizes.devSentences),
              "testSentences": \(sizes.testSentences),
              "languages": [\(languages.map { "\"\($0)\"" }.joined(separator: ", "))],
              "files": [

            """
        for (position, file) in files.enumerated() {
            let counts = file.counts.map { ", \"\($0.name)\": \($0.count)" }.joined()
            text += "    {\"path\": \"\(file.path)\", \"bytes\": \(file.bytes.count)\(counts),\n"
            text += "     \"sha256\": \"\(SHA256.hexadecimal(of: file.bytes))\"}"
            text += position + 1 < files.count ? ",\n" : "\n"
        }
        return text + "  ]\n}\n"
    }
}
