import GatehouseCrypto
import GatehouseHTTP
import GatehouseJSON
import GatehouseModel
import GatehousePlatform
import GatehousePostgres

/// `/oauth/token`, `/oauth/introspect`, `/oauth/revoke`: forms in, JSON out, one way to authenticate.
///
/// A class, like all that asynchronous functions take here: see `OAuthRequest`.
final class OAuthRoutes {
    static let formLimit = 64 << 10

    let issuer: String
    let proxies: TrustedProxies
    let authentication: ClientAuthentication
    let introspections: IntrospectionStore
    let revocations: RevocationStore
    let grant: ClientCredentialsGrant
    let keys: KeyRing
    let tokens: TokenReader
    let issues: Tally<TokenFacts.Issue>
    let usage: Usage
    let barrier: Barrier
    let relay: OutboxRelay
    let log: Log

    init(
        issuer: String, proxies: TrustedProxies, authentication: ClientAuthentication,
        introspections: IntrospectionStore, revocations: RevocationStore, grant: ClientCredentialsGrant, keys: KeyRing,
        tokens: TokenReader, issues: Tally<TokenFacts.Issue>, usage: Usage, barrier: Barrier, relay: OutboxRelay,
        log: Log
    ) {
        self.issuer = issuer
        self.proxies = proxies
        self.authentication = authentication
        self.introspections = introspections
        self.revocations = revocations
        self.grant = grant
        self.keys = keys
        self.tokens = tokens
        self.issues = issues
        self.usage = usage
        self.barrier = barrier
        self.relay = relay
        self.log = log
    }

    func mount(on router: Router) {
        on(router, "/oauth/token") { asked in try await self.token(asked) }
        on(router, "/oauth/introspect") { asked in try await self.introspect(asked) }
        on(router, "/oauth/revoke") { asked in try await self.revoke(asked) }
    }

    // MARK: - The endpoints

    private func token(_ asked: OAuthRequest) async throws -> Response {
        let client = try await authenticate(asked)
        guard let type = asked.form["grant_type"] else {
            throw OAuthError.invalidRequest("grant_type is required.")
        }
        switch type {
        case "client_credentials": break
        case "authorization_code", "refresh_token":
            guard client.client.flow == .authorizationCode else {
                throw OAuthError.unauthorizedClient("This application uses the client credentials flow only.")
            }
            throw OAuthError.unsupportedGrantType("This server does not grant \(type) yet.")
        default: throw OAuthError.unsupportedGrantType("This server knows no such grant type.")
        }
        Fault.point(.tokenBeforeSigning)
        let token = try grant.token(for: client, scope: asked.form["scope"], at: asked.time)
        guard let signer = keys.signer(at: asked.time) else { throw OAuthError.unavailable(nil) }
        let user = client.client.user
        let issue = TokenFacts.Issue(
            client: client.id, clientName: client.client.name, user: token.user, userName: user?.name ?? "",
            address: asked.address)
        guard issues.count(issue, at: asked.time) else { throw OAuthError.unavailable(nil) }
        usage.note(client.id, at: asked.time)

        var writer = JSONWriter(reserving: 1024)
        writer.beginObject()
        writer.member("access_token")
        writer.raw([UInt8(ascii: "\"")] + signer.sign(token.claims(issuer: issuer)) + [UInt8(ascii: "\"")])
        writer.member("token_type")
        writer.string("Bearer")
        writer.member("expires_in")
        writer.integer(token.expires - token.issued)
        writer.member("scope")
        writer.string(token.scopes)
        writer.endObject()
        return Response(200, Self.headers, writer.bytes)
    }

    private func introspect(_ asked: OAuthRequest) async throws -> Response {
        guard let text = asked.form["token"] else {
            _ = try await authenticate(asked)
            throw OAuthError.invalidRequest("token is required.")
        }
        guard let token = await token(text, at: asked.time) else {
            _ = try await authenticate(asked)
            return Response(200, Self.headers, Introspection.inactive)
        }
        let credentials = try asked.credentials()
        let found = try await introspections.inspect(token, by: credentials, from: asked.address)
        let client = try await authentication.prove(asked, credentials, found?.client)
        guard let found, found.isLive else { return Response(200, Self.headers, Introspection.inactive) }
        return Response(
            200, Self.headers, Introspection.answer(token, within: found.scopes, to: client, issuer: issuer))
    }

    private func revoke(_ asked: OAuthRequest) async throws -> Response {
        let client = try await authenticate(asked)
        guard let text = asked.form["token"] else { throw OAuthError.invalidRequest("token is required.") }
        let done = Response(200, [("Cache-Control", "no-store")])
        // What is unknown, expired or another client's: nothing happens, and nothing is told (RFC 7009 §2.2).
        guard let token = await token(text, at: asked.time), token.client == client.id else { return done }
        let fact = TokenFacts.revoked(token, by: client, for: asked)
        let revision = try await revocations.revoke(token, fact)
        relay.wake()
        let propagation = await barrier.wait(for: revision)
        guard propagation.state == .complete else { throw OAuthError.unavailable(nil) }
        return Response(200, done.headers + [("Gatehouse-Propagation", propagation.header)])
    }

    /// A live token of ours; the keys are read again for one that names a key unknown here.
    private func token(_ text: String, at now: Timestamp) async -> AccessToken? {
        switch tokens.read(text, at: now) {
        case .token(let token): return token
        case .noToken: return nil
        case .unknownKey:
            await keys.readAgain()
            if case .token(let token) = tokens.read(text, at: now) { return token }
            return nil
        }
    }

    private func authenticate(_ asked: OAuthRequest) async throws -> ClientAuthentication.Proven {
        try await authentication.client(of: asked)
    }

    // MARK: - Forms and answers

    private func on(
        _ router: Router, _ path: String, _ handle: @escaping (OAuthRequest) async throws -> Response
    ) {
        router.on(
            "POST", path,
            Endpoint(maximumBody: Self.formLimit) { request in
                do throws(OAuthError) {
                    let asked = try OAuthRequest(request, self.proxies)
                    return .later {
                        do {
                            return try await handle(asked)
                        } catch {
                            // What is no answer of OAuth's own is trouble behind: the database, the broker.
                            let answer = error as? OAuthError ?? .unavailable(error)
                            if let cause = answer.cause {
                                self.log.warning(
                                    "no answer at \(path)", asked.trail.details(["cause": .string("\(cause)")]))
                            }
                            return Response(answer)
                        }
                    }
                } catch { return .now(Response(error)) }
            })
    }

    private static let headers: [Response.Header] = [
        ("Content-Type", "application/json"), ("Cache-Control", "no-store"), ("Pragma", "no-cache"),
    ]
}

extension Response {
    init(_ error: OAuthError) {
        var headers: [Header] = [("Content-Type", "application/json"), ("Cache-Control", "no-store")]
        if error.status == 401 { headers.append(("WWW-Authenticate", "Basic realm=\"oauth\", charset=\"UTF-8\"")) }
        if let seconds = error.retryAfter { headers.append(("Retry-After", "\(seconds)")) }
        let body: JSON = ["error": .string(error.code.rawValue), "error_description": .string(error.description)]
        self.init(error.status, headers, body.bytes)
    }
}
