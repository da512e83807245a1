import Shards

/// The stages there are, in the order of the help. A new one is its file and a line here.
package enum StageList {
    package static let all: [any Stage.Type] = [
        EmbedStage.self,
        ScoreStage.self,
        SampleStage.self,
        ExcludeStage.self,
        SelectStage.self,
        MixStage.self,
    ]

    /// The name of a stage that gives one of some kinds, when it does not take it.
    static func making(_ kinds: [StreamHeader.Kind]) -> String? {
        all.first { stage in stage.kinds.contains { !kinds.contains($0) && kinds.contains(stage.kind(after: $0)) } }?
            .help.name
    }

    package static func named(_ name: String) -> (any Stage.Type)? { all.first { $0.help.name == name } }
}
