internal import COpenSSL

/// The two forms of a P-256 signature: libcrypto's DER, and r ‖ s of 64 bytes (RFC 7518 §3.4).
enum ECDSASignature {
    static let maximumSize = 72

    static func raw(der: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        var end = der.baseAddress
        let signature = Libcrypto.demand(d2i_ECDSA_SIG(nil, &end, der.count), "a signature of its own")
        defer { ECDSA_SIG_free(signature) }
        return [UInt8](unsafeUninitializedCapacity: 2 * P256.size) { buffer, filled in
            let size = Int32(P256.size)
            filled = Int(BN_bn2binpad(ECDSA_SIG_get0_r(signature), buffer.baseAddress, size))
            filled += Int(BN_bn2binpad(ECDSA_SIG_get0_s(signature), buffer.baseAddress.map { $0 + P256.size }, size))
        }
    }

    /// `nil` for any other length: a signature has one form only.
    static func der(raw: [UInt8]) -> [UInt8]? {
        guard raw.count == 2 * P256.size else { return nil }
        let signature = Libcrypto.demand(ECDSA_SIG_new(), "no signature")
        defer { ECDSA_SIG_free(signature) }
        raw.withUnsafeBufferPointer { buffer in
            let size = Int32(P256.size)
            let r = BN_bin2bn(buffer.baseAddress, size, nil)
            let s = BN_bin2bn(buffer.baseAddress.map { $0 + P256.size }, size, nil)
            Libcrypto.demand(ECDSA_SIG_set0(signature, r, s), "no signature")  // owns both from here on
        }
        return [UInt8](unsafeUninitializedCapacity: maximumSize) { buffer, filled in
            var end = buffer.baseAddress
            filled = Int(i2d_ECDSA_SIG(signature, &end))
        }
    }
}
