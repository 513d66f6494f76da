public import GatehouseJSON

/// A key for verifying as JSON (RFC 7517): a public key on P-256, of RSA or of Ed25519, or a shared secret (`oct`).
public struct JWK: Hashable, Sendable {
    private enum Material: Hashable {
        case p256(x: [UInt8], y: [UInt8])
        case rsa(modulus: [UInt8], exponent: [UInt8])
        case ed25519([UInt8])
        case symmetric([UInt8])
    }
    private let material: Material
    public let keyID: String?
    /// One; RS256 and PS256 for an RSA key without `alg`.
    public let algorithms: [JWS.Algorithm]

    /// A public key of ours, named by its thumbprint.
    public init(_ key: VerifyingKey) {
        material = .p256(x: key.x, y: key.y)
        keyID = Self.thumbprint(of: material)
        algorithms = [.es256]
    }

    /// Reads a foreign key: it must be one, its secret be long enough, and its `use`, `key_ops` and `alg`, where there are any, must
    /// allow verifying with an algorithm of the key's. Members that we do not know are ignored (RFC 7517 §4).
    public init(_ json: JSON) throws(MalformedKey) {
        guard let members = json.object else { throw MalformedKey("a JWK is a JSON object") }
        let fields = Fields(members)
        let possible: [JWS.Algorithm]
        switch try fields.text("kty") {
        case "EC":
            guard try fields.text("crv") == "P-256" else { throw MalformedKey("the curve is not P-256") }
            let key = try VerifyingKey(x: fields.bytes("x"), y: fields.bytes("y"))
            material = .p256(x: key.x, y: key.y)
            possible = [.es256]
        case "RSA":
            let (modulus, exponent) = (try fields.bytes("n"), try fields.bytes("e"))
            _ = try RSAVerifyingKey(modulus: modulus, exponent: exponent)
            material = .rsa(modulus: modulus, exponent: exponent)
            possible = [.rs256, .ps256]
        case "OKP":
            guard try fields.text("crv") == "Ed25519" else { throw MalformedKey("the curve is not Ed25519") }
            let bytes = try fields.bytes("x")
            _ = try Ed25519VerifyingKey(bytes)
            material = .ed25519(bytes)
            possible = [.edDSA]
        case "oct":
            let secret = try fields.bytes("k")
            _ = try HMAC.Key(secret).forJWS()
            material = .symmetric(secret)
            possible = [.hs256]
        default: throw MalformedKey("the key's type (kty) is none of EC, RSA, OKP and oct")
        }
        guard members["d"] == nil else { throw MalformedKey("the key is private: give its public half only") }
        algorithms = try fields.verifying(with: possible)
        keyID = try fields.optionalText("kid")
    }

    public var isSecret: Bool {
        switch material {
        case .p256, .rsa, .ed25519: false
        case .symmetric: true
        }
    }

    /// The key, prepared.
    public var verifier: JWS.Verifier {
        do throws(MalformedKey) {
            return switch material {
            case .p256(let x, let y): JWS.Verifier(try VerifyingKey(x: x, y: y))
            case .rsa(let modulus, let exponent):
                JWS.Verifier(try RSAVerifyingKey(modulus: modulus, exponent: exponent), algorithms)
            case .ed25519(let bytes): JWS.Verifier(try Ed25519VerifyingKey(bytes))
            case .symmetric(let secret): try JWS.Verifier(HMAC.Key(secret))
            }
        } catch {
            fatalError("a JWK that was read is a key: \(error)")
        }
    }

    /// The key as it is published; that of an `oct` key is the secret itself.
    public var json: JSON {
        var members: JSON.Object = ["use": "sig"]
        if algorithms.count == 1 { members["alg"] = .string(algorithms[0].rawValue) }
        members["kid"] = keyID.map { .string($0) }
        for (name, value) in Self.required(material) { members[name] = .string(value) }
        return .object(members)
    }

    /// RFC 7638, with SHA-256: the same key has the same, however its JSON is written.
    public var thumbprint: String { Self.thumbprint(of: material) }

    private static func thumbprint(of material: Material) -> String {
        let object = JSON.Object(required(material).map { ($0, .string($1)) })
        return Base64URL.text(SHA256.digest(JSON.object(object).bytes))
    }

    /// The members that make the key, in the order of their names.
    private static func required(_ material: Material) -> [(String, String)] {
        switch material {
        case .p256(let x, let y):
            [("crv", "P-256"), ("kty", "EC"), ("x", Base64URL.text(x)), ("y", Base64URL.text(y))]
        case .rsa(let modulus, let exponent):
            [("e", Base64URL.text(exponent)), ("kty", "RSA"), ("n", Base64URL.text(modulus))]
        case .ed25519(let bytes):
            [("crv", "Ed25519"), ("kty", "OKP"), ("x", Base64URL.text(bytes))]
        case .symmetric(let secret):
            [("k", Base64URL.text(secret)), ("kty", "oct")]
        }
    }
}

extension JWK {
    /// Reads the members of a foreign key.
    private struct Fields {
        let members: JSON.Object
        init(_ members: JSON.Object) { self.members = members }

        func optionalText(_ name: String) throws(MalformedKey) -> String? {
            guard let value = members[name] else { return nil }
            guard let text = value.string, !text.isEmpty, text.utf8.count <= 2_048 else {
                throw MalformedKey("\(name) is not a string of 1–2,048 bytes")
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

        /// The algorithms among the `possible` that the key allows itself.
        func verifying(with possible: [JWS.Algorithm]) throws(MalformedKey) -> [JWS.Algorithm] {
            if let use = try optionalText("use"), use != "sig" {
                throw MalformedKey("the key is not for signatures (use)")
            }
            if let operations = members["key_ops"] {
                guard let array = operations.array, array.contains("verify") else {
                    throw MalformedKey("the key is not for verifying (key_ops)")
                }
            }
            guard let name = try optionalText("alg") else { return possible }
            guard let algorithm = possible.first(where: { $0.rawValue == name }) else {
                let names = possible.map(\.rawValue).joined(separator: " or ")
                throw MalformedKey("the key's algorithm (alg) is not \(names)")
            }
            return [algorithm]
        }
    }
}
