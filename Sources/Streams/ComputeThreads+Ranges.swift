extension ComputeThreads {
    /// Cuts `0..<count` into ranges of about the same length, some for each thread, so that one who is late holds up
    /// nobody; one range for one thread.
    package func ranges(of count: Int) -> [Range<Int>] {
        let parts = self.count == 1 ? 1 : 4 * self.count
        return (0..<parts).map { count * $0 / parts..<count * ($0 + 1) / parts }.filter { !$0.isEmpty }
    }

    /// Where to cut work that is the same all over, as shares of it from 0 to 1: into a half, a quarter, an eighth and so on of what each thread
    /// has to do, the shortest parts where the caller of ``run(_:_:)``, who begins at the front, meets the helpers. So threads take
    /// few parts, and nobody waits long for the last one.
    package var cuts: [Double] {
        guard count > 1 else { return [0, 1] }
        let own = [2, 4, 8, 16, 16].map { 1 / Double($0 * count) }
        let others = own.reversed().flatMap { repeatElement($0, count: count - 1) }
        return (own + others).dropLast().reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) } + [1]
    }
}
