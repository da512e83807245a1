import Diagnostics
import Evaluation
import VectorSpaces

// Arguments.
extension Failure {
    static func onlyTaggersAreCalibrated(_ path: String) -> Failure {
        Failure(.usage, "\(path): --calibrate and --reliability are for taggers of nerpipe, and this is none")
    }

    static func noOutputForm(_ path: String, forms: String) -> Failure {
        Failure(.usage, "\(path): its name does not say which form it is to have; say it with --to \(forms)")
    }

    static func unknownCommand(_ name: String, _ hint: String) -> Failure {
        Failure(.usage, "unknown command '\(name)'; \(hint)")
    }

    /// - Parameter form: What the value of the option must be.
    static func isNot(_ form: String, option: String, _ text: String) -> Failure {
        Failure(.usage, "\(option) '\(text)' is not \(form)")
    }

    static func oneLanguageWrittenTwice(_ one: String, _ other: String) -> Failure {
        Failure(.usage, "'\(one)' and '\(other)' are one language; name it in one way for all inputs")
    }

    static func languageNotGiven(known languages: [String]) -> Failure {
        Failure(
            .usage,
            "the language of the text is not given, and the model knows several (\(languages.joined(separator: " "))); "
                + "name it with --lang")
    }
}

// Streams.
extension Failure {
    /// - Parameter count: Folders with such units.
    static func unitsAreOpen(in count: Int) -> Failure {
        Failure(
            .checkFailed,
            "\(count) folder\(count == 1 ? " has" : "s have") units that are not done; start them again, or wait")
    }

    /// - Parameter first: What was wrong with the first of them; all were named already.
    static func streamsAreNotIntact(_ first: Failure) -> Failure {
        Failure(
            first.code, first.code == .noInput ? "a stream is missing; see above" : "a stream is damaged; see above",
            cause: first)
    }

    static func unitIsNotSaid(_ paths: [String]) -> Failure {
        Failure(
            .usage,
            "\(paths[0])\(paths.count > 1 ? " and more" : ""): no name of a unit, as 00003-of-00008.zst; say which one this is, --unit I/N"
        )
    }

    static func roundOfPipe(_ path: String) -> Failure {
        Failure(
            .usage,
            "\(path): a round reads its unit's part of streams in compressed files; write the stream to one, -o FILE.zst"
        )
    }

    static func twoSourcesOfOneName() -> Failure {
        Failure(.usage, "two sources have one name; every --source needs its own")
    }

    static func embeddedWithOtherTable(_ stream: String) -> Failure {
        Failure(
            .badData, "\(stream): embedded with another vector table than the target; embed all with the same one")
    }

    static func nothingToWeighBy(_ stream: String) -> Failure {
        Failure(.badData, "\(stream): no sentence in it; nothing to weigh by")
    }
}

// Scores.
extension Failure {
    static func nothingToScore(_ path: String) -> Failure { Failure(.badData, "\(path): no tokens to score") }

    static func cannotScore(_ error: EvaluationError) -> Failure { Failure(.badData, error.message, cause: error) }

    static func countsOfOtherGold(_ path: String, than base: String) -> Failure {
        Failure(.mismatch, "\(path): counts of other gold data than \(base); evaluate both on the same file")
    }

    static func cannotCompare(_ base: String, _ system: String, _ error: EvaluationError) -> Failure {
        Failure(.mismatch, "\(base), \(system): \(error.message)", cause: error)
    }
}

// Vectors.
extension Failure {
    static func noPairHasRows(dictionary: String?, seeds: SeedDictionary.Alike?) -> Failure {
        Failure(
            .badData,
            "\(dictionary ?? "--seeds \(seeds?.rawValue ?? "")"): of no pair both words have a row; are the "
                + "languages and their direction right?")
    }

    static func wrongWordCount(_ count: Int, maximum: Int) -> Failure {
        Failure(.badData, "--words: \(count) words; a picture takes from 2 to \(maximum)")
    }

    /// What is wrong with one of the words to be drawn, counted from 1.
    static func inWords(entry number: Int, _ failure: Failure) -> Failure {
        Failure(failure.code, "--words, entry \(number): \(failure.message)", cause: failure)
    }

    static func noWordPair(_ place: String) -> Failure {
        Failure(.badData, "\(place): not WORD or WORD and one translation")
    }

    static func hugeWord(_ path: String, maximumBytes: Int) -> Failure {
        Failure(.badData, "\(path): a word has more than \(maximumBytes) bytes; is this a list of words?")
    }

    static func checksFailed(_ count: Int) -> Failure { Failure(.checkFailed, "\(count) checks failed") }
}

/// Chains of phases.
extension Failure {
    static func noPhase(_ path: String, _ name: String) -> Failure {
        Failure(.mismatch, "\(path): '\(name)' cannot be a phase of a chain; use 'pipeline' for stages")
    }

    static func nothingToCompare(_ paths: [String]) -> Failure {
        Failure(.badData, "\(paths.joined(separator: ", ")): no word to compare")
    }

    /// - Parameter known: Names that the option may have.
    static func namesNoText(_ name: String, option: String, known: [String], target: String) -> Failure {
        let hint = target == "und" ? "; --lang names the target" : ""
        return Failure(
            .usage, "\(option) '\(name)': no text has that name; there are \(known.joined(separator: ", "))\(hint)")
    }

    static func namedTwice(_ name: String, option: String) -> Failure {
        Failure(.usage, "\(option) '\(name)' is given twice; one file can be read for it")
    }

    static func labelsOfOneSide(target: String) -> Failure {
        Failure(
            .usage, "--labels: names are compared with those of the target; give them for '\(target)' and for a source")
    }

    static func doctorFound(_ errors: Int) -> Failure {
        Failure(.checkFailed, "\(errors) error\(errors == 1 ? "" : "s"), see above")
    }

    static func materialsDoNotFit(_ finding: String) -> Failure {
        Failure(.badData, "\(finding) ('nerpipe doctor' with the same options looks at everything)")
    }

    static func alarms(_ count: Int) -> Failure {
        Failure(.checkFailed, "\(count) alarm\(count == 1 ? "" : "s"), see above")
    }

    static func noAnswer(_ question: String) -> Failure {
        Failure(.usage, "no answer to '\(question)'; standard input is over")
    }

    static func editedRecipe(_ path: String) -> Failure {
        Failure(
            .cannotCreate,
            "\(path): was edited, and these options make another one; 'nerpipe run \(path)' does what it says, --force replaces it"
        )
    }

    static func badPhase(_ path: String, _ name: String, _ what: String, _ cause: any Error) -> Failure {
        Failure(.mismatch, "\(path): phase '\(name)': \(what)", cause: cause)
    }
}
