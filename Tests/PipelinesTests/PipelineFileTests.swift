import Diagnostics
import Pipelines
import Testing

@Suite struct PipelineFileTests {
    static let text = """
        vars: {target: es, data: "corpora/${target}", mode: "${target}-x"}
        inputs: ["${data}/a.txt", "b c.txt"]
        tokenize: {lang: "${target}"}
        embed: {vectors: tables/eur.vectors, features: [shape, lower]}
        score: {teacher: teachers/en, fast: true, slow: false}
        update: {output: "students/${mode}", epochs: 8}
        """

    static func file(_ text: String = text, settings: [String] = []) throws -> PipelineFile {
        try PipelineFile(text: text, path: "p.yaml", settings: settings)
    }

    static func message(_ text: String = text, settings: [String] = []) -> String {
        do { _ = try file(text, settings: settings) } catch { return "\(error)" }
        return "accepted"
    }

    @Test func variablesListsAndFlagsBecomeArguments() throws {
        let file = try Self.file()
        #expect(file.inputs == ["corpora/es/a.txt", "b c.txt"])
        #expect(file.arguments["tokenize"] == ["--lang", "es"])
        #expect(
            file.arguments["embed"] == [
                "--features", "shape", "--features", "lower", "--vectors", "tables/eur.vectors",
            ])
        #expect(file.arguments["score"] == ["--fast", "--teacher", "teachers/en"])
        #expect(file.arguments["update"] == ["--epochs", "8", "--output", "students/es-x"])
    }

    @Test func settingsChangeVariablesOptionsAndInputs() throws {
        let file = try Self.file(settings: ["target=nl", "update.epochs=2", "update.batch-tokens=500", "inputs=-"])
        #expect(file.inputs == ["-"])
        #expect(file.arguments["tokenize"] == ["--lang", "nl"])
        #expect(file.arguments["update"] == ["--batch-tokens", "500", "--epochs", "2", "--output", "students/nl-x"])
        #expect(try Self.file(settings: ["target=a=b"]).arguments["tokenize"] == ["--lang", "a=b"])
    }

    @Test func environmentIsLookedAtWhereNoVariableIs() throws {
        let text = Self.text.replacing("b c.txt", with: "${HOME}/x")
        #expect(try Self.file(text).inputs[1].hasSuffix("/x"))
        #expect(try Self.file(text.replacing("vars: {", with: "vars: {HOME: mine, ")).inputs[1] == "mine/x")
    }

    @Test func unknownKeysNameTheNearestOne() {
        #expect(
            Self.message(Self.text.replacing("embed:", with: "embd:"))
                == "p.yaml: unknown key 'embd'; did you mean 'embed'?")
        #expect(Self.message(settings: ["tarjet=nl"]) == "p.yaml: unknown key 'vars.tarjet'; did you mean 'target'?")
        #expect(Self.message(settings: ["updat.x=1"]) == "p.yaml: unknown key 'updat'; did you mean 'update'?")
        #expect(
            Self.message(Self.text + "\nxyzzyplugh: 1").hasPrefix(
                "p.yaml: unknown key 'xyzzyplugh'; known: embed, inputs"))
    }

    @Test(arguments: [
        ("", "empty"), ("- a\n- b", "is a mapping"), ("a: [", "not YAML"),
        ("inputs: [a]\ntokenize: {}\nembed: {}\nscore: {}", "section 'update' is missing"),
        ("tokenize: {}\nembed: {}\nscore: {}\nupdate: {}", "'inputs' is missing"),
        ("inputs: [a]\ntokenize: 5\nembed: {}\nscore: {}\nupdate: {}", "'tokenize' must be a mapping"),
        ("inputs: [[a]]\ntokenize: {}\nembed: {}\nscore: {}\nupdate: {}", "single values"),
        ("inputs: [a]\ntokenize: {x: {y: 1}}\nembed: {}\nscore: {}\nupdate: {}", "must be a value or a list"),
        ("vars: {a: [1]}\ninputs: [a]", "'vars.a' must be a single value"),
        (
            "inputs: ['${nobody_has_this_variable}']\ntokenize: {}\nembed: {}\nscore: {}\nupdate: {}",
            "--set nobody_has_this_variable=VALUE"
        ),
        ("inputs: ['${x']\ntokenize: {}\nembed: {}\nscore: {}\nupdate: {}", "does not end"),
        (
            "vars: {a: '${b}', b: '${a}'}\ninputs: ['${a}']\ntokenize: {}\nembed: {}\nscore: {}\nupdate: {}",
            "refers to itself"
        ),
    ])
    func malformedDefinitionsAreRefused(_ text: String, _ expected: String) {
        let message = Self.message(text)
        #expect(message.contains(expected), "\(message)")
        #expect(message.hasPrefix("p.yaml: "))
    }

    @Test func malformedSettingIsRefused() {
        #expect(Self.message(settings: ["target"]) == "--set 'target' is not NAME=VALUE")
    }

    @Test func emptySectionsAreAllowed() throws {
        #expect(
            try Self.file("inputs: a\ntokenize:\nembed: {}\nscore: ~\nupdate: {}").arguments.values.allSatisfy {
                $0.isEmpty
            })
    }

    @Test func shellPipeQuotesWhatTheShellWouldReadOtherwise() throws {
        let text = """
            inputs: ["a b.txt", "it's", "$HOME/*", "ok/-_.=,:+@%1"]
            tokenize: {lang: sw}
            embed: {vectors: ""}
            score: {}
            update: {output: "~/x"}
            """
        #expect(
            try Self.file(text).shell(program: "nerpipe") == """
                set -e -o pipefail
                nerpipe tokenize --lang sw 'a b.txt' 'it'\\''s' '$HOME/*' ok/-_.=,:+@%1 \\
                  | nerpipe embed --vectors '' \\
                  | nerpipe score \\
                  | nerpipe update --output '~/x'

                """)
    }

    /// After the first round the student before is the only teacher; what is selected may be read twice, so it is in a file.
    @Test func roundsAndOptionalStagesArePrinted() throws {
        let text = """
            rounds: "${n}"
            vars: {n: "2"}
            inputs: a
            tokenize: {}
            embed: {vectors: v}
            score: {teacher: [x, y], weight: [1, 2], precision: full}
            mix: {gold: en=g, share: 0.5}
            select: {smooth: 0.5}
            update: {output: o, seed: 3}
            """
        let file = try Self.file(text)
        #expect(file.rounds == 2)
        #expect(
            file.shell(program: "n") == """
                set -e -o pipefail
                mkdir -p o/rounds
                n tokenize a \\
                  | n embed --vectors v \\
                  | n score --precision full --teacher x --teacher y --weight 1 --weight 2 -o o/rounds/1.scored.zst
                n select --smooth 0.5 o/rounds/1.scored.zst \\
                  | n mix --gold en=g --share 0.5 \\
                  | n update --output o/rounds/1 --seed 3
                rm o/rounds/1.scored.zst
                n tokenize a \\
                  | n embed --vectors v \\
                  | n score --teacher o/rounds/1 --precision full -o o.scored.zst
                n select --smooth 0.5 o.scored.zst \\
                  | n mix --gold en=g --share 0.5 \\
                  | n update --output o --seed 3
                rm o.scored.zst

                """)
        for rounds in ["0", "1001", "two", "[1]"] {
            #expect(throws: Failure.self) { try Self.file(text.replacing("\"${n}\"", with: rounds)) }
        }
    }
}

/// Definitions made to take for ever, or to say too much.
@Suite struct HostilePipelineFileTests {
    private static let stages =
        "inputs: [a]\ntokenize: {}\nembed: {vectors: x}\nscore: {teacher: x}\nupdate: {output: o}\n"

    private static func failure(_ text: String) -> Failure? {
        #expect(throws: Failure.self) { try PipelineFile(text: text + stages, path: "p", settings: []) }
    }

    @Test(arguments: ["", "x"])
    func variablesThatMultiplyAreRefused(_ innermost: String) {
        let variables = (0..<15).map { "v\($0): '\(String(repeating: "${v\($0 + 1)}", count: 10))'" }
        let failure = Self.failure("vars: {\(variables.joined(separator: ", ")), v15: '\(innermost)'}\n")
        #expect(failure?.message.contains("has too many in it") == true, "\(failure?.message ?? "")")
    }

    @Test func aliasesThatMultiplyAreRefused() {
        var text = "vars: {a0: &a0 [x, x]"
        for level in 1..<30 { text += ", a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]" }
        #expect(Self.failure(text + "}\n") != nil)
    }

    @Test func messagesAreShort() {
        let deep = String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)
        let failure = Self.failure("vars: {a: \(deep)}\n")
        #expect(failure.map { $0.message.count < 400 && !$0.message.contains("\n") } == true)
    }
}
