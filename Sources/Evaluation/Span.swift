/// One entity in one sentence.
///
/// In a file that also needs the standard library's `Span<Element>`, write that one as `Swift.Span`.
package struct Span: Hashable, Sendable {
    /// Index of the first word.
    package var start: Int

    /// Index behind the last word; the range is half-open.
    package var end: Int

    /// Index into ``TypeInventory/names``.
    package var type: Int32

    package init(start: Int, end: Int, type: Int32) {
        self.start = start
        self.end = end
        self.type = type
    }
}
