import Diagnostics

// Tables beside the texts that are compared.
extension Failure {
    static func noTypology(_ path: String) -> Failure {
        Failure(
            .badData,
            "\(path): no table of typology; the first line must be 'language' and SET:FEATURE names, parted by tabs "
                + "(tools/typology makes one)")
    }

    static func typologyRow(_ path: String, _ line: Int, columns: Int, expected: Int) -> Failure {
        Failure(.badData, "\(path):\(line): \(columns) columns, and the first line has \(expected)")
    }

    static func typologyLanguage(_ path: String, _ line: Int) -> Failure {
        Failure(.badData, "\(path):\(line): a language that stood in an earlier line, or one too many")
    }

    static func typologyValue(_ path: String, _ line: Int) -> Failure {
        Failure(.badData, "\(path):\(line): a value is no number; what is not known is empty, '--' or 'NA'")
    }

    static func strengthLine(_ path: String, _ line: Int) -> Failure {
        Failure(.badData, "\(path):\(line): is not SOURCE<TAB>NUMBER")
    }

    static func fewStrengths(_ path: String) -> Failure {
        Failure(.badData, "\(path): the strengths of at least two sources, which differ, are needed")
    }
}
