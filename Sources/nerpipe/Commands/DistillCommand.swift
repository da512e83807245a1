import ArgumentParser
import Diagnostics
import Pipelines
import Shards

struct DistillCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "distill", abstract: "Makes a tagger for a language from labelled text of another one: all phases, one command.",
        discussion: """
            EXAMPLES
              nerpipe distill 'news.sw/*.txt.zst' --lang sw --source en=en/train.conll \\
                --dev en=en/dev.conll --parallel en-sw=parallel/en-sw -o sw
              nerpipe distill sw.txt.zst --lang sw --source en=en.conll --source yo=yo.conll \\
                --vectors multi.vectors --gold sw/dev.conll -o sw
              nerpipe distill sw.txt.zst --lang sw --teacher hf/xlmr-ner -o sw
              nerpipe tag --model sw/model.nerpipe < text > tagged.conll

            It makes what is missing: vectors of both languages in one space (from sentence pairs, dictionaries and text), a teacher (from labelled text), the \
            student, a package that tags by itself, and with --gold scores. Labels of the target are never learnt from, and sentences of --gold are taken out of all text. \
            What it chooses, and why, stands at the head of OUTPUT/recipe.yaml, which can be edited and given to 'nerpipe run'.

            An interrupted run continues when the same command is given again; what is done is not done again while its inputs are the same.
            """)

    @Argument(help: "Unlabelled text of the language: files or patterns; plain, .gz or .zst; text, JSON lines or columns.")
    var text: [String]

    @Option(help: "Language code of the text, the target.")
    var lang: String

    @Option(help: ArgumentHelp("Labelled text of another language; repeatable.", valueName: "language=file"))
    var source: [String] = []

    @Option(help: ArgumentHelp("Labelled text of a source language, to choose the teacher's epoch by; repeatable.", valueName: "language=file"))
    var dev: [String] = []

    @Option(help: "A teacher: a model directory, or a folder of a Hugging Face token classifier; repeatable, and together with --source.")
    var teacher: [String] = []

    @Option(help: ArgumentHelp("Sentence pairs of the languages; repeatable.", valueName: "source-target=path"))
    var parallel: [String] = []

    @Option(help: ArgumentHelp("Pairs of words; repeatable.", valueName: "source-target=file"))
    var dictionary: [String] = []

    @Option(help: ArgumentHelp("A vector table of both languages, or files of vectors in one space, LANGUAGE=FILE each.", valueName: "table|language=file"))
    var vectors: [String] = []

    @Option(name: .customLong("text"), help: ArgumentHelp("Further text to train vectors on; repeatable.", valueName: "language=file"))
    var otherText: [String] = []

    @Option(help: ArgumentHelp("Folder of a multilingual encoder, whose word vectors stand beside those of the table.", valueName: "folder"))
    var encoder: String?

    @Option(help: "Labelled text of the language: for scores alone.")
    var gold: [String] = []

    @Option(help: "Rename entity types of labelled text, or drop them to O: MISC=O,DATE=O.")
    var map = ""

    @Option(help: "Entity types to learn, comma-separated. Default: all of the source.")
    var types: String?

    @Option(name: .joinable("o"), help: "Folder to make.")
    var output: String

    @Option(help: "Identifier of the licence, for the model card.")
    var license: String?

    @Option(help: "Seed of everything random.")
    var seed: UInt64 = 1

    @Flag(help: "In the end, remove what only the run needed: vectors, teachers, checkpoints.")
    var clean = false

    @Flag(name: [.short, .long], help: "Say what would be done, and what time and disk it takes; do nothing.")
    var dryRun = false

    @OptionGroup var overwriting: OverwriteArguments
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let session = Session(common, command: "distill")
        let materials = try materials()
        try materials.validate()
        let recipe = DistillRecipe(materials)
        let estimate = DistillEstimate(materials, jobs: common.jobCount)
        if dryRun {
            let chain = try chain(recipe.text, recipe)
            return try StandardOutput.write(
                recipe.text + "\n# takes \(estimate.text)\n\n" + ChainExecution(chain: chain, common: common).plan()
                    + recipe.choices.missing.map { "would help: \($0)\n" }.joined())
        }
        try write(recipe)
        let chain = try chain(recipe.text, recipe)
        session.log("\(recipe.path): \(chain.phases.count) phases, \(estimate.text)")
        if let free = estimate.freeBytes, free < estimate.diskBytes {
            session.warn("there may be too little space for it")
        }
        for choice in recipe.choices.made { session.log("chosen: \(choice.name); \(choice.reason)") }
        for missing in recipe.choices.missing { session.log("would help: \(missing)") }
        try await ChainExecution(chain: chain, common: common).run(startsOver: overwriting.force, session)
        let report = DistillReport(recipe, materials)
        try report.write()
        if clean { try report.removeWork() }
        for line in try report.summary() { session.log(line) }
    }

    private func materials() throws -> DistillMaterials {
        func named(_ values: [String], _ option: String, _ form: String) throws -> [DistillMaterials.Named] {
            try values.map { value in
                let named = try NamedPath(value, option: option, form: form)
                return DistillMaterials.Named(name: named.name, path: named.path)
            }
        }
        let ofLanguage = "LANGUAGE=FILE", ofPair = "SOURCE-TARGET=FILE"
        var materials = DistillMaterials()
        materials.language = lang
        materials.text = text
        materials.sources = try named(source, "--source", ofLanguage)
        materials.development = try named(dev, "--dev", ofLanguage)
        materials.teachers = teacher
        materials.parallel = try named(parallel, "--parallel", ofPair)
        materials.dictionaries = try named(dictionary, "--dictionary", ofPair)
        materials.vectors = vectors
        materials.otherText = try named(otherText, "--text", ofLanguage)
        materials.encoder = encoder
        materials.gold = gold
        (materials.types, materials.map) = (types, map)
        (materials.license, materials.seed, materials.output) = (license, seed, output)
        while materials.output.count > 1, materials.output.hasSuffix("/") { materials.output.removeLast() }
        return materials
    }

    private func chain(_ text: String, _ recipe: DistillRecipe) throws -> Chain {
        guard case .chain(let chain) = try DefinitionFile(text: text, path: recipe.path) else {
            preconditionFailure("a recipe is a chain")
        }
        return chain
    }

    /// Writes the recipe, unless a person has edited the one that is there.
    private func write(_ recipe: DistillRecipe) throws {
        try Directory.make(output)
        // The digest of what was written is kept beside it.
        let mark = "\(output)/\(DistillRecipe.recordsName)/recipe"
        let digest = Digest.hex(Array(recipe.text.utf8))
        if Directory.fileExists(recipe.path), !overwriting.force {
            let found = Digest.hex(try Directory.contents(of: recipe.path))
            let written = try Directory.fileExists(mark) ? String(decoding: Directory.contents(of: mark), as: UTF8.self) : ""
            guard found == written || found == digest else { throw Failure.editedRecipe(recipe.path) }
        }
        try Directory.make("\(output)/\(DistillRecipe.recordsName)")
        try AtomicFile.write(recipe.text, to: recipe.path)
        try AtomicFile.write(digest, to: mark)
    }
}
