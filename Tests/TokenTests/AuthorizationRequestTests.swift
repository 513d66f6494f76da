import GatehouseModel
import TestSupport
import Testing
import Token

/// What an authorization request is, decided without a database: nobody is ever sent anywhere but to a registered URI.
@Suite struct `An authorization request` {
    private static let callback = "https://shop.example.com/callback"
    private static let loopback = "http://127.0.0.1:8000/cb?a=b"
    private static let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

    private func application(flow: Flow = .authorizationCode, enabled: Bool = true) throws -> AuthorizingApplication {
        AuthorizingApplication(
            id: try ClientID(String(repeating: "c", count: 32)), name: "Web shop", website: nil,
            redirectURIs: try [Self.callback, Self.loopback, "http://localhost:9000/cb"].map { try RedirectURI($0) },
            flow: flow,
            scopes: try ["read:segments", "write:segments"].map { try Scope($0) }, enabled: enabled)
    }

    private func fields(_ changes: [String: String?] = [:]) -> [(name: String, value: String)] {
        let right: [String: String?] = [
            "response_type": "code", "redirect_uri": Self.callback, "code_challenge": Self.challenge,
            "code_challenge_method": "S256", "state": "s",
        ]
        return right.merging(changes) { $1 }.compactMap { name, value in value.map { (name, $0) } }
    }

    /// What the request is, or why it is refused.
    private func decided(
        _ changes: [String: String?] = [:], flow: Flow = .authorizationCode, enabled: Bool = true
    ) throws -> Result<AuthorizationRequest, AuthorizationRefusal> {
        let application = try application(flow: flow, enabled: enabled)
        return Result { () throws(AuthorizationRefusal) in
            try AuthorizationRequest(AuthorizationParameters(fields(changes)), for: application)
        }
    }

    @Test func `that is right names its target, its scopes and its challenge`() throws {
        let request = try decided().get()
        #expect(request.target.uri == Self.callback && request.target.state == "s")
        #expect(request.scopes.text == "read:segments write:segments", "absent: all of the application's (A15)")
        #expect(try decided(["scope": "write:segments"]).get().scopes.text == "write:segments")
        #expect(try decided(["state": nil]).get().target.state == nil)
    }

    @Test(arguments: [
        "https://shop.example.com/callback/", "https://shop.example.com/Callback", "https://SHOP.example.com/callback",
        "HTTPS://shop.example.com/callback", "https://shop.example.com/%2e%2e/callback",
        "https://shop.example.com/..;/callback",
        "https://shop.example.com//callback", "https://shop.example.com\\callback",
        "https://shop.example.com/callback\\",
        "https://user@shop.example.com/callback", "https://shop.example.com@evil.example/callback",
        "https://shop.example.com:443/callback", "https://shop.example.com/callback#",
        "https://shop.example.com/callback#a",
        "https://shop.example.com/callback?", "https://xn--shp-8na.example.com/callback",
        "https://sh\u{00F6}p.example.com/callback",
        "https://shop.example.com/callback\t", "https://shop.example.com/call\nback",
        " https://shop.example.com/callback",
        "https://shop.example.com/callback%00", "https://shop.example.com/callback%0d%0aLocation:%20x",
        "//shop.example.com/callback",
        "/callback", "javascript:alert(1)", "data:text/html,x", "https://\u{212A}shop.example.com/callback",
        "https://shop.example.com.evil.example/callback", "http://shop.example.com/callback",
        "http://localhost:9001/cb", "http://127.0.0.2:8000/cb?a=b", "http://127.0.0.1:8000/cb",
        "http://127.0.0.1:0/cb?a=b",
        "http://127.0.0.1:65536/cb?a=b", "http://127.0.0.1:8000@evil.example/cb?a=b", "http://[::1]:8000/cb?a=b",
        "http://127.1:8000/cb?a=b", "http://0x7f.0.0.1:8000/cb?a=b", "https://127.0.0.1:8000/cb?a=b",
    ])
    func `with a redirect URI that is not byte-equal to a registered one leads nowhere`(uri: String) throws {
        guard case .failure(.page(.redirectUnknown(let received))) = try decided(["redirect_uri": uri]) else {
            Issue.record("\(uri)")
            return
        }
        #expect(received == uri)
    }

    @Test(arguments: [
        "http://127.0.0.1:8000/cb?a=b", "http://127.0.0.1:51004/cb?a=b", "http://127.0.0.1/cb?a=b",
        "http://localhost:9000/cb",
    ])
    func `of a loopback client chooses its port, on the literal alone`(uri: String) throws {
        #expect(try decided(["redirect_uri": uri]).get().target.uri == uri)
    }

    @Test func `without a redirect URI, or for a disabled application, leads nowhere`() throws {
        guard case .failure(.page(.redirectMissing)) = try decided(["redirect_uri": nil]) else {
            Issue.record("missing")
            return
        }
        guard case .failure(.page(.applicationDisabled)) = try decided(enabled: false) else {
            Issue.record("disabled")
            return
        }
    }

    @Test(
        arguments: [
            (["response_type": nil], "invalid_request"), (["response_type": "token"], "unsupported_response_type"),
            (["response_type": "code token"], "unsupported_response_type"),
            (["response_type": "CODE"], "unsupported_response_type"),
            (["response_mode": "fragment"], "invalid_request"), (["response_mode": "form_post"], "invalid_request"),
            (["code_challenge": nil], "invalid_request"), (["code_challenge_method": nil], "invalid_request"),
            (["code_challenge_method": "plain"], "invalid_request"),
            (["code_challenge_method": "s256"], "invalid_request"),
            (["code_challenge": "short"], "invalid_request"), (["code_challenge": challenge + "="], "invalid_request"),
            (["code_challenge": String(repeating: "+", count: 43)], "invalid_request"),
            (["scope": "read:profiles"], "invalid_scope"), (["scope": "read:segments read:profiles"], "invalid_scope"),
            (["scope": "a  b"], "invalid_scope"), (["scope": "\""], "invalid_scope"),
            (["scope": "\u{202e}"], "invalid_scope"),
            (["request": "e30.e30."], "request_not_supported"),
        ] as [([String: String?], String)])
    func `that is wrong in another way tells its application so, with its state`(
        changes: [String: String?], error: String
    ) throws {
        guard case .failure(.redirect(let target, let told)) = try decided(changes) else {
            Issue.record("\(changes)")
            return
        }
        #expect(told.code.rawValue == error && target.uri == Self.callback && target.state == "s")
        let location = target.location(told, issuer: "https://id.example.com")
        #expect(location.hasPrefix("\(Self.callback)?error=\(error)&error_description="))
        #expect(location.hasSuffix("&state=s&iss=https%3A%2F%2Fid.example.com"))
    }

    @Test func `of an application of the other flow is refused`() throws {
        guard case .failure(.redirect(_, let told)) = try decided(flow: .clientCredentials) else {
            Issue.record("flow")
            return
        }
        #expect(told.code == .unauthorizedClient)
    }

    @Test func `is answered beside what its URI says already, and nothing of the state gets out of its place`() throws {
        let target = RedirectTarget(uri: Self.loopback, state: "a&code=x#\r\nSet-Cookie: a=b é")
        #expect(
            target.location([("code", "1.2+3")], issuer: "http://127.0.0.1:8080")
                == "http://127.0.0.1:8000/cb?a=b&code=1.2%2B3&state=a%26code%3Dx%23%0D%0ASet-Cookie%3A%20a%3Db%20%C3%A9"
                + "&iss=http%3A%2F%2F127.0.0.1%3A8080")
    }

    /// A hundred thousand requests out of the pieces that attacks are made of.
    @Test func `of whatever bytes never leads to what is not registered`() throws {
        let application = try application()
        let pieces = [
            "https:", "http:", "//", "/", "\\", "@", ":", "?", "#", "%2e", "%00", "%", ".", "..", ";", "\t", "\n", " ",
            "a", "b",
            "shop.example.com", "SHOP", "evil.example", "127.0.0.1", "localhost", "[::1]", "8000", "443", "callback",
            "cb", "?a=b",
            "é", "\u{202e}", "\u{0}", Self.callback, Self.loopback,
        ]
        var random = SeededRandom(seed: 9)
        var sent = 0
        for _ in 0..<100_000 {
            var uri =
                Bool.random(using: &random) ? [Self.callback, Self.loopback].randomElement(using: &random) ?? "" : ""
            for _ in 0..<Int.random(in: 0...4, using: &random) {
                let place = uri.unicodeScalars.index(
                    uri.startIndex, offsetBy: Int.random(in: 0...uri.unicodeScalars.count, using: &random))
                uri.unicodeScalars.insert(
                    contentsOf: (pieces.randomElement(using: &random) ?? "").unicodeScalars, at: place)
            }
            let asked = AuthorizationParameters(
                fields(["redirect_uri": uri, "scope": pieces.randomElement(using: &random)]))
            let target: RedirectTarget
            do throws(AuthorizationRefusal) {
                target = try AuthorizationRequest(asked, for: application).target
            } catch {
                guard case .redirect(let wrong, _) = error else { continue }
                target = wrong
            }
            sent += 1
            let isRegistered =
                target.uri.utf8.elementsEqual(Self.callback.utf8)
                || target.uri.wholeMatch(of: #/http://127\.0\.0\.1(:[1-9][0-9]{0,4})?/cb\?a=b/#) != nil
            #expect(isRegistered, "\(target.uri)")
        }
        #expect(sent > 100)
    }
}
