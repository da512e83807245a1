package import Diagnostics

/// Streams of blocks that are none, are cut, damaged, or do not fit.
extension Failure {
    static func noStream(_ place: String) -> Failure {
        Failure(
            .badData,
            "\(place): not a nerpipe stream (no NPB1 block here); was it made by 'nerpipe tokenize', 'embed' or 'score'?"
        )
    }

    static func damagedHead(_ place: String) -> Failure {
        Failure(.badData, "\(place): the head of a block is damaged; make the file again")
    }

    static func wrongChecksum(ofBlock index: Int, _ place: String) -> Failure {
        Failure(
            .badData,
            "\(place): checksum mismatch in block \(index); the data was damaged on the way: make the file again")
    }

    static func blockTooLarge(_ block: Block) -> Failure {
        Failure(
            .badData,
            "block \(block.index) has \(block.payload.count) bytes, more than the \(Block.maximumPayloadByteCount) "
                + "that a reader accepts; use smaller blocks")
    }

    /// - Parameter remedy: What to do, behind what makes it likely.
    static func misplacedBlock(_ found: Int, due: Int, _ place: String, _ remedy: String = "make the file again")
        -> Failure
    {
        Failure(.badData, "\(place): block \(found) stands where block \(due) is due; \(remedy)")
    }

    // A stream that is read from its beginning to its end.

    static func emptyStream(_ name: String) -> Failure {
        Failure(.badData, "\(name): empty input; the stage before it wrote nothing (did it fail?)")
    }

    static func streamWithoutEnd(_ name: String, afterBlocks count: Int, offset: Int) -> Failure {
        Failure(
            .badData,
            "\(name): stream ends without END after \(count) data blocks (byte \(offset)); "
                + "the stage before it died or the file was cut: see its message and run it again")
    }

    static func streamEndsInside(block index: Int, _ place: String) -> Failure {
        Failure(
            .badData,
            "\(place): the stream ends inside block \(index); the stage before it died or the file was cut: "
                + "see its message and run it again")
    }

    static func streamBeginsBeforeEnd(_ place: String) -> Failure {
        Failure(
            .badData,
            "\(place): a new stream begins before the END of the one before it; the file before it was cut: make it "
                + "again")
    }

    static func streamDoesNotFit(_ place: String, _ difference: String) -> Failure {
        Failure(.badData, "\(place): this stream does not fit the one before it: \(difference)")
    }

    static func wrongEnd(_ place: String) -> Failure {
        Failure(
            .badData,
            "\(place): END does not agree with the blocks before it; blocks were lost or changed: make the file again")
    }

    static func streamWithoutHeader(_ name: String, block index: Int) -> Failure {
        Failure(
            .badData,
            "\(name): the stream does not begin with a header (block \(index)); was its beginning cut off?")
    }

    // Its header.

    static func damagedHeader(_ place: String, _ what: String) -> Failure {
        Failure(.badData, "\(place): the header \(what); make the file again")
    }

    static func wrongKind(
        _ kind: StreamHeader.Kind, wanted: [StreamHeader.Kind], by stage: String, hint: String?, _ place: String
    ) -> Failure {
        Failure(
            .badData,
            "\(place): '\(stage)' needs a stream of kind \(wanted.map(\.rawValue).joined(separator: " or ")), "
                + "this one is of kind \(kind.rawValue)\(hint.map { "; \($0)" } ?? "")")
    }

    // A stream whose blocks are read one by one.

    static func wrongSeekTable(_ path: String) -> Failure {
        Failure(.badData, "\(path): the seek table does not fit the blocks; make the file again")
    }

    static func changedWhileRead(_ path: String) -> Failure {
        Failure(
            .badData, "\(path): was changed while it was read; leave the inputs of a run alone, and begin it again")
    }

    static func cutFrame(_ place: String) -> Failure {
        Failure(.badData, "\(place): cannot be read whole; the file was cut: make it again")
    }

    static func tooShortForBlock(_ place: String) -> Failure {
        Failure(.badData, "\(place): too short for a block; make the file again")
    }

    static func wrongBlockSize(_ place: String) -> Failure {
        Failure(.badData, "\(place): the block has another size than it says; make the file again")
    }
}

extension Columns.Reader {
    /// The columns of a block are not what they must be.
    package static func damaged(_ place: String, _ what: String) -> Failure {
        Failure(.badData, "\(place): damaged block: \(what); make the file again")
    }
}
