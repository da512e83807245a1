import Corpora
import Diagnostics
import Shards

// Files of vectors that another program made.
extension Failure {
    static func emptyVectorFile(_ name: String) -> Failure {
        Failure(.badData, "\(name): empty file; a vector file has lines 'WORD NUMBER ...'")
    }

    static func noVectorHead(_ name: String, _ hint: String) -> Failure {
        badLine(name, 1, "not 'COUNT DIMENSION' with a dimension up to 65536; \(hint)")
    }

    static func noVectorText(_ name: String) -> Failure {
        badLine(
            name, 1, "neither 'COUNT DIMENSION' nor 'WORD NUMBER ...'; is this a file of word vectors?")
    }

    static func unexpectedVectorHead(_ name: String) -> Failure {
        badLine(
            name, 1,
            "looks like 'COUNT DIMENSION', which a GloVe file does not have; import it with --format text, or leave "
                + "the format to be found out")
    }

    static func textInsteadOfBinary(_ path: String) -> Failure {
        badLine(path, 2, "the numbers are text, and not binary; import it with --format text")
    }

    /// Bad data in a binary file.
    ///
    /// - Parameter element: What it is in, with its number.
    static func badBytes(_ name: String, at byte: Int, _ element: String, _ what: String) -> Failure {
        Failure(.badData, "\(name): byte \(byte), \(element): \(what)")
    }

    static func unusableFastTextModel(_ path: String, at byte: Int, _ what: String) -> Failure {
        Failure(
            .badData,
            "\(path): byte \(byte): not a usable fastText model: \(what); export it as .vec text and import that")
    }

    static func wrongSizeOfFastTextModel(_ path: String, expected: Int, found: Int) -> Failure {
        Failure(
            .badData,
            "\(path): a fastText model of \(expected) bytes, by the sizes in it, but the file has \(found); "
                + (expected > found ? "it was cut" : "something was appended") + ": fetch it again")
    }
}

// Their import.
extension Failure {
    static func cannotImportStandardInput() -> Failure {
        Failure(.usage, "vectors cannot be imported from standard input; name a file")
    }

    static func dimensionDiffers(_ path: String, _ dimension: Int, first: String, _ expected: Int) -> Failure {
        Failure(
            .badData,
            "\(path): \(dimension) dimensions, \(first) has \(expected); all files of one table must agree")
    }

    static func subwordsAmongOthers(_ path: String) -> Failure {
        Failure(.usage, "\(path): a fastText model with sub-words must be the only input of a table")
    }

    static func noVectorFile() -> Failure { Failure(.usage, "no vector file given") }

    static func nothingToImport(_ path: String) -> Failure {
        Failure(.badData, "\(path): no words in it; nothing to import")
    }
}

// The table.
extension Failure {
    static func noVectorTable(_ path: String) -> Failure {
        Failure(.badData, "\(path): not a vector table; make one with 'nerpipe vectors import \(path) -o NAME.vectors'")
    }

    static func otherTableVersion(_ version: Int, _ path: String) -> Failure {
        Failure(
            .badData, "\(path): vector table version \(version), this nerpipe reads versions 1 and 2; import it again")
    }

    static func unknownFolding(_ number: Int, _ path: String) -> Failure {
        Failure(
            .badData,
            "\(path): its words are folded in a way that this nerpipe does not know (\(number)); use the version that "
                + "made it")
    }

    static func tooManyWords(_ path: String, maximum: Int) -> Failure {
        Failure(.cannotCreate, "\(path): more than \(maximum) words")
    }

    static func isNoNumber(_ path: String, _ what: String, _ index: Int) -> Failure {
        Failure(.badData, "\(path): \(what) \(index) is not a number; correct what it was computed from")
    }

    static func valueTooLarge(_ path: String, row: Int) -> Failure {
        Failure(
            .badData,
            "\(path): row \(row) or a sub-word after it has a value that is not a number or beyond 65504, "
                + "which a table cannot hold; scale the vectors, or train them again with a smaller learning rate")
    }
}

extension VectorTable {
    static func damaged(_ path: String, _ what: String) -> Failure {
        Failure(.badData, "\(path): unusable vector table: \(what); import it again")
    }
}

// Its languages.
extension Failure {
    static func languageNotGiven(_ languages: [String], in table: String, option: String) -> Failure {
        Failure(
            .usage,
            "the language of the text is not given, and \(table) has rows of certain languages "
                + "(\(languages.joined(separator: " "))); name it with \(option)")
    }

    static func unknownLanguage(
        _ language: String, _ languages: [String], nearest: String?, in table: String, option: String
    ) -> Failure {
        Failure(
            .usage,
            "\(table): no rows of language '\(language)'; it has rows of \(languages.joined(separator: ", "))"
                + "\(nearest.map { " (did you mean \($0)?)" } ?? ""); name one of them with \(option)")
    }

    static func ambiguousLanguage(_ language: String, _ meant: [String], in table: String, option: String) -> Failure {
        Failure(
            .usage,
            "\(table): '\(language)' may be \(meant.joined(separator: " or ")) there; say which with \(option)")
    }
}

// What a tagger is given of it.
extension Failure {
    static func noStatistics(_ table: VectorTable) -> Failure {
        Failure(
            .usage,
            "\(table.path): the table has no statistics of words; choose --numbers positions or none, or a table that "
                + "has them")
    }

    static func otherStatistics(_ table: VectorTable, needed: [String]) -> Failure {
        Failure(
            .badData,
            "\(table.path): the table's statistics are \(table.description.statistics.joined(separator: ",")), "
                + "needed are \(needed.joined(separator: ",")); use the table that the model was trained on")
    }

    static func unknownFeature(_ name: String) -> Failure {
        Failure(
            .usage, "unknown feature '\(name)'; known are shape, lower, prefix1 to prefix9, suffix1 to suffix9")
    }
}
