import Diagnostics
import Pipelines
import Testing

@Suite struct DefinitionFileTests {
    static let text = """
        vars: {target: es, data: "corpora/${target}", mode: "${target}-x"}
        inputs: ["${data}/a.txt", "b c.txt"]
        stages:
          - tokenize: {lang: "${target}"}
          - embed: {vectors: tables/eur.vectors, features: [shape, lower]}
          - score: {teacher: teachers/en, fast: true, slow: false}
          - update: {output: "students/${mode}", epochs: 8}
        """

    static func file(_ text: String = text, settings: [String] = []) throws -> Definition {
        try Definition(text: text, path: "p.yaml", settings: settings)
    }

    static func message(_ text: String = text, settings: [String] = []) -> String {
        do { _ = try file(text, settings: settings) } catch { return "\(error)" }
        return "accepted"
    }

    static func lines(_ text: String = text, settings: [String] = [], round: Int = 1) throws -> [String] {
        try file(text, settings: settings).steps(round: round).map {
            ([$0.name] + $0.options.arguments).joined(separator: " ")
        }
    }

    @Test func variablesListsAndFlagsBecomeArguments() throws {
        #expect(try Self.file().inputs == ["corpora/es/a.txt", "b c.txt"])
        #expect(
            try Self.lines() == [
                "tokenize --lang es", "embed --features shape --features lower --vectors tables/eur.vectors",
                "score --fast --teacher teachers/en", "update --epochs 8 --output students/es-x",
            ])
    }

    @Test func settingsChangeVariablesOptionsAndInputs() throws {
        let settings = ["target=nl", "update.epochs=2", "update.batch-tokens=500", "inputs=-"]
        #expect(try Self.file(settings: settings).inputs == ["-"])
        let lines = try Self.lines(settings: settings)
        #expect(lines[0] == "tokenize --lang nl")
        #expect(lines[3] == "update --batch-tokens 500 --epochs 2 --output students/nl-x")
        #expect(try Self.lines(settings: ["target=a=b"])[0] == "tokenize --lang a=b")
        let lists = ["inputs=x", "inputs=y", "score.teacher=x", "score.teacher=y"]
        #expect(try Self.file(settings: lists).inputs == ["x", "y"])
        #expect(try Self.lines(settings: lists)[2] == "score --fast --teacher x --teacher y")
    }

    @Test func environmentIsLookedAtWhereNoVariableIs() throws {
        let text = Self.text.replacing("b c.txt", with: "${HOME}/x")
        #expect(try Self.file(text).inputs[1].hasSuffix("/x"))
        #expect(try Self.file(text.replacing("vars: {", with: "vars: {HOME: mine, ")).inputs[1] == "mine/x")
    }

    /// As the message about a variable that is missing suggests.
    @Test func aSettingStandsForAVariableOfTheEnvironment() throws {
        let text = Self.text.replacing("b c.txt", with: "${NERPIPE_NOWHERE}/x")
        #expect(Self.message(text).contains("--set NERPIPE_NOWHERE=VALUE"))
        #expect(try Self.file(text, settings: ["NERPIPE_NOWHERE=/data"]).inputs[1] == "/data/x")
        let inVariables = Self.text.replacing("corpora/", with: "${NERPIPE_NOWHERE}/")
        #expect(try Self.file(inVariables, settings: ["NERPIPE_NOWHERE=d"]).inputs[0] == "d/es/a.txt")
        #expect(
            Self.message(text, settings: ["NERPIPE_NOWHRE=/data"])
                == "p.yaml: unknown key 'vars.NERPIPE_NOWHRE'; did you mean 'NERPIPE_NOWHERE'?")
    }

    @Test func unknownKeysNameTheNearestOne() {
        #expect(
            Self.message(Self.text.replacing("embed:", with: "embd:"))
                == "p.yaml: unknown key 'embd'; did you mean 'embed'?")
        #expect(Self.message(settings: ["tarjet=nl"]) == "p.yaml: unknown key 'vars.tarjet'; did you mean 'target'?")
        #expect(Self.message(settings: ["updat.x=1"]) == "p.yaml: unknown key 'updat'; did you mean 'update'?")
        #expect(
            Self.message(Self.text + "\nxyzzyplugh: 1")
                == "p.yaml: unknown key 'xyzzyplugh'; known: inputs, output, rounds, stages, vars")
    }

    /// The same stage twice, and options of one of them.
    @Test func aStageMayStandTwice() throws {
        let text = Self.text.replacing(
            "  - embed", with: "  - sample: {share: 0.5}\n  - sample: {share: 0.2}\n  - embed")
        #expect(try Self.lines(text)[1...2] == ["sample --share 0.5", "sample --share 0.2"])
        #expect(try Self.lines(text, settings: ["sample#2.share=0.1"])[2] == "sample --share 0.1")
        #expect(Self.message(text, settings: ["sample.share=1"]).contains("say which, as sample#2.share"))
        #expect(Self.message(text, settings: ["sample#3.share=1"]).contains("there are 2 stages 'sample'"))
        #expect(Self.message(text, settings: ["mix.share=1"]).contains("there are 0 stages 'mix'"))
    }

    @Test(arguments: [
        ("", "empty"), ("- a\n- b", "is a mapping"), ("a: [", "not YAML"),
        ("inputs: [a]\nstages: [embed, score]", "the last stage is not 'update'"),
        ("inputs: [a]\noutput: x\nstages: [embed, update]", "leave it out, 'update' is there"),
        ("inputs: [a]\nrounds: 2\noutput: x\nstages: [embed]", "'rounds' needs 'update'"),
        ("inputs: [a]\nstages: [embed, tokenize, update]", "'tokenize' can only be the first stage"),
        ("inputs: [a]\nstages: [update, embed]", "'update' can only be the last stage"),
        ("inputs: [a]", "'stages' is missing"), ("inputs: [a]\nstages: []", "'stages' is missing"),
        ("inputs: [a]\nstages: {embed: {}}", "'stages' is missing"),
        ("inputs: [a]\nstages: [{embed: {}, score: {}}]", "must be one stage"),
        ("inputs: [a]\nstages: [[embed]]", "must be one stage"),
        ("stages: [update]", "'inputs' is missing"),
        ("inputs: [a]\nstages: [tokenize: 5, update]", "'tokenize' must be a mapping"),
        ("inputs: [[a]]\nstages: [update]", "single values"),
        ("inputs: [a]\nstages: [{tokenize: {x: {y: 1}}}, update]", "must be a value or a list"),
        ("inputs: [a]\ninputs: [b]\nstages: [update]", "duplicated key"),
        ("vars: {a: [1]}\ninputs: [a]", "'vars.a' must be a single value"),
        ("inputs: ['${nobody_has_this_variable}']\nstages: [update]", "--set nobody_has_this_variable=VALUE"),
        ("inputs: ['${x']\nstages: [update]", "does not end"),
        ("vars: {a: '${b}', b: '${a}'}\ninputs: ['${a}']\nstages: [update]", "refers to itself"),
    ])
    func malformedDefinitionsAreRefused(_ text: String, _ expected: String) {
        let message = Self.message(text)
        #expect(message.contains(expected), "\(message)")
        #expect(message.hasPrefix("p.yaml: "))
    }

    @Test func malformedSettingIsRefused() {
        #expect(Self.message(settings: ["target"]) == "--set 'target' is not NAME=VALUE")
    }

    @Test func stagesWithoutOptionsAreAllowed() throws {
        let text = "inputs: a\nstages: [tokenize, {embed: }, {score: {}}, {update: ~}]"
        #expect(try Self.lines(text) == ["tokenize", "embed", "score", "update"])
    }

    @Test func shellPipeQuotesWhatTheShellWouldReadOtherwise() throws {
        let text = """
            inputs: ["a b.txt", "it's", "$HOME/*", "ok/-_.=,:+@%1"]
            stages:
              - tokenize: {lang: sw}
              - embed: {vectors: ""}
              - score
              - update: {output: "~/x"}
            """
        #expect(
            try Self.file(text).shell(program: "nerpipe") { _ in false } == """
                set -e -o pipefail
                nerpipe tokenize --lang sw 'a b.txt' 'it'\\''s' '$HOME/*' ok/-_.=,:+@%1 \\
                  | nerpipe embed --vectors '' \\
                  | nerpipe score \\
                  | nerpipe update --output '~/x'

                """)
    }

    /// After the first round the student before is the only teacher; what is selected may be read twice, so it is in a file.
    @Test func roundsAndSurveysArePrinted() throws {
        let text = """
            rounds: "${n}"
            vars: {n: "2"}
            inputs: a
            stages:
              - tokenize
              - embed: {vectors: v}
              - score: {teacher: [x, y], weight: [1, 2], precision: full}
              - select: {smooth: 0.5}
              - mix: {gold: en=g, share: 0.5}
              - update: {output: o, seed: 3}
            """
        let file = try Self.file(text)
        #expect(file.rounds == 2)
        #expect(
            try file.shell(program: "n") { $0.name == "select" } == """
                set -e -o pipefail
                mkdir -p o/rounds
                n tokenize a \\
                  | n embed --vectors v \\
                  | n score --precision full --teacher x --teacher y --weight 1 --weight 2 -o o/rounds/1.score.zst
                n select --smooth 0.5 o/rounds/1.score.zst \\
                  | n mix --gold en=g --share 0.5 \\
                  | n update --output o/rounds/1 --seed 3
                rm o/rounds/1.score.zst
                n tokenize a \\
                  | n embed --vectors v \\
                  | n score --precision full --teacher o/rounds/1 -o o.score.zst
                n select --smooth 0.5 o.score.zst \\
                  | n mix --gold en=g --share 0.5 \\
                  | n update --output o --seed 3
                rm o.score.zst

                """)
        for rounds in ["0", "1001", "two", "[1]"] {
            #expect(throws: Failure.self) { try Self.file(text.replacing("\"${n}\"", with: rounds)) }
        }
    }

    @Test func streamsInAndOutArePrinted() throws {
        let text =
            "inputs: [a.zst]\noutput: b.zst\nstages: [sample: {share: 0.5}, select: {smooth: 1}, select: {smooth: 1}]"
        #expect(
            try Self.file(text).shell(program: "n") { $0.name == "select" } == """
                set -e -o pipefail
                n sample --share 0.5 a.zst -o b.zst.sample.zst
                n select --smooth 1 b.zst.sample.zst -o b.zst.select-2.zst
                n select --smooth 1 b.zst.select-2.zst -o b.zst
                rm b.zst.sample.zst b.zst.select-2.zst

                """)
    }
}

/// Definitions made to take for ever, or to say too much.
@Suite struct HostileDefinitionFileTests {
    private static let stages = "inputs: [a]\nstages: [tokenize, embed, score, update]\n"

    private static func failure(_ text: String) -> Failure? {
        #expect(throws: Failure.self) { try Definition(text: text + stages, path: "p", settings: []) }
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
