import GatehouseCrypto
import GatehouseHTTP
import GatehouseModel
import GatehousePlatform

/// A form that was posted to an endpoint of OAuth.
///
/// A class: Swift 6.3 loses its stack where an asynchronous function's parameters do not fit into registers.
final class OAuthRequest {
    /// Without the parameters that have no value: they count as omitted (RFC 6749 §3.2).
    let form: Form
    let address: Address
    let time: Timestamp
    private let authorization: [String]
    private let request: Request
    /// Read where something is recorded or logged.
    private(set) lazy var trail = Trail(request)

    /// A parameter given twice is refused, whichever (RFC 6749 §3.2).
    init(_ request: Request, _ proxies: TrustedProxies) throws(OAuthError) {
        guard request.query == nil else { throw .invalidRequest("Parameters belong into the body.") }
        guard let type = request.header("Content-Type").flatMap(MediaType.init),
            type.fits("application/x-www-form-urlencoded"), request.header("Content-Encoding") == nil
        else { throw .invalidRequest("The body must be application/x-www-form-urlencoded, not compressed.") }
        let sent: Form
        do { sent = try Form(request.body) } catch { throw .invalidRequest("The form is not well-formed.") }
        if let name = sent.repeated.sorted().first {
            // The name comes from outside: only ASCII may stand in the description (RFC 6749 §5.2).
            let isPlain = name.utf8.allSatisfy { (0x30...0x7A).contains($0) && $0 != UInt8(ascii: "\\") }
            throw .invalidRequest(isPlain ? "\(name.prefix(40)) is given twice." : "A parameter is given twice.")
        }
        guard let address = proxies.client(of: request) else {
            throw .invalidRequest("The client's address cannot be told.")
        }
        form = sent.withoutEmpty
        self.address = address
        time = .now()
        self.request = request
        authorization = request.headers("Authorization")
    }

    /// A parameter, for the rules, which know no form.
    subscript(name: String) -> String? { form[name] }

    /// By `client_secret_basic`, `client_secret_post` or `private_key_jwt`, never by two of them (RFC 6749 §2.3).
    func credentials() throws(OAuthError) -> ClientCredentials {
        guard authorization.count < 2 else { throw .invalidRequest("Authorization is given twice.") }
        let isAsserted = form["client_assertion"] != nil || form["client_assertion_type"] != nil
        guard [!authorization.isEmpty, form["client_secret"] != nil, isAsserted].count(where: \.self) < 2 else {
            throw .invalidRequest("Use one method of client authentication only.")
        }
        if isAsserted { return try assertion() }
        guard let header = authorization.first else {
            guard let id = form["client_id"], let secret = form["client_secret"] else { throw .invalidClient }
            return ClientCredentials(id: id, secret: secret)
        }
        guard let (id, secret) = Self.basic(header) else { throw .invalidClient }
        try demandNothingBeside(id)
        return ClientCredentials(id: id, secret: secret)
    }

    /// RFC 7521 §4.2.
    private func assertion() throws(OAuthError) -> ClientCredentials {
        guard let text = form["client_assertion"], form["client_assertion_type"] == ClientAssertion.kind else {
            throw .invalidRequest(
                "It takes both a client_assertion and the client_assertion_type \(ClientAssertion.kind).")
        }
        let assertion = ClientAssertion(parsing: text)
        if let assertion { try demandNothingBeside(assertion.client.text) }
        return ClientCredentials(assertion, named: form["client_id"])
    }

    /// A `client_id` beside other credentials names their client.
    private func demandNothingBeside(_ id: String) throws(OAuthError) {
        if let named = form["client_id"], named != id {
            throw .invalidRequest("client_id is not the client that authenticates.")
        }
    }

    /// Both halves are form-urlencoded within the base64 (RFC 6749 §2.3.1).
    private static func basic(_ header: String) -> (id: String, secret: String)? {
        var base64 = Array(header.utf8)[...]
        guard header.prefix(6).lowercased() == "basic " else { return nil }
        base64.removeFirst(6)
        for index in base64.indices {
            switch base64[index] {
            case UInt8(ascii: "+"): base64[index] = UInt8(ascii: "-")
            case UInt8(ascii: "/"): base64[index] = UInt8(ascii: "_")
            default: break
            }
        }
        for _ in 0..<2 where base64.last == UInt8(ascii: "=") { base64.removeLast() }
        guard let bytes = Base64URL.decode(base64), let colon = bytes.firstIndex(of: UInt8(ascii: ":")),
            let id = decoded(bytes[..<colon]),
            let secret = decoded(bytes[(colon + 1)...])
        else { return nil }
        return (id, secret)
    }

    private static func decoded(_ bytes: ArraySlice<UInt8>) -> String? {
        bytes.contains(UInt8(ascii: "&")) ? nil : try? Form.decode(bytes)
    }
}
