package import Diagnostics
import Formats
import Objectives
import Selection
import Shards
import Taggers
import Teachers
import Vectors

// Units of a work.
extension Failure {
    static func noUnits(_ folder: String) -> Failure {
        Failure(.noInput, "\(folder): no units here; name a folder that -o FOLDER/ made")
    }

    static func noUnitRecord(_ path: String) -> Failure {
        Failure(.badData, "\(path): no record of a unit; remove it, and the unit is done again")
    }

    /// - Parameter difference: The first one.
    static func unitWasMadeOtherwise(_ record: String, _ difference: String) -> Failure {
        Failure(
            .mismatch,
            "\(record): this unit was made otherwise: \(difference); use the same inputs and options, name another folder, or do it "
                + "again with --force")
    }

    static func otherStreamThanRecorded(_ stream: String, _ record: String) -> Failure {
        Failure(
            .cannotCreate,
            "\(stream): is not the stream of \(record); remove both, or do the unit again with --force")
    }

    /// - Parameter path: The pipe.
    package static func unitOfPipe(_ path: String) -> Failure {
        Failure(
            .usage,
            "\(path == "-" ? "<stdin>" : path): -o FOLDER/ is for units of files, whose content is remembered; write a pipe to a file, "
                + "-o FILE")
    }

    static func streamCannotBeShared(_ path: String) -> Failure {
        Failure(
            .usage,
            "\(path == "-" ? "<stdin>" : path): --shard reads blocks where they lie, and this is a pipe, not compressed, or several streams in "
                + "one file; cut it with 'nerpipe shard split' first")
    }

    static func stageSeesAll(_ stage: String) -> Failure {
        Failure(
            .usage,
            "--shard: what '\(stage)' makes of a block, with these options, depends on the blocks before it or on all of them; run it in one "
                + "process over the outputs of all units")
    }
}

// Text, gold data and dictionaries.
extension Failure {
    static func severalForms(_ forms: [String], quarantine path: String) -> Failure {
        Failure(
            .usage,
            "\(path): inputs of several forms (\(forms.joined(separator: ", "))) cannot be kept in one file; read each "
                + "form in a run of its own")
    }

    static func tooManyTokens(_ path: String, _ line: Int, maximum: Int) -> Failure {
        badLine(
            path, line,
            "\(maximum) tokens or more in one record; it would have to be cut to be scored: make sentences of it")
    }

    static func writtenAsFolder(_ format: String) -> Failure {
        Failure(.usage, "\(format) is written as a folder of files; use 'nerpipe convert' or 'tag -o FOLDER'")
    }

    static func badCalibration(_ path: String) -> Failure {
        Failure(
            .badData,
            "\(path): no calibration of nerpipe; remove it, or make it again with 'nerpipe evaluate --calibrate'")
    }

    package static func nothingToCalibrate(_ place: String) -> Failure {
        Failure(.badData, "\(place): the model finds no entity there; calibrate on text in which it does")
    }

    static func folderAsOutput(_ form: String) -> Failure {
        Failure(.usage, "--to \(form) makes a folder of files; name the folder")
    }

    static func emptyTagName(_ text: String) -> Failure {
        Failure(.usage, "--tag-names \(text): a name is empty; give names, separated by commas, or a dataset_info.json")
    }

    static func documentIsNotUTF8(_ path: String, _ line: Int, at byte: Int) -> Failure {
        badLine(
            path, line,
            "not UTF-8 at byte \(byte) of the document; "
                + "convert the file (for instance with iconv), or accept it with --invalid replace")
    }

    static func tooManyTypes(_ paths: [String], maximum: Int) -> Failure {
        Failure(
            .badData,
            "\(paths.joined(separator: ", ")): more than \(maximum) entity types; is the tag in the last column?")
    }

    static func unknownTag(_ tag: String, among names: [String], _ paths: [String]) -> Failure {
        Failure(
            .badData,
            "\(paths.joined(separator: ", ")): tag '\(tag)' is not among \(names.joined(separator: " ")); rename it with "
                + "--map, or list its type in --types")
    }

    /// - Parameter purpose: What they were wanted for, " to mix in".
    static func noLabelledSentence(_ paths: [String], _ purpose: String = "") -> Failure {
        Failure(.badData, "\(paths.joined(separator: ", ")): no labelled sentence\(purpose)")
    }

    static func unusableSwitchRate(_ rate: Double) -> Failure {
        Failure(.usage, "code-switching rate \(rate) must be above 0 and at most 1")
    }

    static func twoDictionaries(into language: String) -> Failure {
        Failure(.usage, "two dictionaries for code-switching into '\(language)'; put them into one")
    }

    static func noTypeToKeep(_ type: String, among types: [String]) -> Failure {
        Failure(
            .usage,
            "no entity type '\(type)' to keep from code-switching; there are \(types.joined(separator: ", "))")
    }
}

// Files of counts.
extension Failure {
    static func cannotCountTwice(_ path: String) -> Failure {
        Failure(.usage, "\(path): --counts reads the gold data twice; write it to a file first")
    }

    static func noCounts(_ path: String) -> Failure {
        badLine(path, 1, "no counts; make the file with 'nerpipe evaluate --counts'")
    }

    static func badCounts(_ path: String, _ line: Int, sentence: Int, hasSeen: Bool) -> Failure {
        badLine(
            path, line,
            "not 'sentence TAB correct TAB predicted TAB gold'\(hasSeen ? ", and the same three of what was seen," : "") of "
                + "sentence \(sentence); make the file anew")
    }

    static func cannotTellSeen(sentence: Int) -> Failure {
        Failure(
            .badData,
            "sentence \(sentence): its entities are read in two ways, so that those in --seen cannot be told; write the names of "
                + "types alike everywhere (NFC), or leave out --seen or --counts")
    }
}

// Vector tables of streams and models.
extension Failure {
    static func streamWithoutTable(_ neededBy: String) -> Failure {
        Failure(.badData, "\(neededBy): the stream names no vector table; put 'nerpipe embed' before this stage")
    }

    static func noTable(_ path: String, digest: String, neededBy: String) -> Failure {
        Failure(
            .noInput,
            "\(path): no such vector table (\(neededBy) needs the one with digest \(digest)); name it with "
                + "--vectors FILE")
    }

    static func otherTable(_ table: VectorTable, digest: String, neededBy: String) -> Failure {
        Failure(
            .badData,
            "vector table differs: \(table.path) has digest \(table.description.digest), \(neededBy) needs \(digest); "
                + "name the right one with --vectors FILE")
    }
}

// Scoring and selecting. `weights` is the file of the similarity of sources.
extension Failure {
    /// No kind of teacher knows a name.
    static func unknownTeacher(_ name: String, option: String, kinds: String) -> Failure {
        Failure(.noInput, "\(name): no teacher that --\(option) could name; give it: \(kinds)")
    }

    static func wrongTeacherCount(_ count: Int, sources: [String], weights: String) -> Failure {
        Failure(
            .usage,
            "\(weights): weighs \(sources.count) sources (\(sources.joined(separator: " "))), there are \(count) "
                + "teachers; give one --teacher for each, in that order")
    }

    static func oneSetOfWeights(_ weights: String) -> Failure {
        Failure(.usage, "\(weights): one set of weights for all sentences; leave out --weight-level sentence")
    }

    static func weighedWithOtherTable(_ weights: String, _ table: VectorTable) -> Failure {
        Failure(
            .badData, "\(weights): made with another vector table than \(table.path); weigh the sources again")
    }

    static func weighedInFullPrecision(_ weights: String) -> Failure {
        Failure(
            .usage,
            "\(weights): made with the states of a model in full precision; leave out --precision reduced, or weigh "
                + "without --model")
    }

    static func weighedWithOtherModel(_ weights: String) -> Failure {
        Failure(
            .usage,
            "\(weights): made with the states of another model than these teachers; weigh the sources again with "
                + "--model one of them")
    }

    static func otherLabels(_ place: String, than teacher: any Teacher) -> Failure {
        Failure(.badData, "\(place): labels differ from those of \(teacher.name)")
    }

    static func noVotes(_ place: String, neededBy options: String) -> Failure {
        Failure(
            .usage, "\(place): \(options) needs the votes of several teachers; score with several --teacher")
    }
}

// Definitions.
extension Failure {
    static func badDefinition(_ place: String, _ what: String, cause: (any Error)? = nil) -> Failure {
        Failure(.mismatch, "\(place): \(what)", cause: cause)
    }

    static func noSetting(_ text: String) -> Failure { Failure(.usage, "--set '\(text)' is not NAME=VALUE") }

    static func roundsWithVotes(_ path: String) -> Failure {
        badDefinition(
            path,
            "after the first round there is one teacher, whom none can agree with; leave out 'rounds', or what needs "
                + "votes (\((KnownObjectives.names(needing: .votes) + KnownRules.names(needing: .votes)).joined(separator: ", ")))"
        )
    }

    /// - Parameters:
    ///   - before: The stage before, or what stands for it, which gives a stream of `kind`.
    ///   - missing: A stage that would make it fit.
    static func stageDoesNotFit(
        _ name: String, wanted kinds: [StreamHeader.Kind], behind before: String, _ kind: StreamHeader.Kind,
        missing: String?, _ path: String
    ) -> Failure {
        badDefinition(
            path,
            "'\(name)' needs a stream of kind \(kinds.map(\.rawValue).joined(separator: " or ")), '\(before)' gives one "
                + "of kind \(kind.rawValue)" + (missing.map { "; put '\($0)' before it" } ?? ""))
    }
}

/// What `distill` is given.
extension Failure {
    static func nothingToReport(_ path: String) -> Failure {
        Failure(.noInput, "\(path): has no records of a run; name a folder that 'distill', 'train' or 'update' made")
    }

    static func distill(_ what: String) -> Failure { Failure(.usage, what) }

}
