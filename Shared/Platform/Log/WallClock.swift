public import GatehouseModel
import Glibc
import SwiftOverlayShims

extension Timestamp {
    /// The wall clock. Read in routes and loops only, and handed down.
    public static func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
    }
}
