import GatehouseJSON

/// The parameters of an authorization request, each at most once, as they were sent; those without a value count as omitted
/// (RFC 6749 §3.1).
package struct AuthorizationParameters: Sendable, Hashable {
    /// What a request may say. What else stands in it is passed over, as the RFC wants.
    enum Name: String, CaseIterable, Sendable {
        case clientID = "client_id"
        case redirectURI = "redirect_uri"
        case responseType = "response_type"
        case responseMode = "response_mode"
        case scope, state
        case challenge = "code_challenge"
        case challengeMethod = "code_challenge_method"
        case requestURI = "request_uri"
        case request
    }

    private var values: [Name: String] = [:]

    /// Fields without a value have been left out; none is there twice.
    package init(_ fields: [(name: String, value: String)]) {
        for (name, value) in fields {
            if let name = Name(rawValue: name) { values[name] = value }
        }
    }

    subscript(name: Name) -> String? {
        get { values[name] }
        set { values[name] = newValue }
    }

    /// To be kept.
    var json: JSON { .object(JSON.Object(values.map { ($0.key.rawValue, .string($0.value)) })) }

    init?(_ json: JSON) {
        guard let object = json.object else { return nil }
        self.init(object.members.compactMap { name, value in value.string.map { (name, $0) } })
    }
}
