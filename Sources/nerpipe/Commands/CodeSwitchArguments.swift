import ArgumentParser
import Corpora
import Diagnostics
import Pipelines
import Taggers
import Vectors

/// The part of `train` that adds copies of the data in other languages.
struct CodeSwitchArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Add a copy of the training data with words replaced by this dictionary's translations into LANGUAGE; repeatable.",
            valueName: "language=dictionary.tsv"))
    var codeSwitch: [String] = []

    @Option(
        help: ArgumentHelp(
            "Probability of replacing a word that has a translation; repeated, one more copy for each. Default: 0.7.",
            valueName: "rate"))
    var codeSwitchRate: [Double] = []

    @Option(
        help: ArgumentHelp(
            "Entity types whose tokens are never translated, comma-separated.", valueName: "types"))
    var codeSwitchKeep: String?

    @Flag(help: "Train on the copies alone, without the original.")
    var codeSwitchOnly = false

    private var exceptions: CodeSwitcher.Exceptions {
        CodeSwitcher.Exceptions(
            types: codeSwitchKeep.map { Set($0.split(separator: ",").map(String.init)).sorted() } ?? [],
            leavesOutOriginal: codeSwitchOnly)
    }

    private var rates: [Double] { codeSwitchRate.isEmpty ? [0.7] : codeSwitchRate }

    func validate() throws {
        guard !codeSwitch.isEmpty || codeSwitchRate.isEmpty else {
            throw ValidationError("--code-switch-rate needs --code-switch LANGUAGE=DICTIONARY")
        }
        guard !codeSwitch.isEmpty || codeSwitchKeep == nil && !codeSwitchOnly else {
            throw ValidationError(
                "\(codeSwitchOnly ? "--code-switch-only" : "--code-switch-keep") needs --code-switch LANGUAGE=DICTIONARY"
            )
        }
    }

    /// What was asked for, for the model card; empty when nothing was.
    var description: String {
        guard !codeSwitch.isEmpty else { return "" }
        let languages = codeSwitch.map { $0.prefix { $0 != "=" } }.joined(separator: ", ")
        let kept = exceptions.types.isEmpty ? "" : ", \(exceptions.types.joined(separator: " ")) kept"
        return ", code-switched into \(languages) at \(rates.map { "\($0)" }.joined(separator: ", "))"
            + kept + (codeSwitchOnly ? ", without the original" : "")
    }

    func switcher(
        _ table: VectorTable, language: String, tags: TagSet, seed: UInt64, bad: BadRecords, log: (String) -> Void
    ) throws -> CodeSwitcher? {
        guard !codeSwitch.isEmpty else { return nil }
        let form = table.lookupForm(for: language)
        var dictionaries: [CodeSwitcher.Dictionary] = []
        for text in codeSwitch {
            let named = try NamedPath(text, option: "--code-switch", form: "LANGUAGE=DICTIONARY")
            let language = try table.ownCode(for: named.name, option: "--code-switch"), path = named.path
            let entries = try BilingualDictionary(
                path: path, forms: .init(source: form, target: table.lookupForm(for: language)), bad: bad)
            log(
                "\(path): \(entries.entries.count) translations; left out \(entries.repeatedEntryCount) repeated ones and \(entries.multiwordEntryCount) of several words"
            )
            dictionaries.append(
                CodeSwitcher.Dictionary(language: language, entries: entries) {
                    table.usualCapitalization(of: $0, language: language)
                })
        }
        try bad.finish()
        return try CodeSwitcher(
            dictionaries: dictionaries, rates: rates, seed: seed, except: exceptions, tags: tags, form: form)
    }
}
