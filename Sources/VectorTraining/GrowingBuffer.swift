/// Numbers that are appended one after the other; its memory is used again.
///
/// What an array looks at for each one, whether somebody else has it and whether there is room, is asked for many at a time
/// by ``reserve(_:)``.
struct GrowingBuffer<Element: BitwiseCopyable>: ~Copyable {
    /// Whoever raises it has written what lies below it.
    var count = 0
    private var capacity = 16
    private(set) var pointer = UnsafeMutablePointer<Element>.allocate(capacity: 16)

    deinit { pointer.deallocate() }

    var indices: Range<Int> { 0..<count }

    subscript(index: Int) -> Element {
        get {
            assert(indices.contains(index), "\(index) of \(count) numbers")
            return pointer[index]
        }
        set {
            assert(indices.contains(index), "\(index) of \(count) numbers")
            pointer[index] = newValue
        }
    }

    /// Makes room for so many more.
    mutating func reserve(_ more: Int) {
        if count + more > capacity { grow(to: max(count + more, 2 * capacity)) }
    }

    @inline(never)
    private mutating func grow(to newCapacity: Int) {
        let larger = UnsafeMutablePointer<Element>.allocate(capacity: newCapacity)
        larger.update(from: pointer, count: count)
        pointer.deallocate()
        (pointer, capacity) = (larger, newCapacity)
    }

    /// - Precondition: There is room; this is not checked in a release.
    mutating func append(_ element: Element) {
        assert(count < capacity, "no room for more than \(count) numbers")
        pointer[count] = element
        count += 1
    }

    /// Appends numbers that are yet to be written.
    mutating func extend(by more: Int) {
        reserve(more)
        count += more
    }

    mutating func removeAll() { count = 0 }
}
