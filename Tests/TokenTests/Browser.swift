import Foundation
import GatehouseModel
import TestSupport

/// A person's browser: it keeps cookies, sends forms as their page has them, and follows nothing by itself.
final class Browser {
    let house: TokenHouse
    /// From where it asks.
    var address: String
    private(set) var cookies: [String: String] = [:]
    /// Whole, of the last answer.
    private(set) var setCookies: [String] = []

    init(_ house: TokenHouse, from address: String = Browser.anyAddress()) {
        self.house = house
        self.address = address
    }

    /// One that nobody else has, nor its network: events are found by it, and nobody is throttled with others.
    static func anyAddress() -> String {
        let groups = (0..<2).map { _ in String(Int.random(in: 1...0xFFFF), radix: 16) }
        return "2001:db8:\(groups[0]):\(groups[1])::1"
    }

    func get(_ path: String, headers: [String: String] = [:]) async throws -> TestAnswer {
        try await send("GET", path, nil, headers)
    }

    func post(_ path: String, _ fields: [String: String], headers: [String: String] = [:]) async throws -> TestAnswer {
        let body = fields.map { "\($0)=\(Self.escaped($1))" }.joined(separator: "&")
        let type = ["Content-Type": "application/x-www-form-urlencoded"]
        return try await send("POST", path, Array(body.utf8), type.merging(headers) { $1 })
    }

    /// Opens a page, and sends its form with these fields.
    func submit(
        _ path: String, _ fields: [String: String], headers: [String: String] = [:]
    ) async throws -> TestAnswer {
        let page = try await get(path)
        return try await post(
            String(path.prefix { $0 != "?" }), Self.hidden(page).merging(fields) { $1 }, headers: headers)
    }

    @discardableResult
    func signIn(
        _ email: String = "ann@example.com", _ password: String = TokenHouse.password, at path: String = "/login"
    )
        async throws -> TestAnswer
    { try await submit(path, ["email": email, "password": password]) }

    /// Whether somebody is.
    func isSignedIn() async throws -> Bool { try await get("/account/applications").status == 200 }

    func keep(_ name: String, _ value: String?) { cookies[name] = value }

    /// The hidden fields of a page's form.
    static func hidden(_ page: TestAnswer) -> [String: String] {
        var fields: [String: String] = [:]
        for match in page.text.matches(of: /<input type="hidden" name="([^"]*)" value="([^"]*)">/) {
            fields[String(match.1)] = String(match.2).replacing("&amp;", with: "&").replacing("&#39;", with: "'")
        }
        return fields
    }

    private func send(
        _ method: String, _ path: String, _ body: [UInt8]?, _ headers: [String: String]
    ) async throws -> TestAnswer {
        var all = ["X-Forwarded-For": address]
        if !cookies.isEmpty { all["Cookie"] = cookies.map { "\($0)=\($1)" }.joined(separator: "; ") }
        let answer = try await house.service.client.send(method, path, body, headers: all.merging(headers) { $1 })
        setCookies = answer.values(of: "Set-Cookie")
        for cookie in setCookies {
            let pair = cookie.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            cookies[String(pair[0])] = cookie.contains("Max-Age=0") ? nil : String(pair[1])
        }
        return answer
    }

    private static func escaped(_ text: String) -> String {
        text.utf8.map { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: String(UnicodeScalar(byte))
            default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
        }.joined()
    }
}
