public import GatehouseJSON

/// A key for verifying as JSON (RFC 7517): a public key on P-256, or a shared secret (`oct`).
public struct JWK: Hashable, Sendable {
    /// RSA and Ed25519 have their place here.
    private enum Material: Hashable {
        case p256(x: [UInt8], y: [UInt8])
        case symmetric([UInt8])
    }
    private let material: Material
    public let keyID: String?

    /// A public key of ours, named by its thumbprint.
    public init(_ key: VerifyingKey) {
        material = .p256(x: key.x, y: key.y)
        keyID = Self.thumbprint(of: material)
    }

    /// Reads a foreign key: its point must lie on the curve, its secret be long enough, and its `use`, `key_ops` and `alg`, where
    /// there are any, must allow verifying with the key's algorithm. Members that we do not know are ignored (RFC 7517 §4).
    public init(_ json: JSON) throws(MalformedKey) {
        guard let members = json.object else { throw MalformedKey("a JWK is a JSON object") }
        let fields = Fields(members)
        let algorithm: JWS.Algorithm
        switch try fields.text("kty") {
        case "EC":
            guard members["d"] == nil else { throw MalformedKey("the key is private: give its public half only") }
            guard try fields.text("crv") == "P-256" else { throw MalformedKey("the curve is not P-256") }
            let key = try VerifyingKey(x: fields.bytes("x"), y: fields.bytes("y"))
            material = .p256(x: key.x, y: key.y)
            algorithm = .es256
        case "oct":
            let secret = try fields.bytes("k")
            _ = try HMAC.Key(secret).forJWS()
            material = .symmetric(secret)
            algorithm = .hs256
        default: throw MalformedKey("the key's type (kty) is neither EC nor oct")
        }
        try fields.allowVerifying(with: algorithm)
        keyID = try fields.optionalText("kid")
    }

    public var algorithm: JWS.Algorithm {
        switch material {
        case .p256: .es256
        case .symmetric: .hs256
        }
    }

    public var isSecret: Bool {
        switch material {
        case .p256: false
        case .symmetric: true
        }
    }

    /// The key, prepared.
    public var verifier: JWS.Verifier {
        do throws(MalformedKey) {
            return switch material {
            case .p256(let x, let y): JWS.Verifier(try VerifyingKey(x: x, y: y))
            case .symmetric(let secret): try JWS.Verifier(HMAC.Key(secret))
            }
        } catch {
            fatalError("a JWK that was read is a key: \(error)")
        }
    }

    /// The key as it is published; that of an `oct` key is the secret itself.
    public var json: JSON {
        var members: JSON.Object = ["use": "sig", "alg": .string(algorithm.rawValue)]
        members["kid"] = keyID.map { .string($0) }
        for (name, value) in Self.required(material) { members[name] = .string(value) }
        return .object(members)
    }

    /// RFC 7638, with SHA-256: the same key has the same, however its JSON is written.
    public var thumbprint: String { Self.thumbprint(of: material) }

    private static func thumbprint(of material: Material) -> String { thumbprint(required: required(material)) }

    /// The members that make the key, in the order of their names.
    private static func required(_ material: Material) -> [(String, String)] {
        switch material {
        case .p256(let x, let y):
            [("crv", "P-256"), ("kty", "EC"), ("x", Base64URL.text(x)), ("y", Base64URL.text(y))]
        case .symmetric(let secret):
            [("k", Base64URL.text(secret)), ("kty", "oct")]
        }
    }

    package static func thumbprint(required members: [(String, String)]) -> String {
        let object = JSON.Object(members.map { ($0, .string($1)) })
        return Base64URL.text(SHA256.digest(JSON.object(object).bytes))
    }
}

extension JWK {
    /// Reads the members of a foreign key.
    private struct Fields {
        let members: JSON.Object
        init(_ members: JSON.Object) { self.members = members }

        func optionalText(_ name: String) throws(MalformedKey) -> String? {
            guard let value = members[name] else { return nil }
            guard let text = value.string, !text.isEmpty, text.utf8.count <= 1_024 else {
                throw MalformedKey("\(name) is not a string of 1–1,024 bytes")
            }
            return text
        }

        func text(_ name: String) throws(MalformedKey) -> String {
            guard let text = try optionalText(name) else { throw MalformedKey("\(name) is missing") }
            return text
        }

        func bytes(_ name: String) throws(MalformedKey) -> [UInt8] {
            guard let bytes = Base64URL.decode(try text(name)) else { throw MalformedKey("\(name) is not base64url") }
            return bytes
        }

        func allowVerifying(with algorithm: JWS.Algorithm) throws(MalformedKey) {
            if let use = try optionalText("use"), use != "sig" {
                throw MalformedKey("the key is not for signatures (use)")
            }
            if let operations = members["key_ops"] {
                guard let array = operations.array, array.contains("verify") else {
                    throw MalformedKey("the key is not for verifying (key_ops)")
                }
            }
            if let name = try optionalText("alg"), name != algorithm.rawValue {
                throw MalformedKey("the key's algorithm (alg) is not \(algorithm.rawValue)")
            }
        }
    }
}
