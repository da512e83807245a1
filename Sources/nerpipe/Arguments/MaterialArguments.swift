import ArgumentParser
import Pipelines

/// What a tagger is made from: the options that `distill` and `doctor` have in common.
struct MaterialArguments: ParsableArguments {
    @Argument(
        help: "Unlabelled text of the language: files or patterns; plain, .gz or .zst; text, JSON lines or columns.")
    var text: [String]

    @Option(help: "Language code of the text, the target.")
    var lang: String

    @Option(help: ArgumentHelp("Labelled text of another language; repeatable.", valueName: "language=file"))
    var source: [String] = []

    @Option(
        help: ArgumentHelp(
            "Labelled text of a source language, to choose the teacher's epoch by; repeatable.",
            valueName: "language=file"))
    var dev: [String] = []

    @Option(
        help:
            "A teacher: a model directory, or a folder of a Hugging Face token classifier; repeatable, and together with --source."
    )
    var teacher: [String] = []

    @Option(help: ArgumentHelp("Sentence pairs of the languages; repeatable.", valueName: "source-target=path"))
    var parallel: [String] = []

    @Option(help: ArgumentHelp("Pairs of words; repeatable.", valueName: "source-target=file"))
    var dictionary: [String] = []

    @Option(
        help: ArgumentHelp(
            "A vector table of both languages, or files of vectors in one space, LANGUAGE=FILE each.",
            valueName: "table|language=file"))
    var vectors: [String] = []

    @Option(
        name: .customLong("text"),
        help: ArgumentHelp("Further text to train vectors on; repeatable.", valueName: "language=file"))
    var otherText: [String] = []

    @Option(
        help: ArgumentHelp(
            "Folder of a multilingual encoder, whose word vectors stand beside those of the table.", valueName: "folder"
        ))
    var encoder: String?

    @Option(help: "Labelled text of the language: for scores alone.")
    var gold: [String] = []

    @Option(help: "Rename entity types of labelled text, or drop them to O: MISC=O,DATE=O.")
    var map = ""

    @Option(help: "Entity types to learn, comma-separated. Default: all of the source.")
    var types: String?

    /// - Parameter output: Folder that is made.
    func materials(output: String) throws -> DistillMaterials {
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
        (materials.types, materials.map, materials.output) = (types, map, output)
        while materials.output.count > 1, materials.output.hasSuffix("/") { materials.output.removeLast() }
        return materials
    }
}
