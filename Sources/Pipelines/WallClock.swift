import Glibc

/// The time of day, for records that people and other machines read; what is measured is measured by `ContinuousClock`.
enum WallClock {
    /// Seconds since 1970, to the millisecond.
    static var now: Double {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Double(now.tv_sec) + Double(now.tv_nsec / 1_000_000) / 1000
    }
}
