public import GatehouseCrypto
import GatehouseJSON
public import GatehouseModel

/// The second lock on our own routes: a 30-second JWS (HS256, RFC 7515) by policy that names the caller and the request it was decided for.
public struct Assertion {
    public static let header = "X-Gatehouse-Assertion"
    static let life: Int64 = 30

    private let signer: JWS.Signer
    private let verifier: JWS.Verifier

    /// `secret`: what the four services share; at least 32 bytes.
    public init(secret: [UInt8]) throws(MalformedKey) {
        let key = HMAC.Key(secret)
        signer = try JWS.Signer(key, type: "JWT")
        verifier = try JWS.Verifier(key)
    }

    /// `path` is the raw one, without the query.
    public func sign(_ caller: Caller, method: String, path: String, at now: Timestamp) -> [UInt8] {
        var payload: JSON.Object = [
            "iss": "policy", "iat": .integer(now.seconds), "exp": .integer(now.seconds + Self.life),
            "decision": .string(caller.decision),
            "user": caller.user.json,
        ]
        if let application = caller.application { payload["application"] = application.json }
        payload["scopes"] = .array(caller.scopes.map(\.json))
        payload["permissions"] = .array(caller.permissions.map(\.json))
        payload["domains"] = caller.domains.json
        if let ip = caller.ip { payload["ip"] = .string(ip.text) }
        payload["method"] = .string(method)
        payload["path"] = .string(path)
        return signer.sign(JSON.object(payload).bytes)
    }

    /// Nil when it is missing, forged, expired, or made for another request.
    public func caller(_ assertion: String?, method: String, path: String, at now: Timestamp) -> Caller? {
        guard let assertion, let bytes = try? JWS(parsing: assertion).payload(verifiedBy: verifier),
            let payload = try? JSON(parsing: bytes),
            payload["iss"] == "policy", let expires = payload["exp"]?.integer, now.seconds < expires,
            let issued = payload["iat"]?.integer, issued <= now.seconds + Self.life,
            payload["method"]?.string == method, payload["path"]?.string == path,
            let user = payload["user"].flatMap(Fact.User.init), let decision = payload["decision"]?.string,
            let scopes = payload["scopes"]?.array, let permissions = payload["permissions"]?.array,
            let domains = payload["domains"].flatMap({ try? Domains(json: $0) })
        else { return nil }
        return Caller(
            decision: decision, user: user, application: payload["application"].flatMap(Fact.Application.init),
            scopes: Set(scopes.compactMap { $0.string.flatMap { try? Scope($0) } }),
            permissions: Set(permissions.compactMap { $0.string.flatMap { try? Permission($0) } }), domains: domains,
            ip: payload["ip"]?.string.flatMap { try? Address($0) })
    }
}

extension Fact.User {
    fileprivate init?(_ json: JSON) {
        guard let id = json["id"]?.string, let id = try? UserID(id), let name = json["name"]?.string else { return nil }
        self.init(id, name: name)
    }

    fileprivate var json: JSON { ["id": id.json, "name": .string(name)] }
}

extension Fact.Application {
    fileprivate init?(_ json: JSON) {
        guard let id = json["client_id"]?.string, let id = try? ClientID(id), let name = json["name"]?.string else {
            return nil
        }
        self.init(id, name: name)
    }

    fileprivate var json: JSON { ["client_id": clientID.json, "name": .string(name)] }
}
