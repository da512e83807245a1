import Shards
import TeacherPrograms

extension TeacherServer {
    /// One that is asked on standard input and answers on standard output.
    static func onStandardStreams() throws -> TeacherServer {
        TeacherServer(input: try FileInput(path: "-", end: .marked)) { bytes in
            try bytes.withUnsafeBytes { try StandardOutput.write($0) }
        }
    }
}
