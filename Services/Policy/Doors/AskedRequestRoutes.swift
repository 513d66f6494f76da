import GatehouseHTTP
import GatehouseModel

/// A request as a door was told of it.
struct AskedRequest {
    var method = ""
    var target = ""
    /// Nil where a trusted proxy stated something else than an address.
    var client: Address?
    var forwarded: [String] = []
    var requestID: String?
    var bearer = Bearer()
    /// Where the headers are that the client's request had.
    var request: Request?

    /// The target before `?`.
    var path: String { String(target.prefix { $0 != "?" }) }

    /// All lines of a header.
    func header(_ name: String) -> [String] { request?.headers(name) ?? [] }
}

extension Bearer {
    /// The token itself, where it has to be read.
    static func token(of request: Request) -> [UInt8]? {
        request.withHeader("Authorization") { value in token(value).map(Array.init) } ?? nil
    }
}
