extension Definition {
    /// The stages of a round, from 1: after the first, the student before is the teacher; all but the last have a place of
    /// their own in the output folder.
    package func steps(round: Int) -> [Step] {
        steps.map { step in
            var step = step
            if round > 1, let stage = StageList.named(step.name) {
                step.options = stage.options(step.options, taughtBy: student(round: round - 1))
            }
            if step.name == Self.last, step.options["output"] != nil {
                step.options["output"] = [student(round: round)]
            }
            return step
        }
    }

    /// The folder of a round's student.
    private func student(round: Int) -> String {
        let output = steps.last?.options["output"]?.last ?? ""
        return round == rounds ? output : "\(output)/rounds/\(round)"
    }

    /// The same as shell pipes, one for each round; a stage that reads its input twice has it in a file.
    ///
    /// - Parameter isSurveyed: Whether a step reads its input twice.
    package func shell(program: String, isSurveyed: (Step) throws -> Bool) throws -> String {
        "set -e -o pipefail\n"
            + (try (1...rounds).map { try shell(program: program, round: $0, isSurveyed: isSurveyed) }.joined())
    }

    private func shell(program: String, round: Int, isSurveyed: (Step) throws -> Bool) throws -> String {
        let base = output ?? student(round: round)
        var text = "", files: [String] = [], pipe: [String] = []
        var input = inputs
        for (place, step) in steps(round: round).enumerated() {
            if place > 0, try isSurveyed(step) {
                let file = "\(base).\(steps[place - 1].name)\(files.isEmpty ? "" : "-\(files.count + 1)").zst"
                if files.isEmpty, let slash = file.lastIndex(of: "/") {
                    text += "mkdir -p \(Self.quoted(String(file[..<slash])))\n"
                }
                pipe[pipe.count - 1] += " -o \(Self.quoted(file))"
                text += pipe.joined(separator: " \\\n  | ") + "\n"
                (pipe, input) = ([], [file])
                files.append(file)
            }
            let words = [program, step.name] + step.options.arguments + (pipe.isEmpty ? input : [])
            pipe.append(words.map(Self.quoted).joined(separator: " "))
        }
        if let output { pipe[pipe.count - 1] += " -o \(Self.quoted(output))" }
        text += pipe.joined(separator: " \\\n  | ") + "\n"
        return text + (files.isEmpty ? "" : "rm \(files.map(Self.quoted).joined(separator: " "))\n")
    }

    /// A word as a shell reads it.
    package static func quoted(_ word: String) -> String {
        let isPlain =
            !word.isEmpty
            && word.unicodeScalars.allSatisfy { scalar in
                scalar.properties.isAlphabetic && scalar.isASCII || ("0"..."9").contains(scalar)
                    || "-_./=,:+@%".unicodeScalars.contains(scalar)
            }
        return isPlain
            ? word : "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}
