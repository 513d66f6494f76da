internal import COpenSSL

/// Compares two secrets in a time that depends on their lengths only; those of unequal length are unequal.
public func equalInConstantTime(_ one: [UInt8], _ other: [UInt8]) -> Bool {
    one.count == other.count && CRYPTO_memcmp(one, other, one.count) == 0
}
