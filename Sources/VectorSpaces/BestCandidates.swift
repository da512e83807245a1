import Kernels

/// The best so far of all queries, best first; of equal scores the lower number comes first.
///
/// `@unchecked Sendable` holds because each query has its own elements, and one thread at a time.
final class BestCandidates: @unchecked Sendable {
    let k: Int
    /// `[queries, k]`; -inf where none was found.
    let scores: FloatBuffer
    /// `[queries, k]`; the largest number where none was found.
    let numbers: UnsafeMutableBufferPointer<UInt32>

    init(queryCount: Int, k: Int) {
        self.k = k
        scores = FloatBuffer(count: queryCount * k)
        scores.pointer.update(repeating: -.infinity, count: scores.count)
        numbers = .allocate(capacity: queryCount * k)
        numbers.initialize(repeating: .max)
    }

    deinit { numbers.deallocate() }

    /// Takes in the products of a query with some candidates, which come in ascending order.
    @inline(__always)
    func offer(
        _ products: UnsafePointer<Float>, _ candidates: Range<Int>, factor: Float, penalties: UnsafePointer<Float>,
        query: Int
    ) {
        let count = candidates.count
        let last = scores.pointer + query * k + k - 1
        var index = 0
        while true {
            index += Kernel.firstAbove(
                last.pointee, count: count - index, x: products + index, factor: factor, penalties: penalties + index)
            guard index < count else { return }
            insert(factor * products[index] - penalties[index], UInt32(candidates.lowerBound + index), of: query)
            index += 1
        }
    }

    /// Puts a candidate that is better than the last one in its place.
    @inline(__always)
    func insert(_ score: Float, _ number: UInt32, of query: Int) {
        let scores = scores.pointer + query * k
        let numbers = numbers.baseAddress! + query * k
        var place = k - 1
        while place > 0, scores[place - 1] < score || scores[place - 1] == score && numbers[place - 1] > number {
            scores[place] = scores[place - 1]
            numbers[place] = numbers[place - 1]
            place -= 1
        }
        scores[place] = score
        numbers[place] = number
    }
}

/// The best rows of every column, as one thread has seen them: rows come in any order.
///
/// `@unchecked Sendable` holds because each thread has its own.
final class ColumnBests: @unchecked Sendable {
    let best: BestCandidates
    /// `[columns]`: what a score must be above to be among the best; the number below the last one's, as equal scores
    /// of lower numbers are better.
    private let bounds: FloatBuffer

    init(queryCount: Int, k: Int) {
        best = BestCandidates(queryCount: queryCount, k: k)
        bounds = FloatBuffer(count: queryCount)
        bounds.pointer.update(repeating: -.infinity, count: queryCount)
    }

    /// Takes in the products of a row with some columns, here and among the best columns of the row.
    @inline(__always)
    func offer(_ products: UnsafePointer<Float>, _ columns: Range<Int>, of row: Int, _ rows: BestCandidates) {
        let count = columns.count, bounds = bounds.pointer + columns.lowerBound
        let last = rows.scores.pointer + row * rows.k + rows.k - 1
        var index = 0
        while true {
            index += Kernel.firstAbove(last.pointee, or: bounds + index, count: count - index, x: products + index)
            guard index < count else { return }
            let score = products[index], column = columns.lowerBound + index
            if score > last.pointee { rows.insert(score, UInt32(column), of: row) }
            if score > bounds[index] { take(score, UInt32(row), of: column) }
            index += 1
        }
    }

    /// Takes in what another thread has seen.
    func merge(_ other: ColumnBests) {
        let k = best.k
        for index in 0..<best.scores.count {
            let score = other.best.scores.pointer[index]
            if score > bounds.pointer[index / k] { take(score, other.best.numbers[index], of: index / k) }
        }
    }

    /// - Parameter score: Above the column's bound.
    @inline(__always)
    private func take(_ score: Float, _ row: UInt32, of column: Int) {
        let last = column * best.k + best.k - 1
        guard score > best.scores.pointer[last] || row < best.numbers[last] else { return }
        best.insert(score, row, of: column)
        bounds.pointer[column] = best.scores.pointer[last].nextDown
    }
}
