import CZstd
import Diagnostics

/// Compressed content: of other forms, twice, cut, or damaged.
extension Failure {
    static func foreignPacking(_ packing: ForeignPacking, _ name: String) -> Failure {
        Failure(
            .badData,
            "\(name): \(packing.what); nerpipe reads plain, gzip and zstd: unpack it before, "
                + "for example \(packing.remedy) | nerpipe ...")
    }

    /// Compressed or archived content in compressed content.
    static func packedTwice(_ outer: Packing, _ inner: Packing, _ name: String) -> Failure {
        Failure(
            .badData,
            "\(name): \(outer.described.what), and in that \(inner.described.what); nerpipe undoes one packing: unpack it "
                + "before, for example \(outer.described.remedy) | \(inner.described.remedy.replacing(" FILE", with: " -")) "
                + "| nerpipe ...")
    }

    static func noFrame(_ name: String, at byte: Int) -> Failure {
        Failure(
            .badData,
            "\(name): no zstd frame at byte \(byte); something was appended to the file, or it was damaged: check it with "
                + "'zstd -t' and make it again")
    }

    static func cutZstd(_ name: String, _ offset: Int) -> Failure {
        Failure(
            .badData,
            "\(name): compressed data ends in the middle of a zstd frame, after byte \(offset) of the text; the file was "
                + "cut or the program that wrote it died: make it again")
    }

    /// What libzstd says of data that it cannot decompress; not all of it is damage.
    static func zstd(_ status: Int, _ name: String, _ offset: Int) -> Failure {
        let place = "\(name): after byte \(offset) of the text: "
        let reason = String(cString: ZSTD_getErrorName(status))
        return switch ZSTD_getErrorCode(status) {
        case ZSTD_error_dictionary_wrong:
            Failure(
                .badData,
                place + "a zstd frame that was compressed with a dictionary; decompress it with the same one before, "
                    + "for example zstd -D DICTIONARY -dc FILE | nerpipe ...")
        case ZSTD_error_frameParameter_windowTooLarge:
            Failure(
                .badData,
                place
                    + "a zstd frame with a window of more than 128 MiB (zstd --long or --ultra); decompress it before, "
                    + "for example zstd --long=31 -dc FILE | nerpipe ...")
        case ZSTD_error_prefix_unknown:
            Failure(
                .badData,
                place
                    + "what follows the last zstd frame is none; something was appended to the file, or it was damaged "
                    + "(\(reason)): make it again")
        case ZSTD_error_checksum_wrong:
            Failure(
                .badData,
                place + "the content of a zstd frame does not have the checksum that was written with it; the file is "
                    + "damaged: fetch or make it again")
        case ZSTD_error_memory_allocation:
            Failure(.inputOutput, place + "no memory to decompress with; give the process more")
        default:
            Failure(.badData, place + "corrupt zstd data (\(reason)); check it with 'zstd -t' and make it again")
        }
    }

    /// gzip was ended before it had decompressed everything.
    static func gzipWasEnded(_ name: String, signal: Int32, _ byteCount: Int) -> Failure {
        Failure(
            .inputOutput,
            "\(name): gzip was ended by signal \(signal) after byte \(byteCount) of the content; run the same "
                + "command again")
    }

    /// gzip ended with a status of its own: 1 for an error, 2 for a warning, which is that something else follows.
    static func gzip(status: Int32, _ name: String, _ byteCount: Int) -> Failure {
        let what =
            status == 1
            ? "the file was cut or is damaged: check it with 'gzip -t', and fetch it again"
            : "what follows there is no gzip; something was appended to the file: check it with 'gzip -t'"
        return Failure(.badData, "\(name): gzip gave up after byte \(byteCount) of the content; \(what)")
    }

    static func gzipDoesNotStart(_ name: String, _ error: SystemError) -> Failure {
        system(
            .unavailable, "start the program gzip to decompress it", name, error,
            hint: "install gzip, or decompress the input before")
    }

    static func noMemoryForZstd() -> Failure { Failure(.inputOutput, "no memory for a zstd context") }

    /// - Parameter status: What libzstd returned.
    static func cannotCompress(_ status: Int) -> Failure {
        Failure(.bug, "zstd cannot compress a block: \(String(cString: ZSTD_getErrorName(status)))")
    }

    static func impossibleFrame(_ place: String) -> Failure {
        Failure(.badData, "\(place): a zstd frame claims an impossible size; make the file again")
    }

    /// - Parameter status: What libzstd returned.
    static func corruptFrame(_ status: Int, _ place: String) -> Failure {
        Failure(
            .badData,
            "\(place): corrupt zstd frame (\(String(cString: ZSTD_getErrorName(status)))); make the file again")
    }

    /// An output whose name asks for a compression that is only read.
    static func cannotWriteForm(_ path: String, ending: String) -> Failure {
        let plain = path.dropLast(ending.count)
        return Failure(
            .usage,
            "\(path): nerpipe does not write \(ending); name \(plain).zst, or \(plain) and compress it afterwards")
    }

    static func cannotCompress(_ path: String, ending: String) -> Failure {
        Failure(
            .usage,
            "\(path): this file is mapped where it is used and cannot be compressed; name \(path.dropLast(ending.count))"
        )
    }
}

/// Archives of several files.
extension Failure {
    static func damagedArchive(_ path: String, _ what: String) -> Failure {
        Failure(.badData, "\(path): damaged ZIP archive: \(what)")
    }

    static func archiveIsPacked(_ path: String, member: String) -> Failure {
        Failure(
            .badData,
            "\(path): '\(member.prefix(100))' is compressed in this ZIP archive, and cannot be used where it lies; unpack the archive, and name the folder"
        )
    }

    static func archiveTooLarge(_ path: String) -> Failure {
        Failure(.cannotCreate, "\(path): more than 4 GiB do not go into a ZIP archive; make a folder")
    }
}
