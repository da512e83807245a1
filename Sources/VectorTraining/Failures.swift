import Diagnostics

extension Failure {
    static func outputIsFolder(_ path: String) -> Failure {
        Failure(
            .cannotCreate, "\(path): is a directory; name a file in it, for example \(path)/NAME.vectors")
    }

    static func tooFewOccurrences(_ output: String, minimum: Int) -> Failure {
        Failure(.badData, "\(output): no word occurs \(minimum) times; lower --min-count, with --fresh")
    }

    static func nothingToTrainOn() -> Failure {
        Failure(.badData, "the inputs hold no word; nothing to train on")
    }

    static func inputsChanged(from first: Int, to second: Int) -> Failure {
        Failure(
            .badData,
            "the inputs had \(first) bytes when they were read first, \(second) the second "
                + "time; give files that stay as they are, no pipes")
    }

    /// - Parameters:
    ///   - what: What needs the memory.
    ///   - needed: Bytes, like `physical`.
    static func moreMemoryThanThereIs(_ what: String, needed: Int, physical: Int) -> Failure {
        Failure(
            .usage,
            "\(what) need \(needed >> 20) MiB, "
                + "this machine has \(physical >> 20) MiB; lower --dimension or --buckets, or raise --min-count")
    }

    static func divergence(_ output: String, epoch: Int) -> Failure {
        Failure(
            .badData,
            "\(output): the loss is no number any more in epoch \(epoch); "
                + "choose a smaller --learning-rate, with --fresh")
    }

    static func checkpointOfAnotherRun(_ path: String, _ difference: String) -> String {
        "\(path): cannot resume: \(difference); say --fresh to start over"
    }

    static func unreadableState(_ path: String) -> Failure {
        Failure(.badData, "\(path): the state in the checkpoint is not readable; start over with --fresh")
    }

    static func notUTF8(_ name: String, line: Int) -> Failure {
        Failure.badLine(name, line, "not UTF-8; convert the file (for instance with iconv)")
    }

    static func withoutLanguage(_ kind: TrainingInput.Kind, _ argument: String) -> Failure {
        let example =
            kind == .text
            ? "LANGUAGE=PATH, for example sw=news.txt.zst" : "SOURCE-TARGET=PATH, for example en-sw=news.tsv.zst"
        return Failure(.usage, "--\(kind.rawValue) \(argument): expected \(example)")
    }

    static func withoutTwoLanguages(_ kind: TrainingInput.Kind, _ argument: String) -> Failure {
        Failure(.usage, "--\(kind.rawValue) \(argument): expected two different languages, SOURCE-TARGET=PATH")
    }
}
