import Foundation
import UnicodeText

/// Files of the Unicode Character Database as the Debian package `unicode-data` installs them.
enum UnicodeDataFile {
    static let folder = "/usr/share/unicode"

    /// The text of a file, perhaps compressed with bzip2; `nil`, said on standard error, when it is absent or of
    /// another version.
    static func read(_ name: String) throws -> String? {
        let path = "\(folder)/\(name)"
        var text: String?
        if FileManager.default.fileExists(atPath: path) {
            text = try String(contentsOfFile: path, encoding: .utf8)
        } else if FileManager.default.fileExists(atPath: path + ".bz2") {
            let process = Process()
            let pipe = Pipe()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = ["bzcat", path + ".bz2"]
            process.standardOutput = pipe
            try process.run()
            text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
        }
        if let text, text.prefix(200).contains("-\(UnicodeVersion.current).") { return text }
        let message =
            "SKIPPED: \(path) of Unicode \(UnicodeVersion.current) is not here (Debian package unicode-data)\n"
        FileHandle.standardError.write(Data(message.utf8))
        return nil
    }
}
