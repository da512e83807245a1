package import ArgumentParser
import Diagnostics

/// Options of a stage as a definition gives them: long names without dashes, each with its values.
package struct StageOptions: Sendable, Equatable {
    private var values: [String: [String]] = [:]

    package init() {}

    package subscript(name: String) -> [String]? {
        get { values[name] }
        set { values[name] = newValue }
    }

    package var names: [String] { values.keys.sorted() }

    package func removing(_ names: [String]) -> StageOptions {
        var result = self
        for name in names { result.values[name] = nil }
        return result
    }

    /// The same on a command line, in the order of the names; `true` stands for a flag, `false` leaves it out.
    package var arguments: [String] {
        names.flatMap { name in
            (values[name] ?? []).flatMap { value -> [String] in
                switch value {
                case "true": ["--\(name)"]
                case "false": []
                default: ["--\(name)", value]
                }
            }
        }
    }

    /// Options as the type that declares them.
    ///
    /// - Parameter place: Definition and stage, for messages.
    package func parsed<Options: ParsableArguments>(as type: Options.Type, place: String) throws -> Options {
        do {
            return try Options.parse(arguments)
        } catch {
            let message = Options.message(for: error).replacing("--", with: "")
            throw Failure.badDefinition(
                place, String(message.split(separator: "\n").first ?? "options not understood"), cause: error)
        }
    }
}
