import GatehouseCrypto
import GatehouseHTTP
import GatehouseJSON
import GatehousePlatform

/// What clients and resource servers read about this server: keys (RFC 7517), RFC 8414, RFC 9728. All of it from configuration, never from
/// Host.
struct MetadataRoutes {
    let issuer: String
    let keys: KeyRing

    func mount(on router: Router) {
        router.on(
            "GET", "/oauth/jwks",
            Endpoint { _ in .now(Self.answer(keys.published, type: "application/jwk-set+json", age: 600)) })
        let server = Self.answer(authorizationServer)
        router.on("GET", "/.well-known/oauth-authorization-server", Endpoint { _ in .now(server) })
        let resource = Self.answer(protectedResource)
        router.on("GET", "/.well-known/oauth-protected-resource", Endpoint { _ in .now(resource) })
    }

    private var authorizationServer: JSON {
        let methods: JSON = ["client_secret_basic", "client_secret_post", "private_key_jwt"]
        let algorithms = JSON.array(ClientAssertion.algorithms.map { .string($0.rawValue) })
        var metadata: JSON.Object = [
            "issuer": .string(issuer), "token_endpoint": .string("\(issuer)/oauth/token"),
            "revocation_endpoint": .string("\(issuer)/oauth/revoke"),
            "introspection_endpoint": .string("\(issuer)/oauth/introspect"),
            "jwks_uri": .string("\(issuer)/oauth/jwks"),
            "pushed_authorization_request_endpoint": .string("\(issuer)/oauth/par"),
            "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
            "response_types_supported": ["code"], "response_modes_supported": ["query"],
            "code_challenge_methods_supported": ["S256"],
        ]
        for endpoint in ["token", "revocation", "introspection"] {
            metadata["\(endpoint)_endpoint_auth_methods_supported"] = methods
            metadata["\(endpoint)_endpoint_auth_signing_alg_values_supported"] = algorithms
        }
        return .object(metadata)
    }

    private var protectedResource: JSON {
        [
            "resource": .string(issuer), "authorization_servers": [.string(issuer)],
            "jwks_uri": .string("\(issuer)/oauth/jwks"), "bearer_methods_supported": ["header"],
        ]
    }

    private static func answer(_ json: JSON, type: String = "application/json", age: Int = 3600) -> Response {
        Response(200, [("Content-Type", type), ("Cache-Control", "public, max-age=\(age)")], json.bytes)
    }
}
