import Glibc
import Shards

/// Messages and progress; stdout is for data.
enum StandardError {
    static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    /// Columns of the terminal as it is now, less the one where the cursor stands; 79 when it does not say.
    static var columns: Int {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 1 else { return 79 }
        return Int(size.ws_col) - 1
    }

    static func write(_ text: String) {
        let bytes = Array(text.utf8)
        _ = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }

    /// One message as a line of JSON.
    static func writeJSON(level: String, command: String, message: String) {
        struct Line: Encodable { var time: Int, level: String, command: String, message: String }
        let line = Line(time: time(nil), level: level, command: command, message: message)
        if let bytes = try? JSON.encode(line) { write(String(decoding: bytes, as: UTF8.self) + "\n") }
    }

    /// A message of a command that ended before it had more than its arguments.
    static func writeNotice(_ message: String, of command: String) {
        if CommandLine.arguments.contains(where: ["-q", "--quiet"].contains) { return }
        if wantsJSON {
            writeJSON(level: "info", command: command, message: message)
        } else {
            write("nerpipe \(command): \(message)\n")
        }
    }

    /// The message a command ends with, in the form that its arguments ask for; they may not have been understood yet.
    static func writeFailure(_ message: String) {
        if wantsJSON {
            writeJSON(level: "error", command: CommandLine.arguments.dropFirst().first ?? "", message: message)
        } else {
            write("nerpipe: \(message)\n")
        }
    }

    private static var wantsJSON: Bool {
        let arguments = CommandLine.arguments
        return arguments.contains("--log-format=json")
            || zip(arguments, arguments.dropFirst()).contains { $0 == ("--log-format", "json") }
    }
}
