internal import COpenSSL
import Synchronization

/// The system's generator, by way of libcrypto's.
public enum Random {
    public static func bytes(_ count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            if count > 0 { fill(UnsafeMutableRawBufferPointer(buffer)) }
            filled = count
        }
    }

    /// For ids, many a second: drawn ahead, 512 at a time, for a draw alone is two system calls.
    public static func uint64() -> UInt64 { ahead.withLock { $0.next() } }

    private static let ahead = Mutex(Ahead())

    private struct Ahead {
        private var drawn: [UInt64] = []

        mutating func next() -> UInt64 {
            if drawn.isEmpty {
                drawn = [UInt64](repeating: 0, count: 512)
                drawn.withUnsafeMutableBytes { Random.fill($0) }
            }
            return drawn.removeLast()
        }
    }

    private static func fill(_ buffer: UnsafeMutableRawBufferPointer) {
        let start = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
        Libcrypto.demand(RAND_bytes(start, Int32(buffer.count)), "no randomness")
    }
}
