package import Diagnostics
import Glibc

/// Files and folders that cannot be opened, read or made.
extension Failure {
    static func cannotOpen(_ path: String, _ error: SystemError) -> Failure {
        system(.noInput, "open", path, error, hint: "check the path and its permissions")
    }

    static func cannotRead(_ name: String, _ error: SystemError, at byte: Int) -> Failure {
        cannot(.inputOutput, "read", name, "\(error) at byte \(byte)", cause: error)
    }

    static func cannotWrite(_ name: String, _ error: SystemError) -> Failure {
        system(
            .inputOutput, "write", name, error,
            hint: error == SystemError(ENOSPC) ? "free some space and run the same command again" : "")
    }

    /// - Parameter action: "create", or "make a temporary file in".
    static func cannotCreate(_ path: String, _ error: SystemError, action: String = "create") -> Failure {
        system(.cannotCreate, action, path, error, hint: "check that the folder exists and is writable")
    }

    static func cannotRemove(_ path: String, _ error: SystemError) -> Failure {
        system(.cannotCreate, "remove", path, error)
    }

    /// What has the name of a file for our own use is none, or cannot be emptied.
    ///
    /// - Parameter error: Nil when it is no regular file.
    static func cannotUse(_ path: String, _ error: SystemError?) -> Failure {
        cannot(
            .cannotCreate, "use", path, error?.description ?? "it is no regular file", hint: "remove it", cause: error)
    }

    /// - Parameter error: Nil when the file had fewer bytes than were written.
    static func cannotReadTemporary(beside path: String, _ error: SystemError?) -> Failure {
        cannot(
            .inputOutput, "read the temporary file beside", path, error?.description ?? "it became shorter",
            cause: error)
    }

    static func inputIsFolder(_ path: String) -> Failure {
        Failure(.noInput, "\(path): is a directory; name the files in it, for example \(path)/*.zst")
    }

    static func outputIsFolder(_ path: String) -> Failure {
        Failure(.cannotCreate, "\(path): is a directory; name a file in it, for example \(path)/NAME.zst")
    }

    static func cannotMap(_ path: String) -> Failure {
        Failure(.noInput, "\(path): is no regular file, and only such a file can be mapped; copy it into one")
    }

    static func largerThanItsKind(_ path: String, _ maximumByteCount: Int) -> Failure {
        Failure(
            .badData,
            "\(path): larger than \(maximumByteCount) bytes, which nothing of its kind is; is it the right file?")
    }

    static func outputIsThere(_ path: String) -> Failure {
        Failure(
            .cannotCreate,
            "\(path): is there already, and is not the finished output of this same run; name another output, or "
                + "replace it with --force")
    }

    static func outputIsBeingWritten(_ path: String) -> Failure {
        Failure(
            .cannotCreate,
            "\(path): another process of nerpipe writes it now; wait until that has ended (--wait SECONDS), or name "
                + "another output")
    }

    static func inputIsTerminal() -> Failure {
        Failure(
            .usage,
            "<stdin>: is a terminal, and a stream of nerpipe is expected; pipe the stage before into this one, or "
                + "name a file")
    }

    static func outputIsTerminal() -> Failure {
        Failure(
            .usage,
            "refusing to write binary data to the terminal; use '-o FILE', or pipe into another stage or "
                + "'nerpipe shard cat -'")
    }

    package static func noInputGiven() -> Failure { Failure(.usage, "no input given") }
}
