import ArgumentParser
import Diagnostics
import Pipelines
import Shards

struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Asks what there is, and writes the recipe that 'distill' would run.",
        discussion: """
            EXAMPLE
              nerpipe init                  # then: nerpipe run sw/recipe.yaml

            Questions stand on standard error, answers are lines of standard input: a script can give them as well. An empty line leaves out what can be left out; where \
            there may be several, an empty line ends them.
            """)

    func run() throws {
        var materials = DistillMaterials()
        materials.language = try ask("Language of the text to be tagged, as a code (sw)")
        materials.text = try askAll("Unlabelled text of it: a file or a pattern", needsOne: true)
        let sources = try askAll("Labelled text of another language, as LANGUAGE=FILE (en=en/train.conll)")
        materials.sources = try sources.map { try named($0, "LANGUAGE=FILE") }
        if sources.isEmpty {
            materials.teachers = try askAll(
                "A teacher: the folder of a model, or of a Hugging Face token classifier", needsOne: true)
        } else {
            materials.development = try askAll("Labelled text to choose the teacher's epoch by, as LANGUAGE=FILE")
                .map { try named($0, "LANGUAGE=FILE") }
        }
        let pair = "\(materials.sourceLanguages.first ?? "en")-\(materials.language)"
        materials.parallel = try askAll("Sentence pairs, as SOURCE-TARGET=FILE (\(pair)=pairs.tsv)").map {
            try named($0, "SOURCE-TARGET=FILE")
        }
        materials.dictionaries = try askAll("Dictionaries, as SOURCE-TARGET=FILE").map {
            try named($0, "SOURCE-TARGET=FILE")
        }
        if materials.parallel.isEmpty, materials.dictionaries.isEmpty {
            materials.vectors = try askAll("Vectors of both languages in one space: a table, or LANGUAGE=FILE for each")
        }
        materials.gold = try askAll("Labelled text of \(materials.language), for scores alone")
        materials.output = try ask("Folder to make", default: materials.language)
        try materials.validate()
        let recipe = DistillRecipe(materials)
        // The definition must be one that runs.
        guard case .chain(let chain) = try DefinitionFile(text: recipe.text, path: recipe.path) else { return }
        try ChainExecution(chain: chain, common: try CommonOptions.parse([])).requireCommands()
        try Directory.make(materials.output)
        try AtomicFile.write(Array(recipe.text.utf8), to: recipe.path, OutputRule(replaces: false))
        for missing in recipe.choices.missing { StandardError.write("would help: \(missing)\n") }
        StandardError.write("wrote \(recipe.path); next: nerpipe run \(recipe.path)\n")
    }

    private func named(_ answer: String, _ form: String) throws -> DistillMaterials.Named {
        let named = try NamedPath(answer, option: "the answer", form: form)
        return DistillMaterials.Named(name: named.name, path: named.path)
    }

    private func ask(_ question: String, default standard: String? = nil) throws -> String {
        while true {
            StandardError.write(question + (standard.map { " [\($0)]" } ?? "") + ": ")
            guard let answer = readLine()?.trimmed else { throw Failure.noAnswer(question) }
            if !answer.isEmpty { return answer }
            if let standard { return standard }
        }
    }

    private func askAll(_ question: String, needsOne: Bool = false) throws -> [String] {
        var answers: [String] = needsOne ? [try ask(question)] : []
        while true {
            StandardError.write(
                (answers.isEmpty ? question + ", or an empty line" : "  one more, or an empty line") + ": ")
            guard let answer = readLine()?.trimmed, !answer.isEmpty else { return answers }
            answers.append(answer)
        }
    }
}

extension String {
    fileprivate var trimmed: String {
        String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
