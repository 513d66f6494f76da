internal import COpenSSL

/// SHA-256 (FIPS 180-4), of one message or of a stream.
public struct SHA256: ~Copyable {
    public static let size = 32
    /// Looked up once, and never freed: `EVP_sha256()` is looked up under a lock at each use. A number, for any thread reads it.
    private static let bits = UInt(bitPattern: Libcrypto.demand(EVP_MD_fetch(nil, "SHA256", nil), "no SHA-256"))
    private static var algorithm: OpaquePointer? { OpaquePointer(bitPattern: bits) }
    private let context: OpaquePointer

    public init() {
        context = Libcrypto.demand(EVP_MD_CTX_new(), "no digest context")
        Libcrypto.demand(EVP_DigestInit_ex2(context, Self.algorithm, nil), "no SHA-256")
    }

    deinit { EVP_MD_CTX_free(context) }

    public mutating func update(_ piece: [UInt8]) {
        Libcrypto.demand(EVP_DigestUpdate(context, piece, piece.count), "SHA-256")
    }

    public consuming func finish() -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: Self.size) { buffer, filled in
            Libcrypto.demand(EVP_DigestFinal_ex(context, buffer.baseAddress, nil), "SHA-256")
            filled = Self.size
        }
    }

    public static func digest(_ message: [UInt8]) -> [UInt8] {
        message.withUnsafeBytes { digest($0) }
    }

    /// Of bytes where they lie.
    public static func digest(_ message: UnsafeRawBufferPointer) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: size) { buffer, filled in
            Libcrypto.demand(
                EVP_Digest(message.baseAddress, message.count, buffer.baseAddress, nil, algorithm, nil), "SHA-256")
            filled = size
        }
    }
}
