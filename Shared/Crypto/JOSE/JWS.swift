public import GatehouseJSON

/// A signed token in compact form (RFC 7515 §7.1), read and not yet believed.
///
/// Its payload is had from `payload(verifiedBy:)`. The header names an algorithm, but the key decides: where the two differ, the
/// token is refused (RFC 8725 §3.1).
public struct JWS {
    /// The algorithms of RFC 7518 and RFC 8037 that we know; `none` is not one.
    public enum Algorithm: String, Sendable, CaseIterable {
        case es256 = "ES256"
        case rs256 = "RS256"
        case ps256 = "PS256"
        case edDSA = "EdDSA"
        case hs256 = "HS256"
    }

    /// Why a token is refused; no more than a log should say.
    public enum Failure: Error, Hashable, Sendable {
        case tooLong
        case notThreeParts
        case notBase64URL
        /// The header is not a JSON object with an `alg`, or `kid` or `typ` is no string.
        case header
        /// The header demands an extension (`crit`); we have none.
        case criticalExtension
        /// An algorithm that we do not know, or that is not the key's.
        case algorithm
        case signature
    }

    /// In characters; what is longer is not looked at.
    public static let maximumSize = 16_384
    private static let maximumHeaderSize = 4_096

    public let header: JSON.Object
    public let algorithm: Algorithm
    public let keyID: String?
    public let type: String?

    /// For finding out whose key to verify with; nothing else may follow from it.
    public let unverifiedPayload: [UInt8]

    private let signingInput: [UInt8]
    private let signature: [UInt8]

    public init(parsing token: String) throws(Failure) {
        guard token.utf8.count <= Self.maximumSize else { throw .tooLong }
        try self.init(parsing: Array(token.utf8))
    }

    public init(parsing token: [UInt8]) throws(Failure) {
        guard token.count <= Self.maximumSize else { throw .tooLong }
        let parts = token.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3 else { throw .notThreeParts }
        guard parts[0].count <= Self.maximumHeaderSize else { throw .tooLong }
        guard let header = Base64URL.decode(parts[0]), let payload = Base64URL.decode(parts[1]),
            let signature = Base64URL.decode(parts[2])
        else { throw .notBase64URL }

        guard case .object(let members)? = try? JSON(parsing: header, depth: 8) else { throw .header }
        guard members["crit"] == nil else { throw .criticalExtension }
        guard let name = members["alg"]?.string else { throw .header }
        guard let algorithm = Algorithm(rawValue: name) else { throw .algorithm }

        self.header = members
        self.algorithm = algorithm
        keyID = try Self.text("kid", in: members)
        type = try Self.text("typ", in: members)
        unverifiedPayload = payload
        signingInput = Array(token[..<parts[1].endIndex])
        self.signature = signature
    }

    /// The payload, once the signature is the key's.
    public func payload(verifiedBy verifier: Verifier) throws(Failure) -> [UInt8] {
        guard verifier.algorithms.contains(algorithm) else { throw .algorithm }
        guard verifier.isValid(signature, of: signingInput, algorithm) else { throw .signature }
        return unverifiedPayload
    }

    private static func text(_ name: String, in header: JSON.Object) throws(Failure) -> String? {
        guard let value = header[name] else { return nil }
        guard let text = value.string else { throw .header }
        return text
    }
}
