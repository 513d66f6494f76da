internal import COpenSSL

/// The system's generator, by way of libcrypto's.
public enum Random {
    public static func bytes(_ count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            if count > 0 { Libcrypto.demand(RAND_bytes(buffer.baseAddress, Int32(count)), "no randomness") }
            filled = count
        }
    }

    public static func uint64() -> UInt64 {
        var value: UInt64 = 0
        withUnsafeMutableBytes(of: &value) { buffer in
            Libcrypto.demand(RAND_bytes(buffer.baseAddress, Int32(buffer.count)), "no randomness")
        }
        return value
    }
}
