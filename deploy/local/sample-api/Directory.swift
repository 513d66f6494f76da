import Foundation
import FoundationNetworking
import GatehouseEventLoop
import GatehouseJSON
import GatehouseModel
import GatehousePlatform
import Synchronization

/// Gatehouse's resource directory, as any resource server reaches it: through the edge, by an application of its own with `write:access`.
final class Directory {
    private static let patience = Duration.seconds(5)

    private let origin: String
    private let client: Client
    private let events: Events
    private let session = URLSession(configuration: .ephemeral)
    /// The last token, until shortly before it ends.
    private var token: (text: String, end: ContinuousClock.Instant)?

    /// What `up` has written down.
    struct Client {
        let id: String
        let secret: String

        init(_ configuration: Configuration) throws {
            let json = try JSON(parsing: Array(configuration.text("CLIENT").utf8))
            guard let id = json["client_id"]?.string, let secret = json["client_secret"]?.string else {
                throw Configuration.Failure("CLIENT", "needs client_id and client_secret")
            }
            (self.id, self.secret) = (id, secret)
        }
    }

    init(_ origin: String, _ client: Client, _ events: Events) {
        self.origin = origin
        self.client = client
        self.events = events
    }

    /// Returns when decisions go by it.
    func register(_ type: String, _ id: String, in domains: Set<DomainName>) async throws {
        let body: JSON = ["domains": .array(domains.sorted().map(\.json))]
        switch try await call("PUT", type, id, body.bytes) {
        case 200, 201: return
        case 422: throw Problem(field: "domains", "must name domains that exist")
        default: throw Self.unavailable
        }
    }

    /// What the directory does not know is forgotten already.
    func forget(_ type: String, _ id: String) async throws {
        guard [204, 404].contains(try await call("DELETE", type, id)) else { throw Self.unavailable }
    }

    /// The status. A token that has been revoked is replaced, once.
    private func call(_ method: String, _ type: String, _ id: String, _ body: [UInt8]? = nil) async throws -> Int {
        for _ in 0..<2 {
            var request = try request(method, "/api/v1/objects/\(type)/\(id)")
            request.setValue("Bearer \(try await bearer())", forHTTPHeaderField: "Authorization")
            if let body {
                request.setValue("application/json", forHTTPHeaderField: "Content-Type")
                request.httpBody = Data(body)
            }
            let status = try await send(request).status
            guard status == 401 else { return status }
            token = nil
        }
        throw Self.unavailable
    }

    private func bearer() async throws -> String {
        if let token, .now < token.end { return token.text }
        var request = try request("POST", "/oauth/token")
        request.setValue("application/x-www-form-urlencoded", forHTTPHeaderField: "Content-Type")
        // Ids and secrets are letters, digits, - and _: nothing in them needs an escape.
        request.httpBody = Data(
            "grant_type=client_credentials&client_id=\(client.id)&client_secret=\(client.secret)".utf8)
        let answer = try await send(request)
        guard answer.status == 200, let json = try? JSON(parsing: answer.body), let text = json["access_token"]?.string,
            let life = json["expires_in"]?.integer
        else { throw Self.unavailable }
        token = (text, .now + .seconds(max(0, life - 60)))
        return text
    }

    private func request(_ method: String, _ path: String) throws -> URLRequest {
        guard let url = URL(string: origin + path) else { throw Self.unavailable }
        var request = URLRequest(url: url)
        request.httpMethod = method
        return request
    }

    /// Waits no longer than `patience`, whatever Foundation does: on Linux it never returns from a 401 with a Basic challenge.
    private func send(_ request: URLRequest) async throws -> Answer {
        let (arrival, arrived) = (Arrival(), Latch())
        let task = session.dataTask(with: request) { body, response, _ in
            if let response = response as? HTTPURLResponse {
                arrival.answer.withLock { $0 = Answer(status: response.statusCode, body: body.map(Array.init) ?? []) }
            }
            arrived.open()
        }
        let timer = events.after(Self.patience) { arrived.open() }
        defer {
            events.cancel(timer)
            task.cancel()
        }
        task.resume()
        try await arrived.wait()
        guard let answer = arrival.answer.withLock({ $0 }) else { throw Self.unavailable }
        return answer
    }

    private static var unavailable: Problem {
        Problem(.unavailable, "The resource directory cannot be told; nothing was done. Try again.")
    }
}

private struct Answer {
    let status: Int
    let body: [UInt8]
}

/// Where Foundation's thread leaves what has come.
private final class Arrival: Sendable {
    let answer = Mutex<Answer?>(nil)
}
