/// The function words of the world, by what they do.
package enum FunctionWord: Int, CaseIterable {
    case the, a, this, these, some, his, her, its, their
    case and, or, but, that, because, `while`, `if`
    case of, `in`, at, from, to, with, by, `for`, against, about, near, after, before, between, during
    case `is`, was, has, will, not, also, already, still, only, more, than, per, every, there, now
}
