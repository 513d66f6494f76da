import GatehouseCrypto
import GatehouseHTTP
import GatehouseJSON
import GatehouseModel
import GatehousePlatform
import GatehousePostgres

/// `/oauth/token`, `/oauth/introspect`, `/oauth/revoke`, `/oauth/par`: forms in, JSON out, one way to authenticate.
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
    let codeFlow: CodeFlow
    let keys: KeyRing
    let tokens: TokenReader
    let issues: Tally<TokenFacts.Issue>
    let recorder: Recorder
    let usage: Usage
    let barrier: Barrier
    let relay: OutboxRelay
    let log: Log

    init(
        issuer: String, proxies: TrustedProxies, authentication: ClientAuthentication,
        introspections: IntrospectionStore, revocations: RevocationStore, grant: ClientCredentialsGrant,
        codeFlow: CodeFlow, keys: KeyRing, tokens: TokenReader, issues: Tally<TokenFacts.Issue>, recorder: Recorder,
        usage: Usage, barrier: Barrier, relay: OutboxRelay,
        log: Log
    ) {
        self.issuer = issuer
        self.proxies = proxies
        self.authentication = authentication
        self.introspections = introspections
        self.revocations = revocations
        self.grant = grant
        self.codeFlow = codeFlow
        self.keys = keys
        self.tokens = tokens
        self.issues = issues
        self.recorder = recorder
        self.usage = usage
        self.barrier = barrier
        self.relay = relay
        self.log = log
    }

    func mount(on router: Router) {
        on(router, "/oauth/token") { asked in try await self.token(asked) }
        on(router, "/oauth/introspect") { asked in try await self.introspect(asked) }
        on(router, "/oauth/revoke") { asked in try await self.revoke(asked) }
        on(router, "/oauth/par") { asked in try await self.push(asked) }
    }

    // MARK: - The endpoints

    private func token(_ asked: OAuthRequest) async throws -> Response {
        let client = try await authenticate(asked)
        guard let type = asked.form["grant_type"] else {
            throw OAuthError.invalidRequest("grant_type is required.")
        }
        guard let signer = keys.signer(at: asked.time) else { throw OAuthError.unavailable(nil) }
        switch type {
        case "client_credentials":
            let token = try issue(to: client, asked)
            return answer(token, signer.sign(token.claims(issuer: issuer)), refresh: nil)
        case "authorization_code":
            return try await give(try await codeFlow.exchange.exchange(asked, for: client), .tokenIssued, client, asked)
        case "refresh_token":
            return try await give(
                try await codeFlow.refresh.refresh(asked, for: client), .tokenRefreshed, client, asked)
        default: throw OAuthError.unsupportedGrantType("This server knows no such grant type.")
        }
    }

    /// Nothing is written: the event is counted, and goes through the recorder.
    private func issue(to client: ClientAuthentication.Proven, _ asked: OAuthRequest) throws -> AccessToken {
        Fault.point(.tokenBeforeSigning)
        let token = try grant.token(for: client, scope: asked.form["scope"], at: asked.time)
        let issue = TokenFacts.Issue(
            client: client.id, clientName: client.client.name, user: token.user,
            userName: client.client.user?.name ?? "", address: asked.address)
        guard issues.count(issue, at: asked.time) else { throw OAuthError.unavailable(nil) }
        usage.note(client.id, at: asked.time)
        return token
    }

    /// Told before it is given: no token of a user without its fact.
    private func give(
        _ tokens: IssuedTokens, _ type: EventType, _ client: ClientAuthentication.Proven, _ asked: OAuthRequest
    ) async throws -> Response {
        guard let signer = keys.signer(at: asked.time) else { throw OAuthError.unavailable(nil) }
        try await recorder.record(TokenFacts.given(type, tokens, to: client, for: asked))
        usage.note(client.id, at: asked.time)
        return answer(
            tokens.access, signer.sign(tokens.access.claims(issuer: issuer)),
            refresh: tokens.refresh.text(codeFlow.seal))
    }

    private func answer(_ token: AccessToken, _ signed: [UInt8], refresh: String?) -> Response {
        var writer = JSONWriter(reserving: 1024)
        writer.beginObject()
        writer.member("access_token")
        writer.raw([UInt8(ascii: "\"")] + signed + [UInt8(ascii: "\"")])
        writer.member("token_type")
        writer.string("Bearer")
        writer.member("expires_in")
        writer.integer(token.expires - token.issued)
        if let refresh {
            writer.member("refresh_token")
            writer.string(refresh)
        }
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
        if let token = RefreshToken(text, codeFlow.seal) { return try await introspect(token, asked) }
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

    private func introspect(_ token: RefreshToken, _ asked: OAuthRequest) async throws -> Response {
        let credentials = try asked.credentials()
        let found = try await introspections.inspect(
            token, digest: token.digest(codeFlow.seal), by: credentials, for: asked)
        let client = try await authentication.prove(asked, credentials, found?.client)
        guard let token = found?.token else { return Response(200, Self.headers, Introspection.inactive) }
        return Response(200, Self.headers, Introspection.answer(token, to: client, issuer: issuer))
    }

    private func revoke(_ asked: OAuthRequest) async throws -> Response {
        let client = try await authenticate(asked)
        guard let text = asked.form["token"] else { throw OAuthError.invalidRequest("token is required.") }
        let done = Response(200, [("Cache-Control", "no-store")])
        // What is unknown, expired or another client's: nothing happens, and nothing is told (RFC 7009 §2.2).
        let propagation =
            if let token = RefreshToken(text, codeFlow.seal) {
                try await end(token, of: client, asked)
            } else if let token = await token(text, at: asked.time), token.client == client.id {
                try await end(token, of: client, asked)
            } else { Propagation?.none }
        guard let propagation else { return done }
        guard propagation.state == .complete else { throw OAuthError.unavailable(nil) }
        return Response(200, done.headers + [("Gatehouse-Propagation", propagation.header)])
    }

    private func end(
        _ token: AccessToken, of client: ClientAuthentication.Proven, _ asked: OAuthRequest
    ) async throws -> Propagation? {
        let user = Fact.User(token.user, name: try await revocations.name(of: token.user))
        let fact = TokenFacts.revoked(token, of: user, by: client, for: asked)
        let revision = try await revocations.revoke(token, fact)
        relay.wake()
        return await barrier.wait(for: revision)
    }

    /// With a refresh token ends its whole grant, whichever generation it is of (RFC 7009 §2.1).
    private func end(
        _ token: RefreshToken, of client: ClientAuthentication.Proven, _ asked: OAuthRequest
    ) async throws -> Propagation? {
        guard try await codeFlow.refreshes.isFamily(token, of: client.id) else { return nil }
        return try await codeFlow.grants.end(
            token.family,
            Grants.Wish(.revoked, ip: asked.address, time: asked.time, trace: asked.trail.trace))
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

    func authenticate(_ asked: OAuthRequest) async throws -> ClientAuthentication.Proven {
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

    static let headers: [Response.Header] = [
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
