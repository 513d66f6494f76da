internal import COpenSSL

/// An owned EVP key on the curve P-256.
struct P256Key: ~Copyable {
    let pointer: OpaquePointer

    /// Takes ownership; `nil` where there is no key or it is of another kind.
    init?(owning pointer: OpaquePointer?) {
        guard let pointer = Libcrypto.accepts(pointer) else { return nil }
        guard EVP_PKEY_is_a(pointer, "EC") == 1, Self.curve(of: pointer) == "prime256v1" else {
            EVP_PKEY_free(pointer)
            ERR_clear_error()
            return nil
        }
        self.pointer = pointer
    }

    deinit { EVP_PKEY_free(pointer) }

    /// The affine coordinates, 32 bytes each, big-endian.
    var point: (x: [UInt8], y: [UInt8]) {
        (coordinate(OSSL_PKEY_PARAM_EC_PUB_X), coordinate(OSSL_PKEY_PARAM_EC_PUB_Y))
    }

    private func coordinate(_ name: String) -> [UInt8] {
        var number: OpaquePointer?
        Libcrypto.demand(EVP_PKEY_get_bn_param(pointer, name, &number), "a key without its point")
        defer { BN_free(number) }
        return [UInt8](unsafeUninitializedCapacity: P256.size) { buffer, filled in
            filled = Int(BN_bn2binpad(number, buffer.baseAddress, Int32(P256.size)))
        }
    }

    /// An operation on this key, which the context keeps alive.
    func context() -> OpaquePointer {
        Libcrypto.demand(EVP_PKEY_CTX_new_from_pkey(nil, pointer, nil), "no key context")
    }

    /// This key, where libcrypto's `check` finds nothing wrong with it.
    consuming func checked(_ check: (OpaquePointer?) -> Int32) -> P256Key? {
        let context = context()
        defer { EVP_PKEY_CTX_free(context) }
        guard Libcrypto.accepts(check(context)) else { return nil }
        return consume self
    }

    private static func curve(of key: OpaquePointer) -> String? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { name in
            guard EVP_PKEY_get_group_name(key, name.baseAddress, name.count, nil) == 1 else { return nil }
            return name.baseAddress.map { String(cString: $0) }
        }
    }
}

enum P256 {
    /// The length of a coordinate, and of each half of a signature.
    static let size = 32

    /// The DER of a SubjectPublicKeyInfo up to the coordinates of its uncompressed point (RFC 5480).
    static let publicKeyPrefix: [UInt8] = [
        0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08, 0x2A, 0x86, 0x48,
        0xCE, 0x3D, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04,
    ]
}
