/// A word and a translation, by their numbers in two ``LanguageSpace``s.
package struct TranslationPair: Sendable, Hashable {
    package var source: Int
    package var target: Int

    package init(source: Int, target: Int) {
        self.source = source
        self.target = target
    }
}
