/// Things that are costly to make and used by one task at a time; there are never more of them than tasks at work
/// together.
package final class Pool<Element>: Sendable {
    private let free = Locked<[Element]>([])

    package init() {}

    /// Folds over the elements that are free now.
    package func reduce<Result>(_ initial: Result, _ next: (Result, Element) -> Result) -> Result {
        free.withLock { $0.reduce(initial, next) }
    }

    /// Lends an element that is free, or a new one.
    package func withElement<Result>(_ make: () throws -> Element, _ body: (Element) throws -> Result) rethrows
        -> Result
    {
        let element = try free.withLock { $0.popLast() } ?? make()
        defer { free.withLock { $0.append(element) } }
        return try body(element)
    }
}
