import LanguageCodes

/// What `distill` does with what it is given, and why: the one place where its defaults stand.
///
/// Gains are F1 on exact spans, in the mean of the development sets of thirteen languages and five seeds where nothing else is said; the tables are in docs/results.md and
/// pipelines/*/README.md. None was chosen by labels of the language at hand.
package struct DistillChoice: Sendable, Equatable {
    package let name: String
    package let reason: String
    /// What it is expected to gain, with its source.
    package let gain: String

    static let pooled = DistillChoice(
        name: "one teacher of all source languages",
        reason: "other languages' labels are worth more than any way of distilling",
        gain:
            "+10.2 ± 0.9 over English alone (docs/results.md, direct-pooled); 2 to 4 where the other sources are far from the target"
    )
    static let codeSwitched = DistillChoice(
        name: "code-switched teacher",
        reason:
            "the source's sentences are seen a second time with 7 in 10 translatable words replaced, so that the target's words are no strangers",
        gain: "+2.5 ± 0.5, of it 19 on German; its student +3.0 ± 0.2 (docs/results.md, direct-switched, tsl-switched)")
    static let severalSeeds = DistillChoice(
        name: "three teachers that differ by their seed",
        reason: "the mean of three is what one lucky teacher is; without a dictionary nothing better is known",
        gain: "+0.9 ± 0.9 over one (docs/results.md, tsl-3seeds)")
    static let begunAsTeacher = DistillChoice(
        name: "a student that begins as its first teacher and changes slowly",
        reason:
            "a tagger knows more words and forms than little text shows; it should not be forgotten, and a student from nothing can fall silent",
        gain:
            "English alone, 36 languages, five seeds, 1,400 sentences: +3.1 over its teacher where one from nothing has +0.1 (docs/study.md); with all of the text no difference (docs/results.md, tsl-from-teacher)"
    )
    static let severalPooled = DistillChoice(
        name: "three teachers that differ by their seed",
        reason: "the mean of three is surer than one",
        gain: "+1.5 over one in the mean of thirteen languages (pipelines/best, direct-all-3)")
    static let smoothing = DistillChoice(
        name: "scores smoothed by word",
        reason:
            "half of a word's distribution is that of all its occurrences, so that a name once recognized is recognized elsewhere",
        gain: "+0.3 ± 0.2, +0.4 ± 0.2 behind a code-switched teacher (docs/results.md, tsl-smoothed)")
    static let teacherAndOwn = DistillChoice(
        name: "the mean of the teacher given and of one trained here",
        reason: "they err differently",
        gain: "+2.7 over the better of the two, fourteen languages, three seeds; German loses 7 (pipelines/transformer)"
    )
    static let divergence = DistillChoice(
        name: "Kullback-Leibler divergence instead of the squared error",
        reason: "with the squared error of a sure transformer on little text students fell silent",
        gain: "no measurable difference elsewhere (docs/results.md, tsl-kl: -0.0 ± 0.2)")
    static let trainedVectors = DistillChoice(
        name: "vectors trained from the sentence pairs, dictionaries and text given",
        reason: "they know the words of this text, and numbers beside each vector tell names from other words",
        gain: "+13.9 over ready vectors of the same languages (pipelines/vectors: 42.1 to 56.0, direct transfer)")
    static let encodedVectors = DistillChoice(
        name: "an encoder's word vectors beside those of the table",
        reason: "a multilingual transformer knows words from far more text",
        gain: "es +3.7, nl +6.0, de +7.8, two seeds, direct transfer (pipelines/vectors)")
    static let excludedGold = DistillChoice(
        name: "sentences of --gold left out of all text that trains",
        reason: "a tagger that has read the test scores too well", gain: "an honest number")
    static let student = DistillChoice(
        name: "a student of the teacher's soft labels",
        reason: "Wu et al., ACL 2020: it learns from text of the target itself, eight passes",
        gain: "+2.6 ± 0.4 over its teacher, on all thirteen languages (docs/results.md, tsl)")
}

/// The choices for what is there, and what is missing for better ones.
package struct DistillChoices: Sendable {
    package private(set) var made: [DistillChoice] = []
    /// What would help, and is not there.
    package private(set) var missing: [String] = []
    /// Dictionary into the target for the source's teacher: pairs of it, or nil.
    let switchesWith: SwitchDictionary?
    let teacherSeeds: [UInt64]
    let smooths: Bool
    let objective: String
    /// Whether the student begins with the weights of the first teacher, and learns at a quarter of the usual rate.
    let beginsAsTeacher: Bool

    enum SwitchDictionary: Sendable {
        /// The file that `vectors train` makes, by the name of the pair.
        case aligned(pair: String)
        case given(path: String)
    }

    package init(_ materials: DistillMaterials) {
        let languages = materials.sourceLanguages, trains = materials.vectors.isEmpty && materials.isJoined
        if trains { made.append(.trainedVectors) }
        if materials.encoder != nil { made.append(.encodedVectors) }
        if !materials.gold.isEmpty { made.append(.excludedGold) }
        var dictionary: SwitchDictionary?
        if languages.count == 1 {
            let isInto: (DistillMaterials.Named) -> Bool = { pair in
                Self.languages(of: pair.name).map {
                    LanguageCode.areSame($0, languages[0]) && LanguageCode.areSame($1, materials.language)
                } ?? false
            }
            if trains, let pair = materials.parallel.first(where: isInto) ?? materials.dictionaries.first(where: isInto)
            {
                dictionary = .aligned(pair: pair.name)
            } else if let pair = materials.dictionaries.first(where: isInto) {
                dictionary = .given(path: pair.path)
            }
        }
        switchesWith = dictionary
        let isAlone = languages.count == 1 && dictionary == nil
        teacherSeeds =
            languages.isEmpty ? [] : dictionary != nil ? [materials.seed] : [0, 100, 200].map { materials.seed + $0 }
        beginsAsTeacher = !languages.isEmpty
        // Measured for teachers of one language alone.
        smooths = languages.count == 1 && materials.teachers.isEmpty
        objective = materials.hasTransformer ? "kl" : "mse"
        if languages.count > 1 { made += [.pooled, .severalPooled] }
        if dictionary != nil { made.append(.codeSwitched) }
        if isAlone { made.append(.severalSeeds) }
        if !materials.teachers.isEmpty, !languages.isEmpty { made.append(.teacherAndOwn) }
        if smooths { made.append(.smoothing) }
        if materials.hasTransformer { made.append(.divergence) }
        made.append(.student)
        if beginsAsTeacher { made.append(.begunAsTeacher) }

        if materials.gold.isEmpty {
            missing.append(
                "--gold: without labelled sentences of \(materials.language) nobody knows how good the tagger is; 200 of them already tell"
            )
        }
        if languages.count == 1, materials.teachers.isEmpty {
            missing.append("further --source languages: related ones, or of the same region, help most")
        }
        if !languages.isEmpty, materials.development.isEmpty {
            missing.append("--dev \(languages[0])=FILE: without it the teacher's last epoch is taken, not its best")
        }
        if isAlone {
            missing.append(
                "--parallel or --dictionary \(languages[0])-\(materials.language)=FILE: no words can be switched without translations"
            )
        }
    }

    /// The languages of a pair `en-sw`; nil when they are not two.
    static func languages(of pair: String) -> (String, String)? {
        let parts = pair.split(separator: "-").map(String.init)
        return parts.count == 2 ? (parts[0], parts[1]) : nil
    }
}
