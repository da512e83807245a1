import Kernels

/// What the rows of a language went through before they were written, to be repeated on a composed vector: it is made
/// unit, moved by the language's mean, made unit again and rotated.
///
/// The rows themselves are final. `D` is the dimension of the table.
struct VectorTransform {
    /// `[D]`: what is subtracted.
    let center: UnsafePointer<Float>
    /// `[D, D]`, row-major: a row vector is multiplied from the left.
    let rotation: UnsafePointer<Float>

    /// Replaces `vector` by `unit(unit(vector) - center) x rotation`; a vector without direction becomes zero.
    func apply(to vector: UnsafeMutablePointer<Float>, dimension D: Int) {
        let moved = FloatBuffer(count: D)
        moved.withPointer { moved in
            moved.update(from: vector, count: D)
            VectorNorm.makeUnit(moved, D)
            Kernel.axpy(count: D, a: -1, x: center, y: moved)
            VectorNorm.makeUnit(moved, D)
            vector.update(repeating: 0, count: D)
            for row in 0..<D { Kernel.axpy(count: D, a: moved[row], x: rotation + row * D, y: vector) }
        }
    }
}
