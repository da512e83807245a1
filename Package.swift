// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
    // The released program is stripped: what would describe it to a debugger is not made at all, a twentieth of the time of a build.
    .unsafeFlags(["-Xfrontend", "-gnone"], .when(configuration: .release)),
]
// The kernels choose their instruction set at run time, so no -march; -O3 because the loops are written to be vectorized.
let kernelFlags: [CSetting] = [.unsafeFlags(["-O3", "-ftls-model=initial-exec"])]

// The released program brings its libraries along: it starts in a third of the time, and runs where there is no Swift. That
// needs the static libraries of zstd and xxHash, which Debian's packages have; NERPIPE_LINK=dynamic does without.
let programLinking: [LinkerSetting] =
    Context.environment["NERPIPE_LINK"] == "dynamic"
    ? []
    : [
        .unsafeFlags(
            [
                "-static-executable", "-use-ld=lld", "-Xlinker", "-s", "-lCoreFoundation", "-l_FoundationICU",
                "-l_FoundationCShims", "-l_FoundationCollections", "-lstdc++",
            ], .when(platforms: [.linux], configuration: .release))
    ]

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let collections: Target.Dependency = .product(name: "DequeModule", package: "swift-collections")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")

/// A module of nerpipe; it may import only what it names here, and only from layers above it in the list below.
func module(_ name: String, _ dependencies: [Target.Dependency], linking: [LinkerSetting] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict, linkerSettings: linking)
}

func tests(of name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: [.init(stringLiteral: name)] + dependencies, exclude: exclude,
        swiftSettings: strict)
}

let package = Package(
    name: "nerpipe",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "nerpipe", targets: ["nerpipe"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
    ],
    targets: [
        // Layer 0: C
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"]), .brew(["zstd"])]),
        .systemLibrary(
            name: "CXXHash", pkgConfig: "libxxhash", providers: [.apt(["libxxhash-dev"]), .brew(["xxhash"])]),
        .systemLibrary(name: "CMalloc"),
        .systemLibrary(name: "CXattr"),
        .target(name: "CKernels", cSettings: kernelFlags),
        .target(name: "CUnicodeTables"),
        // Layer 1: what knows nothing of named entities
        module("Diagnostics", []),
        module("Locks", []),
        module("Randomness", []),
        module("Statistics", ["Randomness"]),
        module("Streams", ["Locks", collections]),
        module("Shards", ["CXXHash", "CXattr", "CZstd", "Diagnostics", "Locks"]),
        module("Kernels", ["CKernels"]),
        module("LanguageCodes", []),
        module("UnicodeText", ["CUnicodeTables", "LanguageCodes"]),
        // Layer 2: the shared vocabulary
        module("Runs", ["Diagnostics", "Kernels", "Shards"]),
        module("Corpora", ["Diagnostics", "Locks", "Shards", "UnicodeText"]),
        // Layer 3: one subject each
        module("Subwords", ["CUnicodeTables", "Diagnostics", "Shards", "UnicodeText"]),
        // Foundation's copy of ICU, for its dictionaries of words.
        module(
            "Tokenization", ["CUnicodeTables", "LanguageCodes", "Locks", "UnicodeText"],
            linking: [.linkedLibrary("_FoundationICU", .when(platforms: [.linux]))]),
        module(
            "Vectors",
            ["CXXHash", "Corpora", "Diagnostics", "Kernels", "LanguageCodes", "Shards", "UnicodeText"]),
        module("Taggers", ["Corpora", "Diagnostics", "Kernels", "Locks", "Randomness", "Shards"]),
        module("Formats", ["Corpora", "Diagnostics", "Locks", "Shards", "UnicodeText"]),
        module("Evaluation", ["Corpora", "Kernels", "Randomness", "Statistics"]),
        module("Divergence", ["CXXHash", "Corpora", "Randomness", "UnicodeText"]),
        module("Objectives", ["Corpora", "Kernels", "Randomness", "Taggers"]),
        // Layer 4: who scores, who learns, and what maps vectors
        module(
            "Teachers", ["Corpora", "Diagnostics", "Kernels", "Randomness", "Shards", "Taggers"]),
        module(
            "Distillation",
            [
                "Corpora", "Diagnostics", "Kernels", "Locks", "Objectives", "Randomness", "Runs", "Shards",
                "Streams", "Taggers",
            ]),
        module("Transformers", ["Corpora", "Diagnostics", "Kernels", "Locks", "Shards", "Taggers", "Teachers"]),
        module("Selection", ["Corpora", "Kernels", "Randomness", "Shards", "Taggers", "Teachers"]),
        module(
            "VectorSpaces",
            ["Corpora", "Diagnostics", "Kernels", "Locks", "Randomness", "Shards", "Streams", "UnicodeText", "Vectors"]),
        module(
            "VectorInspection",
            ["CXXHash", "Corpora", "Diagnostics", "Kernels", "Locks", "Streams", "UnicodeText", "Vectors"]),
        module("WordAlignment", ["Diagnostics", "Kernels", "Locks", "Shards", "Streams"]),
        module(
            "TransformerVectors",
            [
                "Diagnostics", "Kernels", "Locks", "Runs", "Shards", "Streams", "Transformers", "VectorSpaces",
                "Vectors",
            ]),
        // Layer 5 and 6: composition, and the command line
        module(
            "VectorTraining",
            [
                "Corpora", "Diagnostics", "Formats", "Kernels", "Randomness", "Runs", "Shards", "Streams",
                "Tokenization", "UnicodeText", "VectorSpaces", "Vectors", "WordAlignment",
            ]),
        module(
            "ModelPackages",
            ["Diagnostics", "Evaluation", "Kernels", "LanguageCodes", "Shards", "Taggers", "VectorSpaces", "Vectors"]),
        module(
            "Projection",
            [
                "Corpora", "Diagnostics", "Formats", "Locks", "Randomness", "Shards", "Streams", "Tokenization",
                "UnicodeText", "WordAlignment",
            ]),
        module(
            "TeacherPrograms",
            ["Corpora", "Diagnostics", "Kernels", "Locks", "Shards", "Streams", "Taggers", "Teachers"]),
        module(
            "Pipelines",
            [
                "Corpora", "Diagnostics", "Distillation", "Divergence", "Evaluation", "Formats", "Kernels",
                "LanguageCodes", "Locks", "Objectives", "Randomness", "Runs", "Selection", "Shards", "Streams",
                "Subwords", "Taggers",
                "TeacherPrograms", "Teachers", "Tokenization", "Transformers", "UnicodeText", "VectorSpaces", "Vectors",
                argumentParser, logging, yams,
            ]),
        module(
            "Studies",
            ["Corpora", "Diagnostics", "Evaluation", "Locks", "Pipelines", "Shards", "Statistics", "Streams"]),
        .executableTarget(
            name: "nerpipe",
            dependencies: [
                "CMalloc", "Corpora", "Diagnostics", "Distillation", "Divergence", "Evaluation", "Formats",
                "LanguageCodes",
                "Locks", "ModelPackages", "Objectives", "Pipelines", "Projection", "Runs", "Selection", "Shards",
                "Streams", "Studies", "Subwords",
                "Taggers", "TeacherPrograms", "Teachers",
                "Tokenization",
                "TransformerVectors", "Transformers", "VectorInspection", "VectorSpaces",
                "UnicodeText", "VectorTraining", "Vectors", "WordAlignment",
                argumentParser, logging,
            ],
            swiftSettings: strict, linkerSettings: programLinking),
        // Makes corpora/sample, and endless text for scale tests
        .executableTarget(
            name: "sample-world", path: "tools/sample-world", exclude: ["make.sh"], swiftSettings: strict),
        // Times parts of nerpipe, for tools/bench/run.sh
        .target(name: "BenchLimits", path: "tools/bench/limits", cSettings: kernelFlags),
        .executableTarget(
            name: "bench",
            dependencies: [
                "BenchLimits", "Corpora", "Diagnostics", "Distillation", "Kernels", "Locks", "Objectives", "Shards",
                "Streams", "Taggers", "Teachers", "Tokenization", "Transformers", "UnicodeText", "VectorInspection",
                "VectorSpaces", "Vectors",
            ], path: "tools/bench/program", swiftSettings: strict),
        // Every parser behind one door, for tools/fuzz and for the tests that run its corpus again
        .target(
            name: "FuzzTargets",
            dependencies: [
                "Corpora", "Diagnostics", "Evaluation", "Formats", "Kernels", "Pipelines", "Runs", "Shards", "Studies",
                "Taggers",
                "TeacherPrograms", "Teachers", "Tokenization", "UnicodeText", "Vectors",
            ], path: "tools/fuzz/targets", swiftSettings: strict),
        .testTarget(name: "FuzzTests", dependencies: ["FuzzTargets", "Shards"], swiftSettings: strict),
        // Tests of modules
        .target(
            name: "NERPipeTesting",
            dependencies: ["Corpora", "Kernels", "Locks", "Randomness", "Shards", "Streams", "Taggers", "Teachers"],
            path: "Tests/NERPipeTesting",
            swiftSettings: strict),
        tests(of: "Diagnostics"),
        tests(of: "Streams", ["Locks", "NERPipeTesting"]),
        tests(of: "Shards", ["CZstd", "Diagnostics", "NERPipeTesting"]),
        tests(of: "Kernels", ["Randomness"]),
        tests(of: "Randomness"),
        tests(of: "Statistics", ["Randomness"], exclude: ["Fixtures"]),
        tests(of: "UnicodeText", ["CUnicodeTables", "Randomness"]),
        tests(of: "LanguageCodes"),
        tests(of: "Runs", ["Diagnostics", "Kernels", "NERPipeTesting", "Shards"]),
        tests(of: "Corpora", ["Diagnostics", "NERPipeTesting", "Shards", "UnicodeText"]),
        tests(of: "Formats", ["Corpora", "Diagnostics", "NERPipeTesting", "Shards", "UnicodeText"]),
        tests(of: "Tokenization", ["Randomness", "UnicodeText"]),
        tests(of: "Subwords", ["Diagnostics", "Randomness"], exclude: ["Fixtures"]),
        tests(of: "Vectors", ["Corpora", "Diagnostics", "Kernels", "NERPipeTesting", "Shards"]),
        tests(of: "Taggers", ["Corpora", "Diagnostics", "Kernels", "NERPipeTesting", "Shards"]),
        tests(of: "Teachers", ["Corpora", "Diagnostics", "Kernels", "NERPipeTesting", "Shards", "Taggers"]),
        tests(of: "TeacherPrograms", ["Corpora", "Diagnostics", "Kernels", "NERPipeTesting", "Shards", "Teachers"]),
        tests(
            of: "Transformers", ["Corpora", "Diagnostics", "Kernels", "Randomness", "Shards", "Taggers", "Teachers"],
            exclude: ["Fixtures"]),
        tests(
            of: "Selection", ["Corpora", "Kernels", "NERPipeTesting", "Shards", "Taggers", "Teachers"]),
        tests(of: "Evaluation", ["Corpora", "Randomness", "Statistics"], exclude: ["Fixtures"]),
        tests(of: "Objectives", ["Corpora", "Kernels", "NERPipeTesting", "Randomness", "Taggers"]),
        tests(
            of: "Distillation",
            [
                "Corpora", "Diagnostics", "Kernels", "NERPipeTesting", "Objectives", "Randomness", "Runs",
                "Shards", "Taggers",
            ]),
        tests(
            of: "VectorTraining",
            [
                "Diagnostics", "Kernels", "NERPipeTesting", "Randomness", "Streams", "Tokenization", "Vectors",
                "WordAlignment",
            ]),
        tests(of: "WordAlignment", ["Kernels", "Locks", "NERPipeTesting", "Streams"]),
        tests(of: "Projection", ["Corpora", "Diagnostics", "NERPipeTesting", "Randomness", "WordAlignment"]),
        tests(
            of: "VectorSpaces",
            ["Corpora", "Diagnostics", "Kernels", "NERPipeTesting", "Randomness", "Shards", "Vectors"]),
        tests(of: "ModelPackages", ["NERPipeTesting", "Shards", "Taggers", "Vectors"]),
        tests(of: "Divergence", ["Corpora", "Randomness", "UnicodeText"]),
        tests(of: "VectorInspection", ["Corpora", "Diagnostics", "NERPipeTesting", "Vectors"]),
        tests(
            of: "Pipelines",
            [
                "Corpora", "Diagnostics", "Distillation", "Evaluation", "Formats", "Kernels", "Locks", "NERPipeTesting",
                "Selection", "Shards", "Streams", "Taggers", "Teachers", "Vectors", argumentParser,
            ]),
        tests(
            of: "Studies", ["Corpora", "Diagnostics", "Randomness", "Shards", "Statistics"]),
        .testTarget(name: "SampleWorldTests", dependencies: ["sample-world"], swiftSettings: strict),
        // Tests that run the built program
        .target(
            name: "ProgramTesting", dependencies: ["Randomness"], path: "Tests/ProgramTesting", swiftSettings: strict),
        .testTarget(
            name: "CommandLineTests",
            dependencies: ["ProgramTesting", "Randomness", "Shards", "Vectors", "nerpipe", argumentParser],
            swiftSettings: strict),
        .testTarget(name: "ForeignFilesTests", dependencies: ["ProgramTesting", "nerpipe"], swiftSettings: strict),
        .testTarget(
            name: "EndToEndTests", dependencies: ["ProgramTesting", "Randomness", "nerpipe"], swiftSettings: strict),
        .testTarget(name: "RealDataTests", dependencies: ["ProgramTesting", "nerpipe"], swiftSettings: strict),
    ]
)
// libFuzzer has a runtime of its own, which only tools/fuzz/run.sh links.
if Context.environment["NERPIPE_FUZZ"] != nil {
    package.targets.append(
        .executableTarget(
            name: "fuzz", dependencies: ["FuzzTargets"], path: "tools/fuzz/driver", swiftSettings: strict))
}
