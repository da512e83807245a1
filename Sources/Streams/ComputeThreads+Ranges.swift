extension ComputeThreads {
    /// Cuts `0..<count` into ranges of about the same length, some for each thread, so that one who is late holds up
    /// nobody; one range for one thread.
    package func ranges(of count: Int) -> [Range<Int>] {
        let parts = self.count == 1 ? 1 : 4 * self.count
        return (0..<parts).map { count * $0 / parts..<count * ($0 + 1) / parts }.filter { !$0.isEmpty }
    }
}
