import ArgumentParser
import Diagnostics
import Formats
import Pipelines
import Shards

struct DistillCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "distill",
        abstract: "Makes a tagger for a language from labelled text of another one: all phases, one command.",
        discussion: """
            EXAMPLES
              nerpipe distill 'news/*.txt.zst' --lang sw --source en=en/train.conll \\
                --dev en=en/dev.conll --parallel en-sw=parallel/en-sw -o sw
              nerpipe distill sw.txt.zst --lang sw --vectors multi.vectors \\
                --source en=en.conll --source yo=yo.conll --gold sw.conll -o sw
              nerpipe distill sw.txt.zst --lang sw --teacher hf/xlmr-ner -o sw
              nerpipe tag --model sw/model.nerpipe < text > tagged.conll

            It makes what is missing: vectors of both languages in one space (from sentence pairs, dictionaries and text), a teacher (from labelled text), the \
            student, a package that tags by itself, and with --gold scores. Labels of the target are never learnt from, and sentences of --gold are taken out of all text. \
            What it chooses, and why, stands at the head of OUTPUT/recipe.yaml, which can be edited and given to 'nerpipe run'.

            An interrupted run continues when the same command is given again; what is done is not done again while its inputs are the same.
            """)

    @OptionGroup var arguments: MaterialArguments

    @Option(name: .joinable("o"), help: "Folder to make.")
    var output: String

    @Option(help: "Identifier of the licence, for the model card.")
    var license: String?

    @Option(help: "Seed of everything random.")
    var seed: UInt64 = 1

    @Flag(help: "In the end, remove what only the run needed: vectors, teachers, checkpoints.")
    var clean = false

    @Flag(
        name: [.customShort("n"), .long], help: "Say what would be done, and what time and disk it takes; do nothing.")
    var dryRun = false

    @OptionGroup var overwriting: OverwriteArguments
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let session = Session(common, command: "distill")
        var materials = try arguments.materials(output: output)
        (materials.license, materials.seed) = (license, seed)
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
        // Labels that do not meet would only be noticed when all else is done.
        let labels = LabelCheck(materials, reading: ReadingNotes { _ in }).findings()
        if let finding = labels.first(where: { $0.severity == .error }) {
            throw Failure.materialsDoNotFit(finding.line)
        }
        for finding in labels where finding.severity == .warning { session.warn(finding.line) }
        for choice in recipe.choices.made { session.log("chosen: \(choice.name); \(choice.reason)") }
        for missing in recipe.choices.missing { session.log("would help: \(missing)") }
        try await ChainExecution(chain: chain, common: common).run(startsOver: overwriting.force, session)
        let report = DistillReport(recipe, materials)
        try report.write()
        if clean { try report.removeWork() }
        for line in try report.summary() { session.log(line) }
    }

    private func chain(_ text: String, _ recipe: DistillRecipe) throws -> Chain {
        guard case .chain(let chain) = try DefinitionFile(text: text, path: recipe.path) else {
            preconditionFailure("a recipe is a chain")
        }
        return chain
    }

    /// Writes the recipe, unless a person has edited the one that is there.
    private func write(_ recipe: DistillRecipe) throws {
        try Directory.make(recipe.output)
        // The digest of what was written is kept beside it.
        let mark = "\(recipe.output)/\(DistillRecipe.recordsName)/recipe"
        let digest = Digest.hex(Array(recipe.text.utf8))
        if Directory.fileExists(recipe.path), !overwriting.force {
            let found = Digest.hex(try Directory.contents(of: recipe.path))
            let written =
                try Directory.fileExists(mark) ? String(decoding: Directory.contents(of: mark), as: UTF8.self) : ""
            guard found == written || found == digest else { throw Failure.editedRecipe(recipe.path) }
        }
        try Directory.make("\(recipe.output)/\(DistillRecipe.recordsName)")
        try AtomicFile.write(recipe.text, to: recipe.path)
        try AtomicFile.write(digest, to: mark)
    }
}
